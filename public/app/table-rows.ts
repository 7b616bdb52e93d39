/** Turns a series into at most 48 rows of equal time, with the rows of no data said. Draws nothing. */
import { firstNotBefore, type SeriesBuffer } from "./series-buffer.ts";

export interface TableRow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

const MAX_ROWS = 48;
const MINUTE_MS = 60_000;
const WIDTHS_MS = [MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS];

/** Newest first; the first reading ends it, for what lies before is no gap. */
export function tableRows(buffer: SeriesBuffer, window: { fromMs: number; toMs: number }): TableRow[] {
  const { fromMs, toMs } = window;
  const width = WIDTHS_MS.find((ms) => ms * MAX_ROWS >= toMs - fromMs) ?? 30 * MINUTE_MS;
  const oldest = Math.max(fromMs, buffer.t[0] ?? toMs);
  const rows: TableRow[] = [];
  for (let start = Math.floor(toMs / width) * width; start + width > oldest && rows.length < MAX_ROWS; start -= width) {
    rows.push(rowOf(buffer, start, start + width));
  }
  return rows;
}

function rowOf(buffer: SeriesBuffer, fromMs: number, toMs: number): TableRow {
  const row = { fromMs, toMs, count: 0, mean: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  const end = firstNotBefore(buffer.t, toMs);
  for (let index = firstNotBefore(buffer.t, fromMs); index < end; index += 1) {
    const many = buffer.count[index] ?? 1;
    row.count += many;
    row.mean += (((buffer.mean[index] ?? 0) - row.mean) * many) / row.count;
    row.min = Math.min(row.min, buffer.min[index] ?? row.min);
    row.max = Math.max(row.max, buffer.max[index] ?? row.max);
  }
  return row;
}
