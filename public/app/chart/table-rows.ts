/** Turns a series into at most 48 rows of equal time, including the rows without data. */
import { clockOffsetMs, instantAt } from "../preferences/time-zone.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import { indicesIn, type SeriesBuffer } from "../series/series-buffer.ts";

export interface TableRow extends TimeWindow {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

const MAX_ROWS = 48;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WIDTHS_MS = [
  ...[1, 5, 10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 5, 10, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 4, 8, 16, 32, 64].map((days) => days * DAY_MS),
];

/** Newest first, back to the first reading: the time before it is not a gap. Points outside the window do not count. */
export function tableRows(buffer: SeriesBuffer, window: TimeWindow): TableRow[] {
  const span = window.toMs - window.fromMs;
  // A row narrower than a bucket would say "no data" where there is some.
  const width = WIDTHS_MS.find((ms) => ms * MAX_ROWS >= span && ms >= buffer.resolution) ?? 64 * DAY_MS;
  const oldest = Math.max(window.fromMs, buffer.t[0] ?? window.toMs);
  const startOf = rowsOf(window.toMs, width);
  const rows: TableRow[] = [];
  for (let back = 0; startOf(back - 1) > oldest && rows.length < MAX_ROWS; back += 1) {
    const row = { fromMs: startOf(back), toMs: startOf(back - 1) };
    if (row.fromMs < window.toMs) rows.push(rowOf(buffer, row, window));
  }
  return rows;
}

/** Beginnings of rows, counted back from that of the last. Days begin at the viewer's midnight, however long they are. */
function rowsOf(lastMs: number, width: number): (back: number) => number {
  const offset = clockOffsetMs(lastMs);
  const last = Math.floor((lastMs + offset) / width);
  return width < DAY_MS ? (back) => (last - back) * width - offset : (back) => instantAt((last - back) * width);
}

function rowOf(buffer: SeriesBuffer, { fromMs, toMs }: TimeWindow, window: TimeWindow): TableRow {
  const row = { fromMs, toMs, count: 0, mean: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  const [first, beyond] = indicesIn(buffer, window);
  for (let index = first; index < beyond; index += 1) {
    const t = buffer.t[index] ?? 0;
    // A bucket that the window cuts counts where its visible part begins.
    const at = Math.max(t, window.fromMs);
    if (at < fromMs) continue;
    if (at >= toMs) break;
    const many = buffer.count[index] ?? 1;
    row.count += many;
    row.mean += (((buffer.mean[index] ?? 0) - row.mean) * many) / row.count;
    row.min = Math.min(row.min, buffer.min[index] ?? row.min);
    row.max = Math.max(row.max, buffer.max[index] ?? row.max);
  }
  return row;
}
