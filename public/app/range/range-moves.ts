/** The arithmetic of moving through time: pan, zoom, pinch, and their limits. */
import { EARLIEST_MS, LEAST_SPAN_MS, type TimeWindow } from "./chart-range.ts";

export const spanOf = ({ fromMs, toMs }: TimeWindow): number => toMs - fromMs;

/** Later by so many of its own lengths; earlier where negative. */
export function panned(window: TimeWindow, windows: number): TimeWindow {
  const shift = spanOf(window) * windows;
  return { fromMs: window.fromMs + shift, toMs: window.toMs + shift };
}

/** `factor` times as long; `atMs` stays where it is. */
export function zoomed(window: TimeWindow, atMs: number, factor: number): TimeWindow {
  // At the least length it stays where it is: were it only cut off later, it would creep away from `atMs`.
  const real = Math.max(factor, LEAST_SPAN_MS / spanOf(window));
  return { fromMs: atMs - (atMs - window.fromMs) * real, toMs: atMs + (window.toMs - atMs) * real };
}

/** A finger: the instant that it took hold of, and where it is now, as a part (0 … 1) of the window's width. */
export interface Finger {
  readonly atMs: number;
  readonly position: number;
}

/** Fingers closer together than this part of the width do not change the length. */
const LEAST_GRIP = 0.04;

/** The window in which both instants are under their fingers. */
export function pinched(window: TimeWindow, a: Finger, b: Finger): TimeWindow {
  const [left, right] = a.position <= b.position ? [a, b] : [b, a];
  const grip = right.position - left.position;
  const held = (right.atMs - left.atMs) / grip;
  const span = grip < LEAST_GRIP || held <= 0 ? spanOf(window) : Math.max(held, LEAST_SPAN_MS);
  const fromMs = (left.atMs + right.atMs) / 2 - ((left.position + right.position) / 2) * span;
  return { fromMs, toMs: fromMs + span };
}

/** Whole milliseconds of a possible length, between the hub's first possible instant and now. */
export function clampWindow(window: TimeWindow, nowMs: number): TimeWindow {
  const latest = Math.max(Math.round(nowMs), EARLIEST_MS + LEAST_SPAN_MS);
  const span = Math.min(Math.max(Math.round(spanOf(window)), LEAST_SPAN_MS), latest - EARLIEST_MS);
  const toMs = Math.min(Math.max(Math.round(window.toMs), EARLIEST_MS + span), latest);
  return { fromMs: toMs - span, toMs };
}
