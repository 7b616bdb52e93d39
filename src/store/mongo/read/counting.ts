/** Counts readings by hour or day and metric, in the server. */
import type { Collection, Document, Filter } from "mongodb";
import type { Rollup } from "../../../core/ports/history.ts";
import type { ReadingDocument, RollupValues } from "../format/documents.ts";
import { fromStored, toStored } from "../format/values.ts";

export type Level = "hour" | "day";

/** metric → what its values come to */
export type Rollups = ReadonlyMap<string, Rollup>;

/** A boolean is 0 or 1, a text null. As a double: sums of integers would be cut to 64 bits. */
export const numberOf = (value: string | Document): Document => ({
  $cond: [
    { $isNumber: value },
    { $toDouble: value },
    { $cond: [{ $eq: [{ $type: value }, "bool"] }, { $cond: [value, 1, 0] }, null] },
  ],
});

/** Counts readings beside the metrics; no metric has this name. */
const READINGS = "";

/** One document for each beginning: `{_id, readings, metrics: [{k, v}]}`, in the order of (instant, n) as far as `last` goes. */
function countStages(match: Filter<ReadingDocument>, level: Level): Document[] {
  return [
    { $match: match },
    { $sort: { device: 1, at: 1, n: 1 } },
    {
      $project: {
        at: 1,
        metric: { $concatArrays: [{ $objectToArray: "$metrics" }, [{ k: READINGS, v: null }]] },
      },
    },
    { $unwind: "$metric" },
    { $set: { number: numberOf("$metric.v") } },
    {
      $group: {
        _id: { at: { $dateTrunc: { date: "$at", unit: level } }, metric: "$metric.k" },
        documents: { $sum: 1 },
        count: { $sum: { $cond: [{ $eq: ["$number", null] }, 0, 1] } },
        sum: { $sum: "$number" },
        min: { $min: "$number" },
        max: { $max: "$number" },
        last: { $last: { $ifNull: ["$number", "$metric.v"] } },
        lastAt: { $last: "$at" },
      },
    },
    {
      $group: {
        _id: "$_id.at",
        readings: { $max: { $cond: [{ $eq: ["$_id.metric", READINGS] }, "$documents", 0] } },
        metrics: {
          $push: {
            k: "$_id.metric",
            v: {
              count: "$count",
              sum: "$sum",
              min: { $ifNull: ["$min", 0] },
              max: { $ifNull: ["$max", 0] },
              texts: { $subtract: ["$documents", "$count"] },
              last: "$last",
              lastAt: "$lastAt",
            },
          },
        },
      },
    },
    { $set: { metrics: { $filter: { input: "$metrics", cond: { $ne: ["$$this.k", READINGS] } } } } },
  ];
}

export interface Counted {
  readonly startMs: number;
  readonly readings: number;
  readonly metrics: Map<string, Rollup>;
}

/** As of now. `metrics`: undefined: all. */
export async function count(
  readings: Collection<ReadingDocument>,
  match: Filter<ReadingDocument>,
  level: Level,
  metrics?: readonly string[],
): Promise<Counted[]> {
  const found = readings.aggregate<{ _id: Date; readings: number; metrics: { k: string; v: RollupValues }[] }>([
    ...countStages(match, level),
    ...(metrics === undefined
      ? []
      : [{ $set: { metrics: { $filter: { input: "$metrics", cond: { $in: ["$$this.k", metrics] } } } } }]),
    { $sort: { _id: 1 } },
  ]);
  return (await found.toArray()).map((each) => ({
    startMs: each._id.getTime(),
    readings: each.readings,
    metrics: new Map(each.metrics.map(({ k, v }) => [k, toRollup(v)])),
  }));
}

/** Replaces the documents of these hours. Each gets `run`, by which documents that this run did not write are known. */
export async function mergeHours(
  readings: Collection<ReadingDocument>,
  match: Filter<ReadingDocument>,
  { device, into, run }: { readonly device: string; readonly into: string; readonly run: string },
): Promise<void> {
  await readings
    .aggregate([
      ...countStages(match, "hour"),
      {
        $project: {
          _id: { $literal: "" },
          device: { $literal: device },
          level: { $literal: "hour" },
          at: "$_id",
          readings: 1,
          metrics: { $arrayToObject: "$metrics" },
          run: { $literal: run },
        },
      },
      { $set: { _id: { $concat: [`${device}-h-`, { $toString: { $toLong: "$at" } }] } } },
      { $merge: { into, on: "_id", whenMatched: "replace", whenNotMatched: "insert" } },
    ])
    .toArray();
}

export function toRollup({ count: many, sum, min, max, texts, last, lastAt }: RollupValues): Rollup {
  const value = fromStored(last as never);
  return {
    count: many,
    sum: Number(sum),
    min: Number(min),
    max: Number(max),
    texts,
    last: typeof value === "boolean" ? Number(value) : value,
    lastAtMs: lastAt.getTime(),
  };
}

export function toValues({ count: many, sum, min, max, texts, last, lastAtMs }: Rollup): RollupValues {
  return {
    count: many,
    sum,
    min,
    max,
    texts,
    last: toStored(last) as RollupValues["last"],
    lastAt: new Date(lastAtMs),
  };
}
