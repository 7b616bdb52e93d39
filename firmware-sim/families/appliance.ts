/** Watts and watt-hours of what is plugged in, as functions of time alone: whoever asks again gets the same. */
import { createRandom, seedFrom } from "../helpers/random.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const STANDBY_W = 6;
/** A compressor, as in a fridge. */
const COMPRESSOR_W = 85;
const CYCLE_MS = 50 * MINUTE_MS;
const COMPRESSOR_MS = 17 * MINUTE_MS;
/** A kettle, an oven, a hair dryer: one in some quarters of an hour, while somebody is there. */
const SLOT_MS = 15 * MINUTE_MS;
const PEAK_MS = 6 * MINUTE_MS;
const PEAK_CHANCE = 0.12;
const SOMEBODY_FROM_PPM = 700;
/** What all of this comes to, on average. */
const MEAN_W = 55;
/** A night uses half of what a day does. */
const DAY_WAVE_HOURS = 1.3;

export function wattsAt(seed: number, atMs: number, co2Ppm: number): number {
  const offsetMs = seed % CYCLE_MS;
  const compressor = (atMs + offsetMs) % CYCLE_MS < COMPRESSOR_MS ? COMPRESSOR_W : 0;
  const random = createRandom(seedFrom(seed, "watts", Math.floor(atMs / SLOT_MS)));
  const isPeak = random() < PEAK_CHANCE && atMs % SLOT_MS < PEAK_MS && co2Ppm > SOMEBODY_FROM_PPM;
  const peak = isPeak ? 900 + 1_100 * random() : 0;
  const flicker = 1 + 0.02 * (createRandom(seedFrom(seed, "flicker", atMs))() * 2 - 1);
  return (STANDBY_W + compressor + peak) * flicker;
}

const COUNTS_FROM_MS = Date.UTC(2026, 0, 1);

/** A counter: it never falls, also not when a board starts again. */
export function wattHoursAt(seed: number, atMs: number): number {
  const hours = Math.max(0, (atMs - COUNTS_FROM_MS) / HOUR_MS) + (seed % 100);
  return MEAN_W * (hours - DAY_WAVE_HOURS * Math.sin(((hours - 3) / 24) * 2 * Math.PI));
}
