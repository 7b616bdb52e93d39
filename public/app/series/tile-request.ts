/** Decides what to request from the hub so that a window can be drawn, and moved a little without another request. */
import { type ChartRange, EARLIEST_MS, FUTURE_MS, type Preset, type TimeWindow } from "../range/chart-range.ts";
import { spanOf } from "../range/range-moves.ts";

/** A point a pixel is all that can be seen. */
const MAX_POINTS = 1_000;
const LEAST_POINTS = 200;
/** With a margin of a whole window on either side, so many a window keep an answer of six metrics under half a megabyte. */
const MAX_POINTS_WITH_MARGIN = 500;
/** A window so much shorter than the one that was read for deserves finer buckets. */
const FINER_AT = 1.5;

export interface TileRequest extends TimeWindow {
  readonly points: number;
  /** The length of the window that it is for. */
  readonly forSpanMs: number;
  /** Of a live window. */
  readonly preset?: Preset;
}

/** So many points a window of this width has; one that can be moved has fewer, for it is read with a margin. */
export function tilePoints(widthPx: number, hasMargin: boolean): number {
  const points = Math.min(Math.max(Math.round(widthPx), LEAST_POINTS), MAX_POINTS);
  return hasMargin ? Math.min(points, MAX_POINTS_WITH_MARGIN) : points;
}

/** The hub answers for exactly that time; a tile that reaches now has no end. */
export function tileRequestFor(range: ChartRange, widthPx: number, nowMs: number): TileRequest {
  const points = tilePoints(widthPx, range.kind === "fixed");
  if (range.kind === "live") {
    const { preset } = range;
    return { fromMs: nowMs - preset.spanMs, toMs: nowMs + FUTURE_MS, points, forSpanMs: preset.spanMs, preset };
  }
  const span = spanOf(range);
  const fromMs = Math.min(Math.max(range.fromMs - span, EARLIEST_MS), nowMs);
  const toMs = Math.min(range.toMs + span, nowMs + FUTURE_MS);
  const windows = Math.max((toMs - fromMs) / span, 1);
  return { fromMs, toMs, points: Math.round(points * windows), forSpanMs: span };
}

/** What is held, or on its way. */
export interface Held extends TimeWindow {
  readonly forSpanMs: number;
  /** Undefined as long as nobody knows. */
  readonly resolution: number | undefined;
}

/** `data`: a part of the window is not there. `finer`: it is, in wide buckets. `margin`: it is, but hardly more. */
export type Need = "nothing" | "data" | "finer" | "margin";

export function needOf(held: Held | undefined, window: TimeWindow): Need {
  if (held === undefined || window.fromMs < Math.max(held.fromMs, EARLIEST_MS) || window.toMs > held.toMs)
    return "data";
  const span = spanOf(window);
  if (held.resolution !== 0 && span * FINER_AT < held.forSpanMs) return "finer";
  const left = held.fromMs <= EARLIEST_MS ? Number.POSITIVE_INFINITY : window.fromMs - held.fromMs;
  return Math.min(left, held.toMs - window.toMs) < span / 4 ? "margin" : "nothing";
}
