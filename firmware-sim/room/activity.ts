/** What one person emits in an hour, by activity. */
import type { Gases } from "./air.ts";

export type Activity = "resting" | "working" | "cooking" | "cleaning";

/** Gases in (their unit × m³) a person and hour, so that dividing by the room's volume gives the rise; heat in °C × m³. */
export interface Emission extends Partial<Gases> {
  heatCM3: number;
}

/** CO₂: 14 to 30 litres an hour from rest to housework (EN 16798-1); vapour 35 to 50 g, stove and mop more. */
export const EMISSIONS: Readonly<Record<Activity, Emission>> = {
  resting: { co2Ppm: 14_000, waterGramsPerM3: 35, tvocPpb: 2_200, acetonePpm: 4, heatCM3: 14 },
  working: { co2Ppm: 18_000, waterGramsPerM3: 50, tvocPpb: 3_500, acetonePpm: 6, alcoholPpm: 3, heatCM3: 24 },
  cooking: {
    co2Ppm: 30_000,
    waterGramsPerM3: 150,
    tvocPpb: 12_000,
    coPpm: 70,
    ch4Ppm: 40,
    lpgPpm: 25,
    alcoholPpm: 30,
    heatCM3: 60,
  },
  cleaning: {
    co2Ppm: 26_000,
    waterGramsPerM3: 150,
    tvocPpb: 26_000,
    alcoholPpm: 240,
    acetonePpm: 40,
    toluenePpm: 12,
    heatCM3: 24,
  },
};
