/**
 * Iterates over a device's metrics in a range: raw readings, or hours or days, with raw readings where those are not up to date.
 * Reads in its caller's transaction.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { rawDays } from "../../../core/history/chart-source.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import { LEVELS, type Level } from "../format/rollup-format.ts";
import {
  type DeviceHistory,
  dueDays,
  type OnDamage,
  openSegment,
  type Range,
  rollupBlocks,
  segmentHeads,
} from "./history.ts";
import { hotRows } from "./hot-rows.ts";

export interface HistorySink {
  /** `metric`: its index in the query's metrics. Of a segment in the order of (instant, n); hot rows come last, in theirs. */
  number(metric: number, atMs: number, value: number): void;
  /** A whole hour or day. At an end of the range it may extend beyond the range if its raw readings are deleted. */
  rollup(metric: number, startMs: number, rollup: Rollup): void;
}

export interface HistoryQuery extends Range {
  readonly metrics: readonly string[];
  readonly source: "raw" | Level;
}

/** Text is left out; booleans are 0 and 1. */
export function walkHistory(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: HistoryQuery,
  sink: HistorySink,
  onDamage: OnDamage,
): void {
  const { source } = query;
  if (source === "raw") walkSegments(db, device, query, query, sink, onDamage);
  else {
    const { instead, beside } = rawDays(query, device, dueDays(db, device.key, query));
    walkRollups(db, device, query, source, instead, sink, onDamage);
    for (const day of [...instead, ...beside]) {
      const range = { fromMs: Math.max(query.fromMs, day), toMs: Math.min(query.toMs, day + DAY_MS) };
      walkSegments(db, device, range, query, sink, onDamage);
    }
  }
  walkHot(db, device, query, sink, onDamage);
}

function walkRollups(
  db: DatabaseSyncInstance,
  { key, hoursSinceMs }: DeviceHistory,
  { fromMs, toMs, metrics }: HistoryQuery,
  level: Level,
  raw: ReadonlySet<number>,
  sink: HistorySink,
  onDamage: OnDamage,
): void {
  const { widthMs } = LEVELS[level];
  for (const { startMs, block } of rollupBlocks(db, key, level, { fromMs, toMs }, onDamage, metrics)) {
    for (const [name, slots] of block ?? []) {
      const metric = metrics.indexOf(name);
      for (let index = 0; index < slots.length; index++) {
        const rollup = slots[index];
        const at = startMs + index * widthMs;
        if (rollup === undefined || at + widthMs <= fromMs || at >= toMs) continue;
        if (level === "hour" && at < hoursSinceMs) continue;
        if (!raw.has(startOf(at, DAY_MS))) sink.rollup(metric, at, rollup);
      }
    }
  }
}

function walkSegments(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  { fromMs, toMs }: Range,
  { metrics }: HistoryQuery,
  sink: HistorySink,
  onDamage: OnDamage,
): void {
  for (const head of segmentHeads(db, key, { fromMs, toMs })) {
    const segment = openSegment(db, head, onDamage);
    if (segment === undefined) continue;
    const whole = head.fromAt >= fromMs && head.toAt < toMs;
    for (let metric = 0; metric < metrics.length; metric++) {
      const numbers = segment.numbers(metrics[metric] ?? "");
      if (numbers === undefined) continue;
      for (let index = 0; index < segment.count; index++) {
        const value = numbers[index] ?? Number.NaN;
        const at = segment.at[index] ?? 0;
        // NaN: there is no value.
        if (!Number.isNaN(value) && (whole || (at >= fromMs && at < toMs))) sink.number(metric, at, value);
      }
    }
  }
}

function walkHot(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: HistoryQuery,
  sink: HistorySink,
  onDamage: OnDamage,
): void {
  for (const { atMs, metrics: values } of hotRows(db, device, { ...query, order: "asc" }, onDamage)) {
    for (let metric = 0; metric < query.metrics.length; metric++) {
      const name = query.metrics[metric] ?? "";
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined && typeof value !== "string") sink.number(metric, atMs, Number(value));
    }
  }
}
