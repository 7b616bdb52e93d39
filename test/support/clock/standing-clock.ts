/** A manual clock for a hub that runs: no timer of the hub is due until the test says so, and what is asked for `soon` runs by itself. */
import type { Clock } from "../../../src/core/ports/clock.ts";
import { createManualClock } from "./manual-clock.ts";

export interface StandingClock extends Clock {
  /** As of a manual clock. */
  advance(ms: number): void;
}

/** Begins at the machine's time. Polls of Socket.IO after the first of a session wait until the clock is moved by 100 ms. */
export function createStandingClock(): StandingClock {
  return { ...createManualClock({ nowMs: Date.now() }), soon: (run) => void setImmediate(run) };
}
