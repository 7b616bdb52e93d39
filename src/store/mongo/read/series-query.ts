/** Reads a chart from the source that core chooses for it. Readings are summed up in the server. */

import type { Document } from "mongodb";
import type { SeriesColumns } from "../../../contract/rest.ts";
import {
  type ChartSource,
  chartWidthMs,
  type Horizons,
  rawDays,
  sourceByCount,
  sourceOfSummaries,
  summaryRanges,
} from "../../../core/history/chart-source.ts";
import { SeriesBuckets } from "../../../core/history/series-buckets.ts";
import { columnsJson, readingColumns, type SeriesLists, seriesLists } from "../../../core/history/series-json.ts";
import { isStoredName } from "../../../core/model/device-id.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup, Series, SeriesQuery } from "../../../core/ports/history.ts";
import { type Level, numberOf } from "./counting.ts";
import { dueDays, type HistoryParts, horizonsOf, inRanges, type Range, rangesOf } from "./history-parts.ts";
import { ofRollups, readRollups, widthOf } from "./rollup-documents.ts";

/** Documents that are decoded in one turn of the event loop. */
const TURN_ROWS = 300;

/** Raw readings where no metric has more of them than points; else buckets of one width for all. */
export async function readSeries(parts: HistoryParts, query: SeriesQuery, quickReadings?: number): Promise<Series> {
  const { resolutionMs, columns } = await readLists(parts, query, quickReadings);
  const json: Uint8Array[] = [];
  for (const each of columns) {
    json.push(columnsJson(each));
    await new Promise<void>((nextTurn) => parts.clock.soon(nextTurn));
  }
  return { resolutionMs, columns: json, damaged: [] };
}

async function readLists(parts: HistoryParts, query: SeriesQuery, quickReadings?: number): Promise<SeriesLists> {
  const names = query.metrics.filter((metric) => isStoredName(metric));
  const horizons = await horizonsOf(parts, query.deviceId);
  if (horizons === undefined || query.fromMs >= query.toMs || names.length === 0)
    return seriesLists(query, 0, names, []);
  const source = await sourceFor(parts, horizons, query, quickReadings);
  const each = source === "raw" ? await samplesIfFew(parts, query, names) : undefined;
  if (each !== undefined) return seriesLists(query, 0, names, each);
  const width = chartWidthMs(query, source);
  const buckets = names.map(() => new SeriesBuckets(query.fromMs, query.toMs, width));
  if (source === "raw") await addRaw(parts, query, names, width, [query], buckets);
  else await addRollups(parts, horizons, query, names, { source, width, buckets });
  return seriesLists(
    query,
    width,
    names,
    buckets.map((each) => each.columns()),
  );
}

async function sourceFor(
  parts: HistoryParts,
  horizons: Horizons,
  query: SeriesQuery,
  quickReadings: number | undefined,
): Promise<ChartSource> {
  const ranges = summaryRanges(query, horizons);
  /** There are hours (days) of the range. */
  const isStored = async (level: Level): Promise<boolean> => {
    const { fromMs, toMs } = ranges[level];
    const range = { device: query.deviceId, level, fromMs: fromMs - widthOf(level) + 1, toMs };
    if (range.fromMs >= toMs) return false;
    return (await parts.collections().rollups.findOne(ofRollups(range), { projection: { _id: 1 } })) !== null;
  };
  const stored = { hour: await isStored("hour"), day: await isStored("day") };
  return sourceOfSummaries(query, stored) ?? sourceByCount(query, await countReadings(parts, query), quickReadings);
}

/** As the days that were counted say. */
async function countReadings(
  { collections }: HistoryParts,
  { deviceId: device, fromMs, toMs }: SeriesQuery,
): Promise<number> {
  const [found] = await collections()
    .rollups.aggregate<{ readings: number }>([
      { $match: ofRollups({ device, level: "day", fromMs: startOf(fromMs, DAY_MS), toMs }) },
      { $group: { _id: null, readings: { $sum: "$readings" } } },
    ])
    .toArray();
  return found?.readings ?? 0;
}

const metricValue = (name: string): Document => ({ $getField: { field: { $literal: name }, input: "$metrics" } });

