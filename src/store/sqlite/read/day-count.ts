/** Counts the segments of one UTC day by the hour, a few at a time. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { Aggregate } from "../../../core/history/rollup.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import type { Segment } from "../format/segment-format.ts";
import { type OnDamage, openSegment, type Range, type SegmentHead, segmentHeads } from "./history.ts";

/** metric → rollup of its values */
export type Rollups = ReadonlyMap<string, Rollup>;

/** Both merged, metric by metric. */
export const merged = (a: Rollups, b: Rollups = new Map()): Rollups => dayOf(new Map([a, b].entries()));

/** Of each metric the rollup with more values. */
export function fuller(before: Rollups, counted: Rollups | undefined): Rollups {
  const kept = new Map(before);
  for (const [name, rollup] of counted ?? []) {
    const former = before.get(name);
    if (former === undefined || former.count + former.texts < rollup.count + rollup.texts) kept.set(name, rollup);
  }
  return kept;
}

/** All hours of one day merged. */
export function dayOf(hours: ReadonlyMap<number, Rollups>): Rollups {
  const day = new Map<string, Aggregate>();
  for (const metrics of hours.values()) {
    for (const [name, rollup] of metrics) aggregateOf(day, name).merge(rollup);
  }
  return rollupsOf(day);
}

export function aggregateOf<Key>(aggregates: Map<Key, Aggregate>, key: Key): Aggregate {
  const known = aggregates.get(key);
  if (known !== undefined) return known;
  const fresh = new Aggregate();
  aggregates.set(key, fresh);
  return fresh;
}

const rollupsOf = (aggregates: ReadonlyMap<string, Aggregate>): Rollups =>
  new Map([...aggregates].map(([name, aggregate]) => [name, aggregate.rollup()]));

/** A day that is being counted. */
export interface DayCount {
  readonly key: number;
  readonly dayMs: number;
  /** Segments that remain to be counted, the next one last. */
  readonly heads: SegmentHead[];
  readonly hours: Map<number, Map<string, Aggregate>>;
  readonly unknown: Set<number>;
}

export interface CountedDay {
  readonly hours: Map<number, Rollups>;
  /** Hours that a damaged segment reaches into. */
  readonly unknown: ReadonlySet<number>;
}

/** `range`: if only some hours of the day are needed. They must be whole hours. */
export function countSegments(
  db: DatabaseSyncInstance,
  key: number,
  dayMs: number,
  onDamage: OnDamage = () => {},
  range: Range = { fromMs: dayMs, toMs: dayMs + DAY_MS },
): CountedDay {
  const count = beginDay(db, key, dayMs, range);
  countSome(db, count, Number.POSITIVE_INFINITY, onDamage);
  return hoursOf(count);
}

export const beginDay = (
  db: DatabaseSyncInstance,
  key: number,
  dayMs: number,
  range: Range = { fromMs: dayMs, toMs: dayMs + DAY_MS },
): DayCount => ({
  key,
  dayMs,
  heads: segmentHeads(db, key, range).reverse(),
  hours: new Map(),
  unknown: new Set(),
});

/** Counts at most `most` further segments; true: all are counted. */
export function countSome(
  db: DatabaseSyncInstance,
  { heads, hours, unknown }: DayCount,
  most: number,
  onDamage: OnDamage = () => {},
): boolean {
  for (let many = 0; many < most; many++) {
    const head = heads.pop();
    if (head === undefined) return true;
    const segment = openSegment(db, head, onDamage);
    if (segment !== undefined) countSegment(segment, hours);
    else for (let at = startOf(head.fromAt, HOUR_MS); at <= head.toAt; at += HOUR_MS) unknown.add(at);
  }
  return heads.length === 0;
}

export const hoursOf = ({ hours, unknown }: DayCount): CountedDay => ({
  hours: new Map([...hours].map(([hour, metrics]) => [hour, rollupsOf(metrics)])),
  unknown,
});

function countSegment(segment: Segment, hours: Map<number, Map<string, Aggregate>>): void {
  for (const name of segment.names()) {
    const numbers = segment.numbers(name);
    const isNumeric = numbers?.every((value) => !Number.isNaN(value)) === true;
    const values = isNumeric ? numbers : segment.values(name);
    let until = Number.NEGATIVE_INFINITY;
    let aggregate = new Aggregate();
    for (let index = 0; index < segment.count; index++) {
      const value = values[index];
      if (value === undefined) continue;
      const at = segment.at[index] ?? 0;
      if (at >= until) {
        const hour = startOf(at, HOUR_MS);
        until = hour + HOUR_MS;
        aggregate = aggregateOf(metricsOf(hours, hour), name);
      }
      if (isNumeric) aggregate.addNumber(value as number, at);
      else aggregate.add(value, at);
    }
  }
}

function metricsOf(hours: Map<number, Map<string, Aggregate>>, hour: number): Map<string, Aggregate> {
  const known = hours.get(hour);
  if (known !== undefined) return known;
  const fresh = new Map<string, Aggregate>();
  hours.set(hour, fresh);
  return fresh;
}
