/** Moves the crosshair by key, from one real sample to the next. Knows no plot. */
import type { Signal } from "@preact/signals";
import { firstNotBefore, type SeriesBuffer } from "./series-buffer.ts";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };

/** ← → one sample, with Shift ten; Home and End; Escape takes it away. */
export function crosshairKeys(
  event: KeyboardEvent,
  crosshair: Signal<number | undefined>,
  buffer?: SeriesBuffer,
): void {
  const last = (buffer?.t.length ?? 0) - 1;
  if (buffer === undefined || last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = crosshair.peek();
  if (event.key === "Escape") {
    crosshair.value = undefined;
    return;
  }
  const here = at === undefined ? last + 1 : Math.min(firstNotBefore(buffer.t, at), last);
  const next = target(event, here, last);
  if (next === undefined) return;
  event.preventDefault();
  crosshair.value = buffer.t[Math.max(0, Math.min(next, last))];
}

function target(event: KeyboardEvent, here: number, last: number): number | undefined {
  if (event.key === "Home") return 0;
  if (event.key === "End") return last;
  const step = STEPS[event.key];
  return step === undefined ? undefined : here + step * (event.shiftKey ? 10 : 1);
}
