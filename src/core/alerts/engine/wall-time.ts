/** Wall times of moments of the monotonic clock: each time the same, although the two clocks tick apart by a millisecond or two. */
import type { Clock } from "../../ports/clock.ts";

/** Wall time of a monotonic one, epoch ms. */
export type WallOf = (monotonicMs: number) => number;

/** More than that is a clock that was set. */
const TICK_MS = 20;

export function createWallTime(clock: Pick<Clock, "nowMs" | "monotonicMs">): WallOf {
  let offsetMs = Number.NaN;
  return (monotonicMs) => {
    const presentMs = clock.nowMs() - clock.monotonicMs();
    if (!(Math.abs(presentMs - offsetMs) <= TICK_MS)) offsetMs = presentMs;
    return Math.round(monotonicMs + offsetMs);
  };
}
