/** Decides when a newer order of the list may be shown: at rest, and never under a pointer or the focus. */
import type { Difference } from "./fleet-list.ts";

const REST_MS = 3_000;
/** Boards that come and go without end do not keep the others from their order. */
const AT_LAST_MS = 15_000;

export interface OrderSigns {
  readonly nowMs: number;
  /** Since when there is a newer order. */
  readonly waitingSinceMs: number;
  /** When the newer order changed last. */
  readonly changedAtMs: number;
  /** When the viewer last pressed, typed or scrolled. */
  readonly inputAtMs: number;
  /** The pointer or the focus is in the list. */
  readonly isHeld: boolean;
}

/** In how many ms; undefined: not before the list is left alone. */
export function orderDueMs({ moved, removed }: Difference, signs: OrderSigns): number | undefined {
  const { nowMs, waitingSinceMs, changedAtMs, inputAtMs, isHeld } = signs;
  if (isHeld) return undefined;
  if (moved === 0 && removed === 0) return 0; // who waits for a new board sees it at once
  const calmAtMs = Math.min(changedAtMs + REST_MS, waitingSinceMs + AT_LAST_MS);
  return Math.max(0, Math.max(calmAtMs, inputAtMs + REST_MS) - nowMs);
}
