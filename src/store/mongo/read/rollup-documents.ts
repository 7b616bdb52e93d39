/** Reads and writes the documents of hours and days. Counts no reading. */
import type { AnyBulkWriteOperation } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { Aggregate } from "../../../core/history/rollup.ts";
import { DAY_MS, HOUR_MS } from "../../../core/model/utc-day.ts";
import type { Collections } from "../db/collections.ts";
import type { RollupDocument } from "../format/documents.ts";
import { dateOf } from "../format/values.ts";
import { type Counted, type Level, type Rollups, toRollup, toValues } from "./counting.ts";

export const widthOf = (level: Level): number => (level === "hour" ? HOUR_MS : DAY_MS);

/** Milliseconds in plain digits: an aggregation makes them, too. */
export const rollupId = (device: DeviceId, level: Level, atMs: number): string =>
  `${device}-${level === "hour" ? "h" : "d"}-${atMs}`;

export interface RollupRange {
  readonly device: DeviceId;
  readonly level: Level;
  /** Those that begin in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
}

export const ofRollups = ({ device, level, fromMs, toMs }: RollupRange) => ({
  device,
  level,
  at: { $gte: dateOf(fromMs), $lt: dateOf(toMs) },
});

/** Ascending. `metrics`: those that are wanted; undefined: all. */
export async function readRollups(
  { rollups }: Collections,
  range: RollupRange,
  metrics?: readonly string[],
): Promise<Counted[]> {
  const wanted = { $in: ["$$this.k", metrics ?? []] };
  const found = rollups.aggregate<Pick<RollupDocument, "at" | "readings" | "metrics">>([
    { $match: ofRollups(range) },
    { $sort: { device: 1, level: 1, at: 1 } },
    {
      $project: {
        _id: 0,
        at: 1,
        readings: 1,
        metrics:
          metrics === undefined
            ? 1
            : { $arrayToObject: { $filter: { input: { $objectToArray: "$metrics" }, cond: wanted } } },
      },
    },
  ]);
  return (await found.toArray()).map((each) => ({
    startMs: each.at.getTime(),
    readings: each.readings,
    metrics: new Map(Object.entries(each.metrics).map(([name, values]) => [name, toRollup(values)])),
  }));
}

/** What to write for one hour or day; one of which nothing is left goes. */
export function putOperation(
  device: DeviceId,
  level: Level,
  { startMs, readings, metrics }: Counted,
): AnyBulkWriteOperation<RollupDocument> {
  const _id = rollupId(device, level, startMs);
  if (metrics.size === 0) return { deleteOne: { filter: { _id } } };
  const values = Object.fromEntries([...metrics].map(([name, rollup]) => [name, toValues(rollup)]));
  return {
    replaceOne: {
      filter: { _id },
      replacement: { device, level, at: new Date(startMs), readings, metrics: values },
      upsert: true,
    },
  };
}

/** What hours come to together: a day, or an hour and what came late to it. */
export function together(startMs: number, parts: readonly Counted[]): Counted {
  const sums = new Map<string, Aggregate>();
  let readings = 0;
  for (const part of parts) {
    readings += part.readings;
    for (const [name, rollup] of part.metrics) {
      const sum = sums.get(name) ?? new Aggregate();
      sums.set(name, sum);
      sum.merge(rollup);
    }
  }
  return { startMs, readings, metrics: new Map([...sums].map(([name, sum]) => [name, sum.rollup()])) };
}

/** Without some metrics; undefined: without any. */
export function without({ startMs, readings, metrics }: Counted, names: readonly string[] | undefined): Counted {
  const left = names === undefined ? [] : [...metrics].filter(([name]) => !names.includes(name));
  return { startMs, readings: left.length === 0 ? 0 : readings, metrics: new Map<string, never>(left as never) };
}

export type { Rollups };
