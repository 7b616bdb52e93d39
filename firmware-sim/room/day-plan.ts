/** Who is in a room when, and when its windows are open: one day's plan from a seed. */
import { createRandom, type Random, seedFrom } from "../helpers/random.ts";
import type { Activity } from "./activity.ts";
import type { RoomKind } from "./room-kind.ts";

export interface Stay {
  readonly fromHour: number;
  readonly toHour: number;
  readonly people: number;
  readonly activity: Activity;
}

export interface DayPlan {
  readonly stays: readonly Stay[];
  readonly airings: readonly { fromHour: number; toHour: number }[];
}

/** `day` counts local days since 1970-01-01, which was a Thursday. */
export function planDay(kind: RoomKind, seed: number, day: number): DayPlan {
  const random = createRandom(seedFrom(seed, "plan", day));
  const weekday = (((day + 4) % 7) + 7) % 7;
  const stays = STAYS[kind](random, weekday === 0 || weekday === 6);
  const airings = [7.2, 12.6, 18.8].map((hour) => {
    const fromHour = vary(random, hour, 0.7);
    return { fromHour, toHour: fromHour + 0.15 + random() * 0.15 };
  });
  return { stays, airings };
}

/** People in the room at `hour` (0 to 24), by what they do. */
export function peopleAt(plan: DayPlan, hour: number): number {
  return staysAt(plan, hour).reduce((sum, stay) => sum + stay.people, 0);
}

export const staysAt = (plan: DayPlan, hour: number): Stay[] =>
  plan.stays.filter((stay) => stay.fromHour <= hour && hour < stay.toHour);

export const isAiring = (plan: DayPlan, hour: number): boolean =>
  plan.airings.some((airing) => airing.fromHour <= hour && hour < airing.toHour);

const vary = (random: Random, hour: number, spreadHours: number): number => hour + (random() * 2 - 1) * spreadHours;

const stay = (fromHour: number, toHour: number, people: number, activity: Activity): Stay => ({
  fromHour,
  toHour,
  people,
  activity,
});

const STAYS: Readonly<Record<RoomKind, (random: Random, weekend: boolean) => Stay[]>> = {
  office: (random, weekend) => (weekend ? [] : [...officeDay(random), stay(18.6, 19.1, 1, "cleaning")]),
  "meeting-room": (random, weekend) => (weekend ? [] : meetings(random)),
  bedroom: (random) => [stay(0, vary(random, 6.9, 0.5), 2, "resting"), stay(vary(random, 22.6, 0.5), 24, 2, "resting")],
  kitchen: (random) => [
    stay(vary(random, 6.9, 0.3), vary(random, 7.7, 0.2), 2, "working"),
    stay(vary(random, 12, 0.3), vary(random, 12.6, 0.1), 1, "cooking"),
    stay(vary(random, 12.7, 0.1), vary(random, 13.3, 0.2), 2, "resting"),
    stay(vary(random, 18.2, 0.5), vary(random, 19.2, 0.2), 1, "cooking"),
    stay(vary(random, 19.3, 0.1), vary(random, 20.2, 0.3), 3, "resting"),
  ],
  "living-room": (random, weekend) => [
    stay(vary(random, weekend ? 10 : 16.8, 0.8), vary(random, 22.4, 0.5), 2, "resting"),
    stay(vary(random, 20.2, 0.3), vary(random, 22, 0.3), 1, "resting"),
  ],
};

/** Four people, each with a day of their own and out for lunch. */
function officeDay(random: Random): Stay[] {
  return Array.from({ length: 4 }).flatMap(() => {
    const lunchHour = vary(random, 12.2, 0.3);
    return [
      stay(vary(random, 8.4, 0.8), lunchHour, 1, "working"),
      stay(lunchHour + 0.7, vary(random, 17, 1), 1, "working"),
    ];
  });
}

function meetings(random: Random): Stay[] {
  return [9, 10, 11, 13, 14, 15, 16].flatMap((hour) => {
    const people = 2 + Math.floor(random() * 6);
    return random() < 0.55 ? [stay(hour, hour + 0.7 + random() * 0.25, people, "working")] : [];
  });
}
