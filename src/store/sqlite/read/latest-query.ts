/** Finds the newest value of a metric that is still stored, by its days instead of by all its readings. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { MetricValue } from "../../../contract/readings.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { LatestMetric } from "../../../core/ports/stored-device.ts";
import { blockMs, type Level } from "../format/rollup-format.ts";
import {
  type DeviceHistory,
  dueDays,
  eachHead,
  historyOf,
  inSnapshot,
  type OnDamage,
  openSegment,
  type Range,
  rollupBlocks,
} from "./history.ts";
import { hotRows } from "./hot-rows.ts";

const ALWAYS = { fromMs: 0, toMs: MAX_INSTANT_MS } as const;

/** From a reading if it is stored and intact, else the last value of a day (of an hour if days are damaged), in which true is 1. */
export function latestOf(
  db: DatabaseSyncInstance,
  deviceId: string,
  metrics: readonly string[],
  onDamage: OnDamage,
): Map<string, LatestMetric> {
  return inSnapshot(db, () => {
    const latest = new Map<string, LatestMetric>();
    const device = historyOf(db, deviceId);
    if (device === undefined || metrics.length === 0) return latest;
    const offer = (name: string, value: MetricValue, atMs: number): void => {
      if (atMs >= (latest.get(name)?.atMs ?? 0)) latest.set(name, { value, atMs });
    };
    const due = dueDays(db, device.key, ALWAYS);
    const days = new Set(due);
    // If a day changed since it was counted, its rollup may be outdated; its readings are right.
    const isStale = (day: number): boolean => day >= device.rawSinceMs && due.has(day);
    const last = new Map<string, LatestMetric>();
    for (const startMs of addLast(db, device, "day", ALWAYS, { metrics, last, isStale, onDamage })) {
      const span = { fromMs: startMs, toMs: startMs + blockMs("day") };
      addLast(db, device, "hour", span, { metrics, last, isStale, onDamage });
      for (let day = Math.max(startMs, device.rawSinceMs); day < span.toMs; day += DAY_MS) days.add(day);
    }
    for (const [name, { value, atMs }] of last) {
      offer(name, value, atMs);
      // Only the reading shows whether it was a number or a boolean.
      const day = startOf(atMs, DAY_MS);
      if (day >= device.rawSinceMs) days.add(day);
    }
    for (const day of [...days].sort((a, b) => b - a)) readDay(db, device, day, metrics, offer, onDamage);
    readHot(db, device, metrics, offer, onDamage);
    return latest;
  });
}

type Offer = (name: string, value: MetricValue, atMs: number) => void;

interface LastQuery {
  readonly metrics: readonly string[];
  readonly last: Map<string, LatestMetric>;
  readonly isStale: (day: number) => boolean;
  readonly onDamage: OnDamage;
}

/** Returns the beginnings of damaged rows. */
function addLast(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  level: Level,
  range: Range,
  { metrics, last, isStale, onDamage }: LastQuery,
): number[] {
  const damaged: number[] = [];
  for (const { startMs, block } of rollupBlocks(db, key, level, range, onDamage, metrics)) {
    if (block === undefined) damaged.push(startMs);
    for (const [name, slots] of block ?? []) {
      for (const rollup of slots) {
        if (rollup === undefined || rollup.lastAtMs < (last.get(name)?.atMs ?? 0)) continue;
        if (!isStale(startOf(rollup.lastAtMs, DAY_MS))) last.set(name, { value: rollup.last, atMs: rollup.lastAtMs });
      }
    }
  }
  return damaged;
}

function readDay(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  day: number,
  metrics: readonly string[],
  offer: Offer,
  onDamage: OnDamage,
): void {
  const missing = new Set(metrics);
  for (const head of eachHead(db, key, { fromMs: day, toMs: day + DAY_MS }, "desc")) {
    const segment = openSegment(db, head, onDamage);
    for (const name of missing) {
      if (segment?.has(name) !== true) continue;
      const values = segment.values(name);
      const index = values.findLastIndex((value) => value !== undefined);
      const value = values[index];
      if (value === undefined) continue;
      offer(name, value, segment.at[index] ?? 0);
      missing.delete(name);
    }
    if (missing.size === 0) return;
  }
}

function readHot(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  metrics: readonly string[],
  offer: Offer,
  onDamage: OnDamage,
): void {
  const missing = new Set(metrics);
  for (const { atMs, metrics: values } of hotRows(db, device, { ...ALWAYS, order: "desc" }, onDamage)) {
    for (const name of missing) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) continue;
      offer(name, value, atMs);
      missing.delete(name);
    }
    if (missing.size === 0) return;
  }
}
