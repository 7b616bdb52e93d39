/** Walks the seed's fourteen metrics in a quiet or a noisy room, for any interval. */
import type { MetricValue } from "../../../src/contract/readings.ts";
import { randomFrom } from "../../helpers/random.ts";

/** Quiet: half of the metrics never change, the others seldom and by little. Noisy: all vary with each reading. */
export type Room = "quiet" | "noisy";

export interface RoomWalk {
  /** Metrics of the next reading as JSON of one object. */
  next(): string;
  /** Those of the last `next`, in the order of `METRIC_NAMES`. */
  values(): MetricValue[];
}

/** All but `name` and `digits` in steps of the sensor's resolution: 0.1 or 1. */
interface Channel {
  readonly name: string;
  readonly digits: 0 | 1;
  readonly low: number;
  readonly high: number;
  /** How likely the room itself changes by one step within 5 s; in a quiet room 0 stays 0, for the metrics that are still there. */
  readonly change: number;
  readonly stillWhenQuiet: boolean;
  /** Standard deviation of the sensor's noise in a noisy room. */
  readonly noise: number;
}

const still = { stillWhenQuiet: true };
const moves = { stillWhenQuiet: false };

const CHANNELS: readonly Channel[] = [
  { name: "temperature", digits: 1, low: 120, high: 380, change: 0.1, ...moves, noise: 1.5 },
  { name: "humidity", digits: 1, low: 200, high: 900, change: 0.2, ...moves, noise: 3 },
  { name: "aqi", digits: 0, low: 20, high: 90, change: 0.05, ...moves, noise: 2 },
  { name: "eco2", digits: 0, low: 410, high: 1_990, change: 0.5, ...moves, noise: 8 },
  { name: "tvoc", digits: 0, low: 110, high: 990, change: 0.3, ...moves, noise: 6 },
  { name: "coPpm", digits: 1, low: 0, high: 90, change: 0.05, ...moves, noise: 2 },
  { name: "ch4Ppm", digits: 1, low: 0, high: 90, change: 0.02, ...still, noise: 3 },
  { name: "lpgPpm", digits: 1, low: 0, high: 90, change: 0.02, ...still, noise: 3 },
  { name: "co2", digits: 0, low: 410, high: 1_990, change: 0.5, ...moves, noise: 8 },
  { name: "alcohol", digits: 1, low: 0, high: 90, change: 0.02, ...still, noise: 2 },
  { name: "toluene", digits: 1, low: 0, high: 90, change: 0.02, ...still, noise: 2 },
  { name: "acetone", digits: 1, low: 0, high: 90, change: 0.02, ...still, noise: 2 },
  { name: "flameIntensity", digits: 0, low: 0, high: 900, change: 0.05, ...still, noise: 12 },
];

/** Names in the order of `values`. The flame comes last; in a quiet room there is none. */
export const METRIC_NAMES: readonly string[] = [...CHANNELS.map(({ name }) => name), "flameDetected"];

const FLAME_CHANCE = 0.01;
const STEP_MS = 5_000;

/** Normally distributed, deviation 1; a table, because the generator must not be what is measured. */
const NORMAL: Float64Array = (() => {
  const random = randomFrom(1);
  const sumOf12 = (): number => Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6);
  return Float64Array.from({ length: 4_096 }, sumOf12);
})();

/** `"temperature":21.5,` of every value that the channel can have. */
const MEMBERS: readonly (readonly string[])[] = CHANNELS.map(({ name, digits, low, high }) =>
  Array.from(
    { length: high - low + 1 },
    (_, step) => `"${name}":${digits === 0 ? low + step : Number(((low + step) / 10).toFixed(1))},`,
  ),
);

const within = ({ low, high }: Channel, value: number): number => Math.min(high, Math.max(low, value));

/** The same seed gives the same walk. */
export function roomWalk(room: Room, seed: number, intervalMs: number): RoomWalk {
  const random = randomFrom(seed);
  const normal = (): number => NORMAL[Math.floor(random() * NORMAL.length)] ?? 0;
  const steps = intervalMs / STEP_MS;
  const base = CHANNELS.map(({ low, high }) => Math.round(low + (0.3 + 0.4 * random()) * (high - low)));
  const shown = [...base];
  let flame = false;

  /** Many small changes add up to a normal distribution. */
  function moved(change: number): number {
    if (steps > 1) return Math.round(normal() * Math.sqrt(change * steps));
    const chance = random();
    if (chance >= change) return 0;
    return chance < change / 2 ? -1 : 1;
  }

  function next(): string {
    let members = "{";
    for (const [index, channel] of CHANNELS.entries()) {
      let value = base[index] ?? 0;
      if (room === "noisy" || !channel.stillWhenQuiet) {
        value = within(channel, value + moved(channel.change));
        base[index] = value;
        if (room === "noisy") value = within(channel, value + Math.round(normal() * channel.noise));
        shown[index] = value;
      }
      members += MEMBERS[index]?.[value - channel.low] ?? "";
    }
    flame = room === "noisy" && random() < FLAME_CHANCE;
    return `${members}"flameDetected":${flame}}`;
  }

  return {
    next,
    values: () => [
      ...CHANNELS.map(({ digits }, index) => (digits === 0 ? (shown[index] ?? 0) : (shown[index] ?? 0) / 10)),
      flame,
    ],
  };
}
