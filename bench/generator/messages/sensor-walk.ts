/** Walks the seed's fourteen metrics as real sensors do: a little at each step. */
import { randomFrom } from "../../helpers/random.ts";

/** Each range keeps its number of digits, so that all payloads of a board have one length and can be stamped in place. */
const CHANNELS = [
  { name: "temperature", low: 12, high: 38, step: 0.1, digits: 1 },
  { name: "humidity", low: 20, high: 90, step: 1, digits: 0 },
  { name: "aqi", low: 20, high: 90, step: 1, digits: 0 },
  { name: "eco2", low: 410, high: 990, step: 6, digits: 0 },
  { name: "tvoc", low: 110, high: 990, step: 5, digits: 0 },
  { name: "coPpm", low: 1, high: 9, step: 0.1, digits: 1 },
  { name: "ch4Ppm", low: 1, high: 9, step: 0.1, digits: 1 },
  { name: "lpgPpm", low: 1, high: 9, step: 0.1, digits: 1 },
  { name: "co2", low: 410, high: 990, step: 6, digits: 0 },
  { name: "alcohol", low: 1, high: 9, step: 0.1, digits: 1 },
  { name: "toluene", low: 1, high: 9, step: 0.1, digits: 1 },
  { name: "acetone", low: 1, high: 9, step: 0.1, digits: 1 },
] as const;

const FLAME_CHANCE = 0.01;

/** Each call gives the next reading's members, `"temperature":21.5,…`, always of the same length. `flames`: in each hundredth one. */
export function sensorWalk(seed: number, flames: boolean): () => string {
  const random = randomFrom(seed);
  const values: number[] = CHANNELS.map((channel) => channel.low + random() * (channel.high - channel.low));
  return () => {
    const members = CHANNELS.map((channel, index) => {
      const moved = (values[index] ?? channel.low) + (random() * 4 - 2) * channel.step;
      const value = Math.min(channel.high, Math.max(channel.low, moved));
      values[index] = value;
      return `"${channel.name}":${value.toFixed(channel.digits)}`;
    });
    const flame = random() < FLAME_CHANCE && flames;
    members.push(`"flameDetected":${flame ? "true " : "false"}`);
    members.push(`"flameIntensity":${Math.floor((flame ? 600 : 100) + random() * 300)}`);
    return members.join(",");
  };
}
