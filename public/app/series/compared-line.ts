/** The series that a chart is compared with, at the instants of the chart. */
import type { TimeWindow } from "../range/chart-range.ts";
import type { SeriesBuffer } from "./series-buffer.ts";

export interface ComparedLine {
  /** In order. */
  readonly t: readonly number[];
  readonly mean: readonly number[];
  /** Neighbours further apart have a gap between them. */
  readonly limitMs: number;
}

/** Least and greatest value in the window; undefined: it has none there. */
export function extentOf(
  { t, mean }: ComparedLine,
  { fromMs, toMs }: TimeWindow,
): [low: number, high: number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [index, at] of t.entries()) {
    const value = mean[index] ?? 0;
    if (at < fromMs || at > toMs) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? undefined : [low, high];
}

/** Of its points in the window; undefined: it has none there. */
export function meanOf({ t, mean }: ComparedLine, { fromMs, toMs }: TimeWindow): number | undefined {
  const inside = mean.filter((_, index) => (t[index] ?? 0) >= fromMs && (t[index] ?? 0) < toMs);
  return inside.length === 0 ? undefined : inside.reduce((sum, value) => sum + value, 0) / inside.length;
}

/** `instantsOf`: at which instants of the chart one of the series is shown; none or several where clocks are changed. */
export function comparedLine(
  buffer: SeriesBuffer,
  limitMs: number,
  instantsOf: (sourceMs: number) => readonly number[],
): ComparedLine {
  const points = buffer.t
    .flatMap((source, index) => instantsOf(source).map((at) => [at, buffer.mean[index] ?? 0] as const))
    .sort(([a], [b]) => a - b);
  return { t: points.map(([at]) => at), mean: points.map(([, value]) => value), limitMs };
}