/** Sums readings up in buckets, in the server. */
async function addRaw(
  parts: HistoryParts,
  { deviceId }: SeriesQuery,
  names: readonly string[],
  width: number,
  ranges: readonly Range[],
  buckets: readonly SeriesBuckets[],
): Promise<void> {
  if (ranges.length === 0) return;
  const of = (as: string, make: (value: string) => Document): Document =>
    fieldsOf(names, (_, index) => make(`$v${index}`), as);
  const found = parts.collections().readings.aggregate<{ _id: number; [field: string]: number | null }>(
    [
      { $match: inRanges(parts, deviceId, ranges) },
      ...valueStages(names),
      {
        $group: {
          _id: { $floor: { $divide: [{ $toLong: "$at" }, width] } },
          ...of("c", (value) => ({ $sum: { $cond: [{ $eq: [value, null] }, 0, 1] } })),
          ...of("s", (value) => ({ $sum: value })),
          ...of("a", (value) => ({ $min: value })),
          ...of("z", (value) => ({ $max: value })),
        },
      },
    ],
    { batchSize: TURN_ROWS },
  );
  for await (const row of found) {
    for (const [index, bucket] of buckets.entries()) {
      const said = (as: string): number => Number(row[`${as}${index}`] ?? 0);
      const rollup = {
        count: said("c"),
        sum: said("s"),
        min: said("a"),
        max: said("z"),
        texts: 0,
        last: 0,
        lastAtMs: 0,
      };
      bucket.merge(Number(row._id) * width, rollup);
    }
  }
}

/** Each reading of its own; undefined: a metric has more of them than points. */
async function samplesIfFew(
  parts: HistoryParts,
  query: SeriesQuery,
  names: readonly string[],
): Promise<SeriesColumns[] | undefined> {
  const found = parts
    .collections()
    .readings.aggregate<{ at: Date; [field: string]: Date | number | null }>(
      [
        { $match: inRanges(parts, query.deviceId, [query]) },
        { $sort: { device: 1, at: 1, n: 1 } },
        ...valueStages(names),
      ],
      { batchSize: TURN_ROWS },
    );
  const columns = names.map(() => ({ t: [] as number[], value: [] as number[] }));
  for await (const row of found) {
    for (const [index, { t, value }] of columns.entries()) {
      const said = row[`v${index}`];
      if (typeof said !== "number") continue;
      if (t.length === query.points) return undefined;
      t.push(row.at.getTime());
      value.push(said);
    }
  }
  return columns.map(({ t, value }) => readingColumns(t, value));
}

/** `at`, and of each metric `v0`, `v1` …: its number, or null. */
const valueStages = (names: readonly string[]): Document[] => [
  { $project: { _id: 0, at: 1, ...fieldsOf(names, (name) => metricValue(name), "v") } },
  { $project: { at: 1, ...fieldsOf(names, (_, index) => numberOf(`$v${index}`), "v") } },
];

const fieldsOf = (names: readonly string[], make: (name: string, index: number) => Document, as: string): Document =>
  Object.fromEntries(names.map((name, index) => [`${as}${index}`, make(name, index)]));

/** Hours or days, and readings where those are not counted yet or only in part in the range. */
async function addRollups(
  parts: HistoryParts,
  horizons: Horizons,
  query: SeriesQuery,
  names: readonly string[],
  { source, width, buckets }: { source: Level; width: number; buckets: readonly SeriesBuckets[] },
): Promise<void> {
  const { deviceId: device, fromMs, toMs } = query;
  const { instead, beside } = rawDays(query, horizons, await dueDays(parts, device, query));
  const step = widthOf(source);
  const add = (startMs: number, metrics: ReadonlyMap<string, Rollup>): void => {
    for (const [index, name] of names.entries()) {
      const rollup = metrics.get(name);
      if (rollup !== undefined) buckets[index]?.merge(startMs, rollup);
    }
  };
  const range = { device, level: source, fromMs: startOf(fromMs, step), toMs };
  for (const { startMs, metrics } of await readRollups(parts.collections(), range, names)) {
    if (startMs + step <= fromMs || (source === "hour" && startMs < horizons.hoursSinceMs)) continue;
    if (!instead.has(startOf(startMs, DAY_MS))) add(startMs, metrics);
  }
  await addRaw(parts, query, names, width, rangesOf([...instead, ...beside], query), buckets);
}
