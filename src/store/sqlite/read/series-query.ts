/** Reads a chart from the source that core chooses for it. */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { SeriesColumns } from "../../../contract/rest.ts";
import {
  type ChartSource,
  chartWidthMs,
  sourceByCount,
  sourceOfSummaries,
  summaryRanges,
} from "../../../core/history/chart-source.ts";
import { SeriesBuckets } from "../../../core/history/series-buckets.ts";
import { readingColumns, type SeriesLists, seriesLists } from "../../../core/history/series-json.ts";
import { isStoredName } from "../../../core/model/device-id.ts";
import type { SeriesQuery } from "../../../core/ports/history.ts";
import { LEVELS, type Level } from "../format/rollup-format.ts";
import { type DeviceHistory, historyOf, inSnapshot, type OnDamage, type Range } from "./history.ts";
import { walkHistory } from "./walk-history.ts";

/** Raw readings where no metric has more of them than points; else buckets of one width for all. */
export function readSeries(
  db: DatabaseSyncInstance,
  query: SeriesQuery,
  onDamage: OnDamage,
  quickReadings?: number,
): SeriesLists {
  return inSnapshot(db, () => {
    const device = historyOf(db, query.deviceId);
    const names = query.metrics.filter((metric) => isStoredName(metric));
    if (device === undefined || query.fromMs >= query.toMs) return seriesLists(query, 0, names, []);
    const source = sourceFor(db, device, query, quickReadings);
    const widthMs = chartWidthMs(query, source);
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
      ? seriesLists(
          query,
          widthMs,
          names,
          buckets.map((each) => each.columns()),
        )
      : seriesLists(query, 0, names, raw);
  });
}

function sourceFor(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: SeriesQuery,
  quickReadings: number | undefined,
): ChartSource {
  const ranges = summaryRanges(query, device);
  const stored = { hour: isStored(db, device, "hour", ranges.hour), day: isStored(db, device, "day", ranges.day) };
  return (
    sourceOfSummaries(query, stored) ??
    sourceByCount(query, countReadings(db, device.key, query.fromMs, query.toMs), quickReadings)
  );
}

/** There are hours (days) of the range. */
function isStored(db: DatabaseSyncInstance, { key }: DeviceHistory, level: Level, { fromMs, toMs }: Range): boolean {
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
  return readingColumns(t, value);
}

/** Hot readings come behind sealed ones, whatever their instants. */
function inOrder({ t, value }: { t: number[]; value: number[] }): { t: number[]; value: number[] } {
  if (t.every((at, index) => index === 0 || (t[index - 1] ?? 0) <= at)) return { t, value };
  // The sort is stable: readings of one instant keep their order.
  const order = t.map((_, index) => index).sort((a, b) => (t[a] ?? 0) - (t[b] ?? 0));
  return { t: order.map((index) => t[index] ?? 0), value: order.map((index) => value[index] ?? 0) };
}
