/** Decides what a chart is drawn from: raw readings, hours or days; and how wide its buckets are. The stores look up what is there. */
import { DAY_MS, HOUR_MS, startOf } from "../model/utc-day.ts";
import type { SeriesQuery } from "../ports/history.ts";
import { bucketWidthMs } from "./series.ts";

export type ChartSource = "raw" | "hour" | "day";

type ChartQuery = Pick<SeriesQuery, "fromMs" | "toMs" | "points">;
type Range = Pick<SeriesQuery, "fromMs" | "toMs">;

/** Data of a device before these instants is deleted. */
export interface Horizons {
  readonly rawSinceMs: number;
  readonly hoursSinceMs: number;
}

/** More readings than these take longer than some tens of milliseconds: hours and days serve, where they are fine enough. */
const QUICK_READINGS = 200_000;
/** Where hours would be so much coarser than what was asked for, more readings may be read: some tenths of a second, or seconds in MongoDB. */
const COARSER = 4;
const MOST_READINGS = 1_000_000;
/**
 * Wider buckets are whole days: of 18 hours, one would hold more of the night and the next more of the day, and the line
 * would tremble. They are less work, too.
 */
const DAYS_FROM_MS = 12 * HOUR_MS;
/** Buckets are whole multiples of it; of readings they may have any width. */
const GRID_MS = { raw: undefined, hour: HOUR_MS, day: DAY_MS } as const;

const isWide = ({ fromMs, toMs, points }: ChartQuery): boolean => bucketWidthMs(fromMs, toMs, points) > DAYS_FROM_MS;

/** Where stored hours mean that their readings are deleted, and stored days that their hours are deleted, too. An end before the beginning: nowhere. */
export const summaryRanges = ({ fromMs, toMs }: Range, { rawSinceMs, hoursSinceMs }: Horizons) => ({
  hour: { fromMs, toMs: Math.min(toMs, rawSinceMs) },
  day: { fromMs, toMs: Math.min(toMs, rawSinceMs, hoursSinceMs) },
});

/** `stored`: whether there are any in the ranges above. Undefined: everything is stored as readings, and their number decides. */
export function sourceOfSummaries(
  query: ChartQuery,
  stored: { readonly hour: boolean; readonly day: boolean },
): "hour" | "day" | undefined {
  if (stored.day || (stored.hour && isWide(query))) return "day";
  return stored.hour ? "hour" : undefined;
}

/** Raw readings if they are few enough, or if buckets are finer than hours. */
export function sourceByCount(query: ChartQuery, readings: number, quickReadings = QUICK_READINGS): ChartSource {
  const isCoarse = HOUR_MS > COARSER * bucketWidthMs(query.fromMs, query.toMs, query.points);
  if (readings <= quickReadings || (isCoarse && readings <= MOST_READINGS)) return "raw";
  return isWide(query) ? "day" : "hour";
}

/** The width of the chart's buckets. */
export const chartWidthMs = (query: ChartQuery, source: ChartSource): number =>
  bucketWidthMs(query.fromMs, query.toMs, query.points, isWide(query) ? DAY_MS : GRID_MS[source]);

export interface RawDays {
  /** Taken from readings instead of hours or days: they changed since they were counted, or lie only in part in the range. */
  readonly instead: ReadonlySet<number>;
  /** Their older readings are deleted: those that came since are added to what was counted. */
  readonly beside: readonly number[];
}

/** Which UTC days of a chart of hours or days need raw readings. `due`: days that changed since they were counted. */
export function rawDays(
  { fromMs, toMs }: Range,
  { rawSinceMs }: Pick<Horizons, "rawSinceMs">,
  due: ReadonlySet<number>,
): RawDays {
  const instead = new Set(due);
  if (fromMs % DAY_MS !== 0) instead.add(startOf(fromMs, DAY_MS));
  if (toMs % DAY_MS !== 0) instead.add(startOf(toMs, DAY_MS));
  for (const day of instead) if (day < rawSinceMs || day >= toMs) instead.delete(day);
  return { instead, beside: [...due].filter((day) => day < rawSinceMs) };
}
