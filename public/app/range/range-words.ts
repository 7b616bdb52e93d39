/** The range of charts as text. */

import { sinceWords, spanWords } from "../ui/time-words.ts";
import { capital } from "../ui/value-words.ts";
import type { ChartWindow } from "./chart-range.ts";

/** `Last 24 hours`, `Since 21:03, the first reading` or `24 Nov, 10:00 – 25 Nov, 12:00`. */
export function rangeTitle({ fromMs, toMs, preset, firstMs }: ChartWindow, nowMs: number): string {
  if (preset === undefined) return spanWords(fromMs, toMs, nowMs);
  return firstMs === undefined ? capital(preset.words) : `Since ${sinceWords(firstMs, toMs)}, the first reading`;
}

/** After a comma: `last 24 hours`. */
export const rangeWords = ({ fromMs, toMs, preset }: ChartWindow, nowMs: number): string =>
  preset === undefined ? spanWords(fromMs, toMs, nowMs) : preset.words;

export const noReadingWords = ({ preset }: ChartWindow): string =>
  preset === undefined ? "No reading in this range" : `No reading in the ${preset.words}`;
