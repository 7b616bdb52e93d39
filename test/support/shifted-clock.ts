/** The machine's clock with a handle to move it on, so that nobody waits a minute for a minute's silence. */
import { performance } from "node:perf_hooks";
import type { Clock } from "../../src/core/ports.ts";

export interface ShiftedClock extends Clock {
  /** Wall time and monotonic time both jump ahead. */
  skip(ms: number): void;
}

export function createShiftedClock(): ShiftedClock {
  let shiftMs = 0;
  return {
    nowMs: () => Date.now() + shiftMs,
    monotonicMs: () => performance.now() + shiftMs,
    every: (periodMs, run) => {
      const timer = setInterval(run, periodMs);
      return () => clearInterval(timer);
    },
    soon: (run) => void setImmediate(run),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    skip: (ms) => {
      shiftMs += ms;
    },
  };
}
