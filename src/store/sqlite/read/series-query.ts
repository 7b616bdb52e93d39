/** Reads a chart: chooses its source and the width of its buckets. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { SeriesColumns } from "../../../contract/rest.ts";
import { bucketWidthMs } from "../../../core/history/series.ts";
import { SeriesBuckets } from "../../../core/history/series-buckets.ts";
import type { SeriesLists } from "../../../core/history/series-json.ts";
import { isMetricName } from "../../../core/model/device-id.ts";
import { DAY_MS, HOUR_MS } from "../../../core/model/utc-day.ts";
import type { SeriesQuery } from "../../../core/ports/history.ts";
import { LEVELS, type Level } from "../format/rollup-format.ts";
import { type DeviceHistory, historyOf, inSnapshot, type OnDamage } from "./history.ts";
import { walkHistory } from "./walk-history.ts";

/** So many readings are decoded in some tens of milliseconds; beyond them hours and days serve, where they are fine enough. */
const QUICK_READINGS = 200_000;
/** Where hours would be so much coarser than what was asked for, more readings may be decoded: some tenths of a second. */
const COARSER = 4;
const MOST_READINGS = 1_000_000;
/**
 * Wider buckets are whole days: of 18 hours, one would hold more of the night and the next more of the day, and the line
 * would tremble. They are less work, too.
 */
const DAYS_FROM_MS = 12 * HOUR_MS;

/** Raw readings where no metric has more of them than points; else buckets of one width for all. */
export function readSeries(
  db: DatabaseSyncInstance,
  query: SeriesQuery,
  onDamage: OnDamage,
  quickReadings = QUICK_READINGS,
): SeriesLists {
  return inSnapshot(db, () => {
    const device = historyOf(db, query.deviceId);
    const names = query.metrics.filter((metric) => isMetricName(metric));
    if (device === undefined || query.fromMs >= query.toMs) return answer(query, 0, names, []);
    const source = sourceFor(db, device, query, quickReadings);
    const widthMs = bucketWidthMs(query.fromMs, query.toMs, query.points, gridFor(query, source));
    const buckets = names.map(() => new SeriesBuckets(query.fromMs, query.toMs, widthMs));
    const samples = source === "raw" ? createSamples(names.length, query.points) : undefined;
    const number = (metric: number, atMs: number, value: number): void => {
      samples?.add(metric, atMs, value);
      buckets[metric]?.add(atMs, value);
    };
    const rollup: Parameters<typeof walkHistory>[3]["rollup"] = (metric, startMs, of) =>
      buckets[metric]?.merge(startMs, of);
    walkHistory(db, device, { ...query, metrics: names, source }, { number, rollup }, onDamage);
    const raw = samples?.columns();
    return raw === undefined
      ? answer(
          query,
          widthMs,
          names,
          buckets.map((each) => each.columns()),
        )
      : answer(query, 0, names, raw);
  });
}

function gridFor({ fromMs, toMs, points }: SeriesQuery, source: "raw" | Level): number {
  if (bucketWidthMs(fromMs, toMs, points) > DAYS_FROM_MS) return DAY_MS;
  return source === "raw" ? 1_000 : LEVELS[source].widthMs;
}

function answer(
  query: SeriesQuery,
  resolutionMs: number,
  names: readonly string[],
  columns: readonly SeriesColumns[],
): SeriesLists {
  const empty: SeriesColumns = { t: [], mean: [], min: [], max: [], count: [] };
  return { resolutionMs, columns: query.metrics.map((metric) => columns[names.indexOf(metric)] ?? empty) };
}

/** The source of the chart: raw readings if they are stored and few enough, or if buckets are finer than hours. */
function sourceFor(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: SeriesQuery,
  quickReadings: number,
): "raw" | Level {
  const { fromMs, toMs } = query;
  const widthMs = bucketWidthMs(fromMs, toMs, query.points);
  const needsHours = isDeleted(db, device, "hour", { fromMs, toMs: Math.min(toMs, device.rawSinceMs) });
  const needsDays =
    isDeleted(db, device, "day", { fromMs, toMs: Math.min(toMs, device.hoursSinceMs, device.rawSinceMs) }) ||
    (needsHours && widthMs > DAYS_FROM_MS);
  if (needsDays) return "day";
  if (needsHours) return "hour";
  const readings = countReadings(db, device.key, fromMs, toMs);
  const isCoarse = HOUR_MS > COARSER * widthMs;
  if (readings <= quickReadings || (isCoarse && readings <= MOST_READINGS)) return "raw";
  return widthMs > DAYS_FROM_MS ? "day" : "hour";
}

/** Part of the range is stored as hours (days) only. */
function isDeleted(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  level: Level,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): boolean {
  if (fromMs >= toMs) return false;
  const { level: number, widthMs, slots } = LEVELS[level];
  return (
    db
      .prepare("SELECT 1 FROM rollup WHERE device = ? AND level = ? AND start_at > ? AND start_at < ? LIMIT 1")
      .get(key, number, fromMs - widthMs * slots, toMs) !== undefined
  );
}

function countReadings(db: DatabaseSyncInstance, key: number, fromMs: number, toMs: number): number {
  const row = db
    .prepare("SELECT sum(count) AS count FROM segment WHERE device = ? AND from_at >= ? AND from_at < ?")
    .get(key, fromMs, toMs);
  return Number(row?.["count"] ?? 0);
}

/** Undefined columns: some metric has more readings than points. */
function createSamples(metrics: number, points: number) {
  let lists: { t: number[]; value: number[] }[] | undefined = Array.from({ length: metrics }, () => ({
    t: [],
    value: [],
  }));
  return {
    add(metric: number, atMs: number, value: number): void {
      const list = lists?.[metric];
      if (list === undefined) return;
      if (list.t.length >= points) lists = undefined;
      else {
        list.t.push(atMs);
        list.value.push(value);
      }
    },
    columns: () => lists?.map(columnsOf),
  };
}

function columnsOf(list: { t: number[]; value: number[] }): SeriesColumns {
  const { t, value } = inOrder(list);
  return { t, mean: value, min: value, max: value, count: new Array(t.length).fill(1) };
}

/** Hot readings come behind sealed ones, whatever their instants. */
function inOrder({ t, value }: { t: number[]; value: number[] }): { t: number[]; value: number[] } {
  if (t.every((at, index) => index === 0 || (t[index - 1] ?? 0) <= at)) return { t, value };
  // The sort is stable: readings of one instant keep their order.
  const order = t.map((_, index) => index).sort((a, b) => (t[a] ?? 0) - (t[b] ?? 0));
  return { t: order.map((index) => t[index] ?? 0), value: order.map((index) => value[index] ?? 0) };
}
