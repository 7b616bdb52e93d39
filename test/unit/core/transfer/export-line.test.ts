/** Lines of an export say exactly what is stored, and an import reads exactly that. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCsvReadings } from "../../../../src/cli/import/csv-readings.ts";
import { createRecordSplitter } from "../../../../src/cli/import/record-splitter.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { TextBytes } from "../../../../src/core/model/text-bytes.ts";
import { createLineWriter, csvHeader, type ReadingHead } from "../../../../src/core/transfer/export-line.ts";
import { type ImportedLine, readImportedLine } from "../../../../src/core/transfer/imported-reading.ts";
import { deviceId, shown } from "../../../contract/cases/writes.ts";

const NOW = { nowMs: Date.UTC(2026, 10, 25), isSane: true };
const board = deviceId("-board.1:a");
const METRICS = ["mode", "level", "note-1", "x.y"];

const value: fc.Arbitrary<MetricValue> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("", "true", "5", "-5", "'", "=1", 'a"b', "a,b", "a\r\nb", "\n"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (each === 0 ? 0 : each)),
  fc.integer(),
  fc.integer({ min: -100_000, max: 100_000 }).map((each) => each / 10),
  fc.boolean(),
);
const atMs = fc.integer({ min: 0, max: NOW.nowMs });
const reading = fc
  .record({
    atMs,
    n: fc.nat({ max: 2_000 }),
    receivedAtMs: fc.option(atMs, { nil: undefined }),
    metrics: fc
      .dictionary(fc.constantFrom(...METRICS), value, { minKeys: 1 })
      .map((metrics): { [metric: string]: MetricValue } => ({ ...metrics })),
  })
  .map((each) => ({ ...each, receivedAtMs: each.receivedAtMs ?? each.atMs }));

type Known = ReadingHead & { readonly metrics: { readonly [metric: string]: MetricValue } };

/** Both ways in which the store has readings: as text, and side by side in columns. */
function linesOf(format: "csv" | "ndjson", readings: readonly Known[], metrics?: readonly string[]): string[] {
  return [true, false].map((asBody) => {
    const into = new TextBytes(16);
    const line = createLineWriter({ deviceId: board, format, metrics });
    const names = line.selectedOf(METRICS);
    const columns = names.map((name) => readings.map((each) => each.metrics[name]));
    for (const [index, each] of readings.entries()) {
      if (asBody) line.fromBody(into, each, JSON.stringify(each.metrics));
      else line.fromColumns(into, each, names, columns, index);
    }
    return Buffer.from(into.written()).toString();
  });
}

const expected = (each: Known): ImportedLine => ({
  ok: true,
  reading: {
    deviceId: board,
    atMs: each.atMs,
    n: each.n,
    receivedAtMs: each.receivedAtMs,
    metrics: new Map(Object.entries(each.metrics)),
  },
});

test("NDJSON has the shape of the REST interface, one reading a line", () => {
  fc.assert(
    fc.property(fc.array(reading, { minLength: 1, maxLength: 5 }), (readings) => {
      for (const text of linesOf("ndjson", readings)) {
        const lines = text.split("\n");
        expect(lines.pop()).toBe("");
        const rest = readings.map((each) => shown({ ...each, deviceId: board, body: JSON.stringify(each.metrics) }));
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rest);
        expect(lines.map((line) => readImportedLine(line, NOW))).toEqual(readings.map(expected));
      }
    }),
    { numRuns: 500 },
  );
});

test("any reading survives CSV", () => {
  fc.assert(
    fc.property(fc.array(reading, { minLength: 1, maxLength: 5 }), (readings) => {
      for (const text of linesOf("csv", readings, METRICS)) {
        const splitter = createRecordSplitter({ quotes: true, maxRecordBytes: 100_000 });
        const [header, ...records] = splitter.push(Buffer.from(csvHeader(METRICS) + text));
        const read = createCsvReadings(header?.text.slice(1) ?? "", { deviceId: undefined, decimalComma: false });
        const lines = records
          .map((record) => read(record.text))
          .map((each) => ("line" in each ? each.line : each.reason));
        expect(lines.map((line) => readImportedLine(line, NOW))).toEqual(readings.map(expected));
      }
    }),
    { numRuns: 500 },
  );
});

test("a filter leaves other metrics out, and readings that have none of the wished ones", () => {
  const readings = [
    { atMs: 1_000, n: 0, receivedAtMs: 1_000, metrics: { mode: "auto", level: 3 } },
    { atMs: 2_000, n: 0, receivedAtMs: 2_000, metrics: { mode: "off" } },
  ];
  for (const text of linesOf("ndjson", readings, ["level", "toString"])) {
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { metrics: unknown }).metrics),
    ).toEqual([{ level: 3 }]);
  }
  for (const text of linesOf("csv", readings, ["level"])) expect(text.split("\r\n")).toHaveLength(2);
});

test("a board's object over several lines is one line", () => {
  const into = new TextBytes(16);
  const line = createLineWriter({ deviceId: "a", format: "ndjson", metrics: undefined });
  line.fromBody(into, { atMs: 1_000, n: 0, receivedAtMs: 1_000 }, '{\r\n  "a": 1,\n  "b": "x\\ny"\n}');
  const text = Buffer.from(into.written()).toString();
  expect(text.match(/\n/g)).toHaveLength(1);
  expect((JSON.parse(text) as { metrics: unknown }).metrics).toEqual({ a: 1, b: "x\ny" });
});

test("numbers and instants are written as the language writes them", () => {
  const written = (write: (into: TextBytes) => void): string => {
    const into = new TextBytes(1);
    write(into);
    return Buffer.from(into.written()).toString();
  };
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.tuple(fc.integer(), fc.constantFrom(10, 100, 1_000, 1e6, 1e7)).map(([mantissa, power]) => mantissa / power),
    fc.constantFrom(0, -0, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 1e21, 1e-7, 0.1 + 0.2, 214_748_364.7, 5e-324),
  );
  fc.assert(
    fc.property(numbers, (each) => {
      expect(written((into) => into.number(each))).toBe(JSON.stringify(each));
    }),
    { numRuns: 5_000 },
  );
});
