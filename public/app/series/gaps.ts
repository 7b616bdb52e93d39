/** Decides where a series has a gap, by one rule for chart, strip, table and summary. */
import { MISSED_INTERVALS } from "../../../src/contract/silence.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { SeriesBuffer } from "./series-buffer.ts";

/** Shorter than the silence that presence allows: it shows what was stored, and nobody waits for a connection. */
const LEAST_RAW_GAP_MS = 3_000;

/** Two neighbours further apart than this have a gap between them. */
export function gapLimitMs(buffer: SeriesBuffer, intervalMs: number | undefined): number {
  if (buffer.resolution > 0) return Math.max(2 * buffer.resolution, MISSED_INTERVALS * (intervalMs ?? 0));
  return Math.max(MISSED_INTERVALS * Math.max(intervalMs ?? 0, medianStep(buffer.t)), LEAST_RAW_GAP_MS);
}

/** The hub knows today's interval only; what is shown may be of a time when the device spoke less often. */
function medianStep(t: readonly number[]): number {
  const steps = t.slice(1).map((at, index) => at - (t[index] ?? at));
  return steps.toSorted((a, b) => a - b)[steps.length >>> 1] ?? 0;
}

export interface Gap {
  /** The last instant before it for which there is a value. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Those of which a part is in the window. With `untilMs` the time from the last point to then counts, too. */
export function gapsOf(
  buffer: SeriesBuffer,
  intervalMs: number | undefined,
  window: TimeWindow,
  untilMs?: number,
): Gap[] {
  const limit = gapLimitMs(buffer, intervalMs);
  const gaps: Gap[] = [];
  const instants = untilMs === undefined ? buffer.t : [...buffer.t, untilMs];
  for (const [index, toMs] of instants.entries()) {
    const before = instants[index - 1];
    if (before === undefined || toMs - before <= limit) continue;
    const fromMs = before + buffer.resolution;
    if (fromMs < window.toMs && toMs > window.fromMs) gaps.push({ fromMs, toMs });
  }
  return gaps;
}

export interface PlotColumns {
  readonly t: number[];
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  /** Points with a gap on either side: no line reaches them, so they must be drawn as points. */
  readonly isolated: number[];
}

/** The buffer with a null in each gap, at the same place in every column. `breaks`: further instants that no line crosses. */
export function withGaps(
  buffer: SeriesBuffer,
  intervalMs: number | undefined,
  breaks: readonly number[] = [],
): PlotColumns {
  const limit = gapLimitMs(buffer, intervalMs);
  const step = buffer.resolution > 0 ? buffer.resolution : Math.max(1, Math.min(limit / MISSED_INTERVALS, limit - 1));
  const plot: PlotColumns = { t: [], mean: [], min: [], max: [], isolated: [] };
  let gapBefore = true;
  for (const [index, t] of buffer.t.entries()) {
    const next = buffer.t[index + 1];
    const isBroken = next !== undefined && breaks.some((atMs) => atMs >= t && atMs <= next);
    const gapAfter = next === undefined || isBroken || next - t > limit;
    if (gapBefore && gapAfter) plot.isolated.push(plot.t.length);
    plot.t.push(t);
    plot.mean.push(buffer.mean[index] ?? null);
    plot.min.push(buffer.min[index] ?? null);
    plot.max.push(buffer.max[index] ?? null);
    gapBefore = gapAfter;
    if (!gapAfter || next === undefined) continue;
    plot.t.push(isBroken ? t + Math.min(step, (next - t) / 2) : t + step);
    for (const column of [plot.mean, plot.min, plot.max]) column.push(null);
  }
  return plot;
}
