/** The machine's clock, whose monotonic time stands still within a turn of the event loop: what runs in one turn takes no time. */
import type { Clock } from "../../../src/core/ports/clock.ts";
import { createShiftedClock } from "./shifted-clock.ts";

/** For tests of what a hub sends while it has time to send, on a machine that may be busy. */
export function createTurnClock(): Clock {
  const machine = createShiftedClock();
  let turnMs: number | undefined;
  const monotonicMs = (): number => {
    if (turnMs === undefined) {
      turnMs = machine.monotonicMs();
      setImmediate(() => {
        turnMs = undefined;
      });
    }
    return turnMs;
  };
  return { ...machine, monotonicMs };
}
