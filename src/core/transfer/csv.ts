/** Records and cells of CSV (RFC 4180), and metric values in them. */
import type { MetricValue } from "../../contract/readings.ts";
import { LOSES_DIGITS, losesDigits, readDecimalComma, readWritten, trimmed } from "../model/written-value.ts";

/** What a spreadsheet would take for the beginning of a formula, in full width too. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;
const TO_QUOTE = /[",\r\n]/;
/** Before a text that would be read as something else; spreadsheets take it so themselves. */
const ESCAPE = "'";

/** The cell of a value. Empty text is the escape alone: an empty cell is a metric that is absent. */
export function valueCell(value: MetricValue): string {
  if (typeof value !== "string") return String(value);
  const mistaken = FORMULA.test(value) || [false, true].some((comma) => !isCellOf(value, comma));
  return quotedCell(mistaken ? ESCAPE + value : value);
}

function isCellOf(value: string, decimalComma: boolean): boolean {
  const read = readValueCell(value, decimalComma);
  return "value" in read && read.value === value;
}

/** A cell of text that nothing but text can stand in, such as an id. */
export const textCell = (text: string): string =>
  quotedCell(FORMULA.test(text) || text.startsWith(ESCAPE) ? ESCAPE + text : text);

/** `value` undefined: the cell says that there is none. `reason`: it cannot be read. */
export type ReadCell = { readonly value: MetricValue | undefined } | { readonly reason: string };

/** Undoes `valueCell`, of a cell whose quotes are taken away. `decimalComma`: its numbers are written as 1.234,5. */
export function readValueCell(cell: string, decimalComma = false): ReadCell {
  if (cell.startsWith(ESCAPE)) return { value: cell.slice(1) };
  const text = trimmed(cell);
  const number = decimalComma ? readDecimalComma(text) : undefined;
  const written = number === undefined ? readWritten(text) : ({ kind: "number", value: number } as const);
  switch (written.kind) {
    case "absent":
      return { value: undefined };
    case "boolean":
      return { value: written.value };
    case "number":
      if (decimalComma && number === undefined) return { reason: "A number has a decimal point, not a comma" };
      if (!Number.isFinite(written.value)) return { reason: "A number is too large" };
      if (losesDigits(written.value, text))
        return { reason: `A number would lose digits: ${LOSES_DIGITS}, with ${ESCAPE} before it` };
      return { value: written.value };
    case "unclear":
      return { reason: decimalComma ? UNCLEAR : `${UNCLEAR}. If the file has decimal commas, use --decimal-comma` };
    case "text":
      return { value: text };
  }
}

const UNCLEAR = "A cell looks like a number but cannot be read as one";

/** Undoes `textCell`. */
export const readTextCell = (cell: string): string => (cell.startsWith(ESCAPE) ? cell.slice(1) : cell);

const quotedCell = (cell: string): string => (TO_QUOTE.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** The cells of one record, without its line end. Undefined: a quote stands where none may, or is not closed. */
export function readRecord(record: string, delimiter = ","): string[] | undefined {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    let cell: string;
    if (record[at] === '"') {
      const end = closingQuote(record, at + 1);
      if (end === undefined) return undefined;
      cell = record.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const next = record.indexOf(delimiter, at);
      const end = next < 0 ? record.length : next;
      cell = record.slice(at, end);
      if (cell.includes('"')) return undefined;
      at = end;
    }
    cells.push(cell);
    if (at === record.length) return cells;
    if (record[at] !== delimiter) return undefined;
    at++;
  }
}

function closingQuote(record: string, from: number): number | undefined {
  for (let at = record.indexOf('"', from); at >= 0; at = record.indexOf('"', at + 2)) {
    if (record[at + 1] !== '"') return at;
  }
  return undefined;
}

/** Spreadsheets of some countries separate by semicolon, and some programs by tab. */
export function delimiterOf(header: string): string {
  if (header.includes(",")) return ",";
  return header.includes(";") ? ";" : header.includes("\t") ? "\t" : ",";
}
