/** The air of one room through its days, by mass balance: sources, ventilation, heat. */
import { seedFrom, wander } from "../helpers/random.ts";
import { EMISSIONS, type Emission } from "./activity.ts";
import { type Air, type Gases, OUTDOORS, saturationGramsPerM3 } from "./air.ts";
import { type DayPlan, isAiring, planDay, staysAt } from "./day-plan.ts";
import { ROOM_KINDS, type RoomKind, type RoomTraits } from "./room-kind.ts";

export interface RoomOptions {
  kind: RoomKind;
  seed: number;
  /** People live by local time; 60 is Central European winter. */
  utcOffsetMinutes: number;
  /** A minute where it is left out; whoever goes through a month takes longer ones. */
  stepMs?: number | undefined;
}

export interface Room {
  /** Air at an epoch time. Times go forward; an earlier one than before gets the newest known air. */
  at(timeMs: number): Air;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 60_000;
/** Long enough that yesterday's evening still hangs in a bedroom, and nothing of the starting value does. */
const WARM_UP_MS = 12 * HOUR_MS;
/** Coarser, so that a thousand rooms start in half a second. */
const WARM_UP_STEP_MS = 10 * STEP_MS;
const GAS_NAMES: readonly (keyof Gases)[] = [
  "co2Ppm",
  "tvocPpb",
  "coPpm",
  "ch4Ppm",
  "lpgPpm",
  "alcoholPpm",
  "toluenePpm",
  "acetonePpm",
  "waterGramsPerM3",
];
/** Furniture and paint, in unit × m³ an hour. */
const FURNITURE: Partial<Gases> = { tvocPpb: 2_200, toluenePpm: 0.6 };
const WINDOW_AIR_CHANGES_PER_HOUR = 4;
/** How fast walls and furniture let the room's temperature follow. */
const WARMING_PER_HOUR = 0.6;

/** Stepped on a fixed grid of minutes and interpolated, so that the air does not depend on who looks at it how often. */
export function createRoom({ kind, seed, utcOffsetMinutes, stepMs = STEP_MS }: RoomOptions): Room {
  const traits = ROOM_KINDS[kind];
  const weatherSeed = seedFrom(seed, "weather");
  let planned: { day: number; plan: DayPlan } | undefined;
  let before: { atMs: number; air: Air } | undefined;
  let after: { atMs: number; air: Air } | undefined;

  function planAt(localMs: number): DayPlan {
    const day = Math.floor(localMs / DAY_MS);
    if (planned?.day !== day) planned = { day, plan: planDay(kind, seed, day) };
    return planned.plan;
  }

  function step(air: Air, atMs: number, stepMs: number): Air {
    const localMs = atMs + utcOffsetMinutes * 60_000;
    const hour = (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;
    const weather = wander(weatherSeed, localMs / (9 * HOUR_MS));
    return stepAir(air, stepMs / HOUR_MS, { traits, plan: planAt(localMs), hour, weather });
  }

  function warmedUp(timeMs: number): { atMs: number; air: Air } {
    const endMs = Math.floor(timeMs / WARM_UP_STEP_MS) * WARM_UP_STEP_MS;
    let air: Air = { ...OUTDOORS, temperatureC: traits.restingC, daylight: 0, flame: 0 };
    for (let atMs = endMs - WARM_UP_MS; atMs < endMs; atMs += WARM_UP_STEP_MS) air = step(air, atMs, WARM_UP_STEP_MS);
    return { atMs: endMs, air };
  }

  function advanceTo(timeMs: number): void {
    if (after === undefined || timeMs - after.atMs > WARM_UP_MS) after = warmedUp(timeMs);
    while (after.atMs < timeMs) {
      before = after;
      after = { atMs: before.atMs + stepMs, air: step(before.air, before.atMs, stepMs) };
    }
  }

  return {
    at(timeMs) {
      advanceTo(timeMs);
      const [from, to] = [before ?? after, after];
      if (from === undefined || to === undefined) throw new Error("a room has air once it was advanced");
      const along = Math.min(1, Math.max(0, (timeMs - from.atMs) / stepMs));
      return blend(from.air, to.air, along);
    },
  };
}

interface Influences {
  traits: RoomTraits;
  plan: DayPlan;
  /** 0 to 24. */
  hour: number;
  /** -1 cold and dry to 1 warm and damp. */
  weather: number;
}

/** The exact solution over the step, while nobody comes or goes: each part tends to where its sources and the ventilation balance. */
function stepAir(air: Air, hours: number, { traits, plan, hour, weather }: Influences): Air {
  const sources = emissionsAt(plan, hour);
  const airing = isAiring(plan, hour);
  const airChanges = traits.airChangesPerHour + (airing ? WINDOW_AIR_CHANGES_PER_HOUR : 0);
  const exchanged = 1 - Math.exp(-airChanges * hours);
  const next = { ...air, daylight: daylightAt(hour) };
  for (const gas of GAS_NAMES) {
    const outside = OUTDOORS[gas] + (gas === "waterGramsPerM3" ? 1.5 * weather : 0);
    const risePerHour = ((FURNITURE[gas] ?? 0) + (sources[gas] ?? 0)) / traits.volumeM3;
    next[gas] += (outside + risePerHour / airChanges - air[gas]) * exchanged;
  }
  const restC = traits.restingC + 1.1 * dayWave(hour) + 0.7 * weather - (airing ? 2.5 : 0);
  const balanceC = restC + sources.heatCM3 / traits.volumeM3 / WARMING_PER_HOUR;
  next.temperatureC += (balanceC - air.temperatureC) * (1 - Math.exp(-WARMING_PER_HOUR * hours));
  // What the air cannot hold runs down the windows.
  next.waterGramsPerM3 = Math.min(next.waterGramsPerM3, 0.97 * saturationGramsPerM3(next.temperatureC));
  return next;
}

function emissionsAt(plan: DayPlan, hour: number): Emission {
  const sum: Emission = { heatCM3: 0 };
  for (const { people, activity } of staysAt(plan, hour)) {
    const each = EMISSIONS[activity];
    sum.heatCM3 += people * each.heatCM3;
    for (const gas of GAS_NAMES) sum[gas] = (sum[gas] ?? 0) + people * (each[gas] ?? 0);
  }
  return sum;
}

function blend(from: Air, to: Air, along: number): Air {
  const air = { ...from };
  for (const gas of GAS_NAMES) air[gas] += (to[gas] - from[gas]) * along;
  air.temperatureC += (to.temperatureC - from.temperatureC) * along;
  air.daylight += (to.daylight - from.daylight) * along;
  return air;
}

/** Coldest at 4, warmest at 16 o'clock. */
const dayWave = (hour: number): number => Math.sin(((hour - 10) / 24) * 2 * Math.PI);
const daylightAt = (hour: number): number => Math.max(0, Math.sin(((hour - 6) / 12) * Math.PI));
