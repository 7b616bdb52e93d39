/** A fire breaks out, burns, is put out and smokes; again every ten minutes. */

import type { Scenario } from "../board/scenario.ts";
import type { Air } from "../room/air.ts";

const CYCLE_MS = 600_000;
const STARTS_MS = 15_000;
const GROWS_MS = 60_000;
const BURNS_MS = 150_000;
/** Flames die in seconds, smoke and heat in minutes. */
const DYING_MS = 3_000;
const CLEARING_MS = 70_000;

/** Both from 0 to 1. Light comes with the flames; smoke and heat lag behind them. */
export function fireAt(elapsedMs: number): { flame: number; smoke: number } {
  const burningMs = (elapsedMs % CYCLE_MS) - STARTS_MS;
  if (burningMs <= 0) return { flame: 0, smoke: 0 };
  const grown = Math.min(1, Math.min(burningMs, BURNS_MS) / GROWS_MS);
  const outMs = Math.max(0, burningMs - BURNS_MS);
  const smoke = 1 - Math.exp(-Math.min(burningMs, BURNS_MS) / GROWS_MS);
  return { flame: grown * Math.exp(-outMs / DYING_MS), smoke: smoke * Math.exp(-outMs / CLEARING_MS) };
}

export function withFire(air: Air, elapsedMs: number): Air {
  const { flame, smoke } = fireAt(elapsedMs);
  return {
    ...air,
    flame: Math.max(air.flame, flame),
    temperatureC: air.temperatureC + 38 * smoke,
    coPpm: air.coPpm + 260 * smoke,
    co2Ppm: air.co2Ppm + 3_500 * smoke,
    tvocPpb: air.tvocPpb + 2_800 * smoke,
    waterGramsPerM3: air.waterGramsPerM3 + 4 * smoke,
  };
}

export const fire: Scenario = {
  about: "flame, heat, carbon monoxide and smoke for 2.5 min, then put out; every 10 min",
  disturb: withFire,
};
