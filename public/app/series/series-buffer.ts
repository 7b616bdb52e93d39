/** One metric's points in time order, continued by live values: buckets as the hub makes them, or raw readings. */
import type { SeriesColumns } from "../../../src/contract/rest.ts";
import type { TimeWindow } from "../range/chart-range.ts";

export interface SeriesBuffer extends SeriesColumns {
  /** A bucket's width in ms; 0 where each point is one reading. */
  readonly resolution: number;
  /** Some bucket's beginning: all others lie whole widths from it. */
  readonly anchorMs: number;
}

export function createSeriesBuffer(resolution: number, anchorMs: number, columns?: SeriesColumns): SeriesBuffer {
  const buffer: SeriesBuffer = { resolution, anchorMs, t: [], mean: [], min: [], max: [], count: [] };
  for (const [index, t] of (columns?.t ?? []).entries()) {
    const mean = columns?.mean[index] ?? 0;
    const point = { mean, min: columns?.min[index] ?? mean, max: columns?.max[index] ?? mean };
    // Two readings may share an instant; a chart shows the later one.
    const at = buffer.t.at(-1) === t ? buffer.t.length - 1 : buffer.t.length;
    buffer.t[at] = t;
    buffer.mean[at] = point.mean;
    buffer.min[at] = point.min;
    buffer.max[at] = point.max;
    buffer.count[at] = columns?.count[index] ?? 1;
  }
  return buffer;
}

export function bucketStart(buffer: { resolution: number; anchorMs: number }, instant: number): number {
  if (buffer.resolution === 0) return instant;
  return buffer.anchorMs + Math.floor((instant - buffer.anchorMs) / buffer.resolution) * buffer.resolution;
}

export function addValue(buffer: SeriesBuffer, instant: number, value: number): void {
  const start = bucketStart(buffer, instant);
  const at = firstNotBefore(buffer.t, start);
  if (buffer.t[at] !== start) {
    buffer.t.splice(at, 0, start);
    buffer.mean.splice(at, 0, value);
    buffer.min.splice(at, 0, value);
    buffer.max.splice(at, 0, value);
    buffer.count.splice(at, 0, 1);
    return;
  }
  const count = buffer.resolution === 0 ? 0 : (buffer.count[at] ?? 0);
  const mean = buffer.mean[at] ?? value;
  buffer.mean[at] = mean + (value - mean) / (count + 1);
  buffer.min[at] = count === 0 ? value : Math.min(buffer.min[at] ?? value, value);
  buffer.max[at] = count === 0 ? value : Math.max(buffer.max[at] ?? value, value);
  buffer.count[at] = count + 1;
}

/** Leaves out all points before `instant`. */
export function trimBefore(buffer: SeriesBuffer, instant: number): void {
  drop(buffer, 0, firstNotBefore(buffer.t, instant));
}

/** Leaves out all points from `instant` on. */
export function trimFrom(buffer: SeriesBuffer, instant: number): void {
  const at = firstNotBefore(buffer.t, instant);
  drop(buffer, at, buffer.t.length - at);
}

function drop(buffer: SeriesBuffer, from: number, many: number): void {
  if (many <= 0) return;
  for (const column of [buffer.t, buffer.mean, buffer.min, buffer.max, buffer.count]) column.splice(from, many);
}

/** Index of the first entry that is `instant` or later. */
export function firstNotBefore(sorted: readonly number[], instant: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the point nearest to `instant`, or undefined where none lies within `reachMs`. */
export function nearestIndex(buffer: SeriesBuffer, instant: number, reachMs: number): number | undefined {
  const after = firstNotBefore(buffer.t, instant);
  const distance = (index: number) => Math.abs((buffer.t[index] ?? Number.POSITIVE_INFINITY) - instant);
  // A bucket's point stands for the whole of its width, so the bucket that holds the instant is the nearest.
  const holds = after > 0 && buffer.resolution > 0 && buffer.t[after] !== instant;
  const nearest = holds || distance(after - 1) < distance(after) ? after - 1 : after;
  return distance(nearest) <= reachMs ? nearest : undefined;
}

/** Indices of the points in the window: from the first, to before the second. A bucket is in it if any part of it is. */
export function indicesIn(buffer: SeriesBuffer, { fromMs, toMs }: TimeWindow): [from: number, end: number] {
  const least = buffer.resolution === 0 ? fromMs : fromMs - buffer.resolution + 1;
  return [firstNotBefore(buffer.t, least), firstNotBefore(buffer.t, toMs)];
}

export interface SeriesStats {
  min: number;
  mean: number;
  max: number;
  lowAtMs: number;
  highAtMs: number;
}

export function statsOf(buffer: SeriesBuffer, window: TimeWindow): SeriesStats | undefined {
  const [from, end] = indicesIn(buffer, window);
  if (from >= end) return undefined;
  const stats = { min: Number.POSITIVE_INFINITY, mean: 0, max: Number.NEGATIVE_INFINITY, lowAtMs: 0, highAtMs: 0 };
  let sum = 0;
  let count = 0;
  for (let index = from; index < end; index += 1) {
    const t = buffer.t[index] ?? 0;
    const low = buffer.min[index] ?? 0;
    const high = buffer.max[index] ?? 0;
    const many = buffer.count[index] ?? 1;
    if (low < stats.min) Object.assign(stats, { min: low, lowAtMs: t });
    if (high > stats.max) Object.assign(stats, { max: high, highAtMs: t });
    sum += (buffer.mean[index] ?? 0) * many;
    count += many;
  }
  return { ...stats, mean: count === 0 ? 0 : sum / count };
}
