/** What a board's sensors make of the air: noise, slow drift, rounding, the catalogue's range. */
import { METRICS } from "../../src/contract/metrics.ts";
import { createRandom, gaussian, seedFrom, wander } from "../helpers/random.ts";
import { type Air, relativeHumidity } from "../room/air.ts";
import { airQualityIndex } from "./air-quality-index.ts";

/** The seed payload's fourteen metrics, in its order. */
export interface StationMetrics {
  temperature: number;
  humidity: number;
  aqi: number;
  eco2: number;
  tvoc: number;
  coPpm: number;
  ch4Ppm: number;
  lpgPpm: number;
  co2: number;
  alcohol: number;
  toluene: number;
  acetone: number;
  flameDetected: boolean;
  flameIntensity: number;
}

interface Trait {
  /** Deviation of one reading. */
  readonly noise: number;
  /** How far the sensor strays over hours. */
  readonly drift: number;
  /** Decimal places that the board sends; the catalogue's where it does not say. */
  readonly digits?: number;
}

const TRAITS = {
  temperature: { noise: 0.06, drift: 0.3 },
  humidity: { noise: 0.25, drift: 1.2, digits: 1 }, // as in the seed's payload: 60.2
  tvoc: { noise: 3, drift: 6 },
  co2: { noise: 6, drift: 15 },
  coPpm: { noise: 0.05, drift: 0.1 },
  ch4Ppm: { noise: 0.08, drift: 0.2 },
  lpgPpm: { noise: 0.05, drift: 0.05 },
  alcohol: { noise: 0.04, drift: 0.05 },
  toluene: { noise: 0.02, drift: 0.02 },
  acetone: { noise: 0.03, drift: 0.03 },
  flameIntensity: { noise: 3, drift: 4 },
} as const satisfies Record<string, Trait>;

const DRIFT_MS = 7 * 3_600_000;
const FLAME_SEEN_FROM = 0.25;
/** A volatile-organics sensor guesses CO₂ from what people breathe out besides it; clean rooms read 400. */
const ECO2_PPM_PER_TVOC_PPB = 4;
const CLEAN_TVOC_PPB = 60;

export interface Sensors {
  read(air: Air, atMs: number): StationMetrics;
}

/** The same seed, air and instant give the same values, whatever was read before. */
export function createSensors(seed: number): Sensors {
  const driftSeeds = new Map(Object.keys(TRAITS).map((name) => [name, seedFrom(seed, "drift", name)]));
  return {
    read(air, atMs) {
      const random = createRandom(seedFrom(seed, "noise", atMs));
      const sense = (name: keyof typeof TRAITS, truth: number): number => {
        const trait: Trait = TRAITS[name];
        const drift = trait.drift * wander(driftSeeds.get(name) ?? 0, atMs / DRIFT_MS);
        return asSent(name, truth + drift + trait.noise * gaussian(random), trait.digits);
      };
      const tvoc = sense("tvoc", air.tvocPpb);
      const co2 = sense("co2", air.co2Ppm);
      const coPpm = sense("coPpm", air.coPpm);
      // A flame flickers: its light varies by a tenth from reading to reading.
      const flameLight = 3_600 * air.flame * (1 + 0.1 * gaussian(random));
      return {
        temperature: sense("temperature", air.temperatureC),
        humidity: sense("humidity", relativeHumidity(air)),
        aqi: asSent("aqi", airQualityIndex({ tvocPpb: tvoc, co2Ppm: co2, coPpm })),
        eco2: asSent("eco2", 400 + ECO2_PPM_PER_TVOC_PPB * Math.max(0, tvoc - CLEAN_TVOC_PPB)),
        tvoc,
        coPpm,
        ch4Ppm: sense("ch4Ppm", air.ch4Ppm),
        lpgPpm: sense("lpgPpm", air.lpgPpm),
        co2,
        alcohol: sense("alcohol", air.alcoholPpm),
        toluene: sense("toluene", air.toluenePpm),
        acetone: sense("acetone", air.acetonePpm),
        flameDetected: air.flame >= FLAME_SEEN_FROM,
        flameIntensity: sense("flameIntensity", 30 * air.daylight + flameLight),
      };
    },
  };
}

function asSent(name: string, value: number, digits?: number): number {
  const info = METRICS.get(name);
  const [min, max] = info?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const scale = 10 ** (digits ?? info?.digits ?? 1);
  return Math.round(Math.min(max, Math.max(min, value)) * scale) / scale;
}
