/** Reads hours or days of a device, including readings that are not rolled up yet. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Aggregate } from "../../../core/history/rollup.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { RollupRow, RollupsQuery } from "../../../core/ports/history.ts";
import { LEVELS } from "../format/rollup-format.ts";
import { aggregateOf, countSegments } from "./day-count.ts";
import { type DeviceHistory, dueDays, historyOf, inSnapshot, type OnDamage, rollupBlocks } from "./history.ts";
import { hotRows } from "./hot-rows.ts";

/** Beginning of the hour or day → metric → aggregate */
type Found = Map<number, Map<string, Aggregate>>;

/** By (beginning, metric). */
export function readRollups(db: DatabaseSyncInstance, query: RollupsQuery, onDamage: OnDamage): RollupRow[] {
  return inSnapshot(db, () => {
    const device = historyOf(db, query.deviceId);
    if (device === undefined) return [];
    const found: Found = new Map();
    // An hour or day that begins in the range counts completely, even if it ends behind it.
    const { widthMs } = LEVELS[query.level];
    const range = {
      fromMs: Math.ceil(query.fromMs / widthMs) * widthMs,
      toMs: Math.ceil(query.toMs / widthMs) * widthMs,
    };
    addRolledUp(db, device, { ...query, ...range }, found, onDamage);
    addHot(db, device, { ...query, ...range }, found, onDamage);
    return rowsOf(found);
  });
}

function addRolledUp(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: RollupsQuery,
  found: Found,
  onDamage: OnDamage,
): void {
  const { key, rawSinceMs } = device;
  const { widthMs } = LEVELS[query.level];
  const due = [...dueDays(db, key, query)];
  const counted = new Map(due.map((day) => [day, countSegments(db, key, day, onDamage, within(day, query))]));
  // For hours that damage reaches into, the rollup from before the damage is more complete.
  const isCounted = (at: number): boolean => {
    const day = counted.get(startOf(at, DAY_MS));
    return day !== undefined && at >= rawSinceMs && ![...day.unknown].some((hour) => startOf(hour, widthMs) === at);
  };
  const before = new Set<number>();
  for (const { startMs, block } of rollupBlocks(db, key, query.level, query, onDamage, query.metrics)) {
    for (const [name, slots] of block ?? []) {
      for (const [slot, rollup] of slots.entries()) {
        const at = startMs + slot * widthMs;
        if (rollup === undefined || at < query.fromMs || at >= query.toMs || isCounted(at)) continue;
        aggregateAt(found, at, name).merge(rollup);
        before.add(at);
      }
    }
  }
  for (const { hours } of counted.values()) {
    for (const [hour, metrics] of hours) {
      const at = startOf(hour, widthMs);
      if (at < query.fromMs || at >= query.toMs) continue;
      // If the raw readings of the day are deleted, those that came since are added to what was counted.
      if (before.has(at) && at >= rawSinceMs) continue;
      for (const [name, rollup] of metrics) {
        if (query.metrics === undefined || query.metrics.includes(name)) aggregateAt(found, at, name).merge(rollup);
      }
    }
  }
}

/** The part of the day in the range. */
const within = (day: number, { fromMs, toMs }: RollupsQuery) => ({
  fromMs: Math.max(day, fromMs),
  toMs: Math.min(day + DAY_MS, toMs),
});

function addHot(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: RollupsQuery,
  found: Found,
  onDamage: OnDamage,
): void {
  const { widthMs } = LEVELS[query.level];
  for (const { atMs, metrics } of hotRows(db, device, { ...query, order: "asc" }, onDamage)) {
    for (const [name, value] of Object.entries(metrics)) {
      if (query.metrics !== undefined && !query.metrics.includes(name)) continue;
      aggregateAt(found, startOf(atMs, widthMs), name).add(value, atMs);
    }
  }
}

function aggregateAt(found: Found, at: number, name: string): Aggregate {
  let metrics = found.get(at);
  if (metrics === undefined) {
    metrics = new Map();
    found.set(at, metrics);
  }
  return aggregateOf(metrics, name);
}

function rowsOf(found: Found): RollupRow[] {
  return [...found]
    .sort(([a], [b]) => a - b)
    .flatMap(([startMs, metrics]) =>
      [...metrics]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([metric, aggregate]) => ({ startMs, metric, rollup: aggregate.rollup() })),
    );
}
