/** Zooms and chooses ranges by key while a figure has the focus. */

import { liveRange, PRESETS } from "../range/chart-range.ts";
import { zoomed } from "../range/range-moves.ts";
import type { RangeContext } from "../series/chart-context.ts";

export const ZOOM_STEP = 2;

/** `+` and `-` around the crosshair, `0` back out, `1` … `5` a preset. True where it was one of these. */
export function rangeKeys(event: KeyboardEvent, context: RangeContext): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { view } = context;
  const preset = PRESETS[Number(event.key) - 1];
  if (event.key === "+" || event.key === "=") zoomBy(1 / ZOOM_STEP, context);
  else if (event.key === "-" || event.key === "−") zoomBy(ZOOM_STEP, context);
  else if (event.key === "0") view.out(context.feed.window.peek());
  else if (preset !== undefined && event.key.trim() !== "") view.choose(liveRange(preset));
  else return false;
  event.preventDefault();
  return true;
}

/** Around the crosshair where it is in the window, else around the middle. */
export function zoomBy(factor: number, { view, feed, crosshair }: RangeContext): void {
  const at = crosshair.peek();
  view.nudge(feed.window.peek(), (window) => {
    const middle = (window.fromMs + window.toMs) / 2;
    const inside = at !== undefined && at >= window.fromMs && at <= window.toMs;
    return zoomed(window, inside ? at : middle, factor);
  });
}
