/** Writes the points of a chart as CSV: those in its window, with a row of empty cells for a gap. */
import type { TimeWindow } from "../range/chart-range.ts";
import { gapLimitMs } from "../series/gaps.ts";
import { indicesIn, type SeriesBuffer } from "../series/series-buffer.ts";

/** Begins with a byte order mark, by which a spreadsheet knows that the file is UTF-8. */
const HEADER = "\uFEFFtime,mean,min,max,count";

/** A bucket's time is its beginning; a gap's, the end of the last bucket before it. RFC 4180: lines end with CR LF. */
export function csvText(buffer: SeriesBuffer, window: TimeWindow, intervalMs: number | undefined): string {
  const limit = gapLimitMs(buffer, intervalMs);
  const lines = [HEADER];
  const [from, end] = indicesIn(buffer, window);
  for (let index = from; index < end; index += 1) {
    const t = buffer.t[index] ?? 0;
    const before = buffer.t[index - 1];
    if (index > from && before !== undefined && t - before > limit) lines.push(`${iso(before + gapAfter(buffer))},,,,`);
    lines.push(`${iso(t)},${buffer.mean[index]},${buffer.min[index]},${buffer.max[index]},${buffer.count[index]}`);
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** A gap's row must not have its last reading's time. */
const gapAfter = (buffer: SeriesBuffer): number => (buffer.resolution === 0 ? 1 : buffer.resolution);

const iso = (ms: number): string => new Date(ms).toISOString();

/** `aerie_<device>_<metric>_<from>_<to>.csv`, of letters that every file system takes. */
export function fileName(device: string, metric: string, window: TimeWindow, ending: "csv" | "png"): string {
  const time = (ms: number) => iso(ms).replace(/[-:]|\.\d+/g, "");
  const name = ["aerie", device, metric, time(window.fromMs), time(window.toMs)];
  return `${name.map((part) => part.replace(/[^\w.-]+/g, "-")).join("_")}.${ending}`;
}
