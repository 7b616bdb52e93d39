/** Finds the newest value of each metric that is still stored, by its days rather than by all its readings. */
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { LatestMetric } from "../../../core/ports/stored-device.ts";
import type { StoredValue } from "../format/documents.ts";
import { fromStored } from "../format/values.ts";
import { dueDays, type HistoryParts, horizonsOf, inRanges, rangesOf } from "./history-parts.ts";
import { readRollups } from "./rollup-documents.ts";

const ALWAYS = { fromMs: 0, toMs: MAX_INSTANT_MS } as const;

/** Of a reading where it is there, else the last of a day, in which true is 1. */
export async function latestOf(
  parts: HistoryParts,
  device: DeviceId,
  metrics: readonly string[],
): Promise<Map<string, LatestMetric>> {
  const latest = new Map<string, LatestMetric>();
  const horizons = await horizonsOf(parts, device);
  if (horizons === undefined || metrics.length === 0) return latest;
  const due = await dueDays(parts, device, ALWAYS);
  const days = new Set(due);
  const last = new Map<string, LatestMetric>();
  for (const { startMs, metrics: found } of await readRollups(
    parts.collections(),
    { device, level: "day", ...ALWAYS },
    metrics,
  )) {
    // Readings of a day that changed since may be deleted: those that are left are read below.
    if (startMs >= horizons.rawSinceMs && due.has(startMs)) continue;
    for (const [name, rollup] of found) {
      if (rollup.lastAtMs >= (last.get(name)?.atMs ?? 0)) last.set(name, { value: rollup.last, atMs: rollup.lastAtMs });
    }
  }
  for (const [name, { value, atMs }] of last) {
    latest.set(name, { value, atMs });
    // Its reading says whether it was a number or a boolean.
    const day = startOf(atMs, DAY_MS);
    if (day >= horizons.rawSinceMs) days.add(day);
  }
  const ranges = rangesOf(days, ALWAYS);
  if (ranges.length === 0) return latest;
  const found = parts
    .collections()
    .readings.aggregate<{ _id: string; value: StoredValue; at: Date }>([
      { $match: inRanges(parts, device, ranges) },
      { $sort: { device: 1, at: 1, n: 1 } },
      { $project: { at: 1, metric: { $objectToArray: "$metrics" } } },
      { $unwind: "$metric" },
      { $match: { "metric.k": { $in: [...metrics] } } },
      { $group: { _id: "$metric.k", value: { $last: "$metric.v" }, at: { $last: "$at" } } },
    ]);
  for (const { _id, value, at } of await found.toArray()) {
    if (at.getTime() >= (latest.get(_id)?.atMs ?? 0)) latest.set(_id, { value: fromStored(value), atMs: at.getTime() });
  }
  return latest;
}
