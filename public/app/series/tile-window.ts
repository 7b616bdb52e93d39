/** Decides which time window is drawn, from the range and what was read of it. */
import type { ChartRange, ChartWindow } from "../range/chart-range.ts";
import type { SeriesTile } from "./series-tile.ts";

const LEAST_WINDOW_MS = 5 * 60_000;
/** If less than this part of the beginning is empty, the window counts as complete. */
const WHOLE = 1 / 24;

/** A live window ends now; it begins its length ago, or with the first reading of a device that is younger. */
export function windowOf(range: ChartRange, tile: SeriesTile | undefined, nowMs: number): ChartWindow {
  if (range.kind === "fixed") {
    return { fromMs: range.fromMs, toMs: range.toMs, preset: undefined, firstMs: undefined };
  }
  const { preset } = range;
  const beginMs = nowMs - preset.spanMs;
  if (tile?.preset !== preset) return { fromMs: beginMs, toMs: nowMs, preset, firstMs: undefined };
  const all = [...tile.buffers.values()];
  // Its end is not in a window: the newest point is to be.
  const toMs = Math.max(nowMs, ...all.map((buffer) => (buffer.t.at(-1) ?? nowMs) + 1));
  const firstMs = Math.min(...all.map((buffer) => buffer.t[0] ?? nowMs));
  const isYoung = tile.young && firstMs - beginMs >= preset.spanMs * WHOLE;
  return isYoung
    ? { fromMs: Math.min(firstMs, toMs - LEAST_WINDOW_MS), toMs, preset, firstMs }
    : { fromMs: beginMs, toMs, preset, firstMs: undefined };
}

export const sameWindow = (a: ChartWindow, b: ChartWindow): boolean =>
  a.fromMs === b.fromMs && a.toMs === b.toMs && a.preset === b.preset && a.firstMs === b.firstMs;
