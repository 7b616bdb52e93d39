/** Makes the records of a CSV file into lines of NDJSON, whose values the hub checks. */

import type { MetricValue } from "../../contract/readings.ts";
import { isStoredName } from "../../core/model/device-id.ts";
import { delimiterOf, readRecord, readTextCell, readValueCell } from "../../core/transfer/csv.ts";
import { CSV_ABOUT, CSV_HARDWARE } from "../../core/transfer/export-line.ts";
import { CommandFault } from "../shared/command-fault.ts";

/** `reason`: one of few, to be counted by; `detail`: what exactly. */
export type CsvLine = { readonly line: string } | { readonly reason: string; readonly detail?: string };

export interface CsvOptions {
  /** Of a file that has no such column. */
  readonly deviceId: string | undefined;
  /** Numbers are written as 1.234,5. */
  readonly decimalComma: boolean;
}

/** Throws a CommandFault where the header is not one of readings. */
export function createCsvReadings(header: string, { deviceId, decimalComma }: CsvOptions): (record: string) => CsvLine {
  const delimiter = delimiterOf(header);
  const columns = columnsOf(header, delimiter, deviceId);

  return (record) => {
    const cells = readRecord(record, delimiter);
    if (cells === undefined) return { reason: "A quote is misplaced, or not closed" };
    if (cells.length !== columns.length) {
      const detail = `${cells.length} cells, the header has ${columns.length}`;
      return { reason: "The record has more or fewer cells than the header", detail };
    }
    const about: Record<string, string> = deviceId === undefined ? {} : { deviceId };
    const metrics: Record<string, MetricValue> = {};
    for (const [index, { name, isMetric }] of columns.entries()) {
      const cell = cells[index] ?? "";
      if (cell === "") continue;
      if (!isMetric) about[name] = readTextCell(cell);
      else {
        const read = readValueCell(cell, decimalComma);
        if ("reason" in read) return { reason: read.reason, detail: `column ${name}` };
        if (read.value !== undefined) metrics[name] = read.value;
      }
    }
    return { line: JSON.stringify({ ...about, metrics }) };
  };
}

interface Column {
  readonly name: string;
  readonly isMetric: boolean;
}

const ABOUT = new Set<string>([...CSV_ABOUT, CSV_HARDWARE]);

function columnsOf(header: string, delimiter: string, deviceId: string | undefined): Column[] {
  const names = (readRecord(header, delimiter) ?? []).map((name) => (/^(ts|time)$/.test(name) ? "timestamp" : name));
  const missing = ["timestamp", ...(deviceId === undefined ? ["deviceId"] : [])].filter(
    (name) => !names.includes(name),
  );
  if (missing.length > 0) {
    const hint = missing.includes("deviceId") ? " (--device names the device of a file without this column)" : "";
    throw new CommandFault(
      `The first line is not a header of readings: it has no column ${missing.join(", ")}${hint}.`,
    );
  }
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) throw new CommandFault(`The header has the column ${name} twice.`);
    if (!ABOUT.has(name) && !isStoredName(name)) {
      throw new CommandFault(
        `The column ${JSON.stringify(name.slice(0, 80))} is not a metric name: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter (or _ and a letter, which the hub computes itself).`,
      );
    }
  }
  return names.map((name) => ({ name, isMetric: !ABOUT.has(name) }));
}
