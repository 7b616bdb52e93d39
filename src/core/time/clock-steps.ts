/** Notices steps of the wall clock while the hub runs, so that times from before a step can be compared with times after it. */
import type { Clock } from "../ports/clock.ts";

export interface ClockSteps {
  /**
   * By how much the wall clock has stepped since each earlier time of the last `forMs`, in ms, the newest step first: what was noted
   * as `t` then would be noted as `t` plus one of these now. Empty while the clock is steady.
   */
  recent(): readonly number[];
}

/** Less is a clock that is slewed, or read at two moments. */
const LEAST_STEP_MS = 1_000;
/** A clock that steps more often than that cannot be followed. */
const MOST_STEPS = 16;
const NONE: readonly number[] = [];

/** Compares the clocks only when it is asked, so it is to be asked at least once in `forMs`. */
export function createClockSteps(clock: Pick<Clock, "nowMs" | "monotonicMs">, forMs: number): ClockSteps {
  let steps: { readonly atMs: number; readonly byMs: number }[] = [];
  let wallMs = clock.nowMs();
  let monotonicMs = clock.monotonicMs();

  function look(): void {
    const [wall, monotonic] = [clock.nowMs(), clock.monotonicMs()];
    const byMs = wall - wallMs - (monotonic - monotonicMs);
    if (Math.abs(byMs) >= LEAST_STEP_MS) steps = [{ atMs: monotonic, byMs }, ...steps].slice(0, MOST_STEPS);
    wallMs = wall;
    monotonicMs = monotonic;
    if (steps.length > 0) steps = steps.filter(({ atMs }) => monotonic - atMs <= forMs);
  }

  return {
    recent: () => {
      look();
      if (steps.length === 0) return NONE;
      let sum = 0;
      return steps.map(({ byMs }) => {
        sum += byMs;
        return sum;
      });
    },
  };
}
