/** Gas leaks into the room, is noticed, and airs out; again every ten minutes. */

import type { Scenario } from "../board/scenario.ts";
import type { Air } from "../room/air.ts";

const CYCLE_MS = 600_000;
const STARTS_MS = 10_000;
const LEAKS_MS = 180_000;
/** Time constants of filling and of airing with the windows open. */
const FILLING_MS = 70_000;
const AIRING_MS = 60_000;

/** 0 clean to 1 full leak: fills while it leaks, then decays. */
export function leakAt(elapsedMs: number): number {
  const leakingMs = (elapsedMs % CYCLE_MS) - STARTS_MS;
  if (leakingMs <= 0) return 0;
  const filled = 1 - Math.exp(-Math.min(leakingMs, LEAKS_MS) / FILLING_MS);
  return filled * Math.exp(-Math.max(0, leakingMs - LEAKS_MS) / AIRING_MS);
}

/** A cooker left open with a poor flame: methane to a twentieth of its explosive limit, carbon monoxide from the flame. */
export function withLeak(air: Air, elapsedMs: number): Air {
  const leak = leakAt(elapsedMs);
  return {
    ...air,
    ch4Ppm: air.ch4Ppm + 2_600 * leak,
    lpgPpm: air.lpgPpm + 900 * leak,
    coPpm: air.coPpm + 70 * leak,
    tvocPpb: air.tvocPpb + 350 * leak,
  };
}

export const gasLeak: Scenario = {
  about: "methane, LPG and carbon monoxide rise for 3 min, then air out; every 10 min",
  disturb: withLeak,
};
