/** Moves the crosshair by key, from one real sample in the window to the next. */
import type { Signal } from "@preact/signals";
import type { TimeWindow } from "../range/chart-range.ts";
import { firstNotBefore, indicesIn, type SeriesBuffer } from "../series/series-buffer.ts";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };

/** ← → one sample, with Shift ten; Home and End; Escape takes it away. */
export function crosshairKeys(
  event: KeyboardEvent,
  crosshair: Signal<number | undefined>,
  buffer: SeriesBuffer | undefined,
  window: TimeWindow,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    crosshair.value = undefined;
    return;
  }
  const [first, end] = buffer === undefined ? [0, 0] : indicesIn(buffer, window);
  if (buffer === undefined || first >= end) return;
  const at = crosshair.peek();
  const here = at === undefined ? end : Math.min(firstNotBefore(buffer.t, at), end - 1);
  const next = target(event, here, first, end - 1);
  if (next === undefined) return;
  event.preventDefault();
  crosshair.value = buffer.t[Math.max(first, Math.min(next, end - 1))];
}

function target(event: KeyboardEvent, here: number, first: number, last: number): number | undefined {
  if (event.key === "Home") return first;
  if (event.key === "End") return last;
  const step = STEPS[event.key];
  return step === undefined ? undefined : here + step * (event.shiftKey ? 10 : 1);
}
