/** With which words a record of a CSV file is refused, and where it is listed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createCsvReadings } from "../../../src/cli/import/csv-readings.ts";
import { createRefusedReport } from "../../../src/cli/import/refused-report.ts";

const read = createCsvReadings("deviceId,timestamp,temperature,humidity", { deviceId: undefined, decimalComma: false });

test("a cell that cannot be read is refused with the name of its column", () => {
  expect(read("a,2026-11-30T08:00:00Z,21,1e999")).toEqual({
    reason: "A number is too large",
    detail: "column humidity",
  });
  expect(read('a,2026-11-30T08:00:00Z,"21,5",40')).toMatchObject({ detail: "column temperature" });
});

test("a record with too few cells says how many it has", () => {
  expect(read("a,2026-11-30T08:00:00Z,21")).toMatchObject({ detail: "3 cells, the header has 4" });
});

test("the report has the line of each record; what is about many lines has none", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "aerie-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "mine.refused");
  const report = createRefusedReport(file, false);

  report.add(7, "A number is too large", "column humidity", "a,…");
  report.add(undefined, "The hourly summary was not replaced", undefined, "a, hour from 2025-01-01T00:00:00.000Z");

  expect(readFileSync(file, "utf8").split("\n")).toEqual([
    "line 7: A number is too large (column humidity): a,…",
    "The hourly summary was not replaced: a, hour from 2025-01-01T00:00:00.000Z",
    "",
  ]);
  expect(report.words()).toContain(`The refused lines are in ${file}`);
});
