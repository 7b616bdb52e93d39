/** Tries a rule on the readings of one device in short steps, so that other queries have their turn in between. Each reads in one transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import {
  createDeviceTrial,
  type DeviceTrial,
  needsText,
  trialMetrics,
} from "../../../core/alerts/trial/device-trial.ts";
import { createTrialBuffer, type TrialBuffer } from "../../../core/alerts/trial/trial-buffer.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { TrialOutcome, TrialSpec } from "../../../core/ports/rule-trial.ts";
import { prepared } from "../db/prepared.ts";
import type { Segment } from "../format/segment-format.ts";
import {
  type DeviceHistory,
  historyOf,
  inSnapshot,
  type OnDamage,
  openSegment,
  type Range,
  segmentHeads,
} from "./history.ts";
import { hotRows } from "./hot-rows.ts";

export interface TrialStep {
  readonly readings: number;
  readonly isOver: boolean;
}

export interface TrialSteps {
  /** `spec`: with the first step. */
  step(id: number, spec: TrialSpec | undefined, onDamage: OnDamage): TrialStep;
  /** Undefined: it has no such trial. */
  end(id: number, isComplete: boolean): TrialOutcome | undefined;
}

interface Running {
  readonly spec: TrialSpec;
  readonly metrics: readonly string[];
  readonly isText: boolean;
  readonly trial: DeviceTrial;
  readonly buffer: TrialBuffer;
  /** Readings before it were looked at. */
  nextMs: number;
}

/** A step ends with the day that passes it: some ten milliseconds. */
const STEP_READINGS = 30_000;

export function createTrialSteps(db: DatabaseSyncInstance): TrialSteps {
  const trials = new Map<number, Running>();

  function begin(spec: TrialSpec): Running {
    const [metrics, isText] = [trialMetrics(spec), needsText(spec)];
    const buffer = createTrialBuffer(metrics.length, isText);
    return { spec, metrics, isText, trial: createDeviceTrial(spec), buffer, nextMs: spec.fromMs };
  }

  function step(id: number, spec: TrialSpec | undefined, onDamage: OnDamage): TrialStep {
    const running = trials.get(id) ?? (spec && begin(spec));
    if (running === undefined) return { readings: 0, isOver: true };
    trials.set(id, running);
    return inSnapshot(db, () => days(db, running, onDamage));
  }

  return {
    step,
    end: (id, isComplete) => {
      const running = trials.get(id);
      trials.delete(id);
      return running?.trial.finish(isComplete);
    },
  };
}

function days(db: DatabaseSyncInstance, running: Running, onDamage: OnDamage): TrialStep {
  const { spec, buffer, trial } = running;
  const device = historyOf(db, spec.deviceId);
  let readings = 0;
  while (device !== undefined && running.nextMs < spec.toMs && readings < STEP_READINGS) {
    const fromMs = nextFrom(db, device, running.nextMs, spec.toMs);
    const toMs = Math.min(spec.toMs, startOf(fromMs, DAY_MS) + DAY_MS);
    const before = buffer.count;
    gather(db, device, { fromMs, toMs }, running, onDamage);
    readings += buffer.count - before;
    running.nextMs = toMs;
    buffer.passOn(trial, toMs);
  }
  const isOver = device === undefined || running.nextMs >= spec.toMs;
  if (isOver) buffer.passOn(trial, Number.POSITIVE_INFINITY);
  return { readings, isOver };
}

/** Where the next reading may be: a board may have been away for years. */
function nextFrom(db: DatabaseSyncInstance, { key, sealedSeq }: DeviceHistory, fromMs: number, toMs: number): number {
  const day = startOf(fromMs, DAY_MS);
  const sealed = prepared(
    db,
    "SELECT from_at AS at FROM segment INDEXED BY segment_by_instant WHERE device = ? AND from_at >= ? ORDER BY from_at LIMIT 1",
  ).get(key, day);
  const hot = prepared(
    db,
    "SELECT at FROM hot INDEXED BY hot_by_instant WHERE device = ? AND at >= ? AND seq > ? ORDER BY at LIMIT 1",
  ).get(key, fromMs, sealedSeq);
  const found = [sealed, hot].flatMap((row) => (row === undefined ? [] : [Number(row["at"])]));
  return Math.min(Math.max(fromMs, Math.min(...found)), toMs);
}

function gather(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  range: Range,
  running: Running,
  onDamage: OnDamage,
): void {
  const { metrics, isText, buffer } = running;
  for (const head of segmentHeads(db, device.key, range)) {
    const segment = openSegment(db, head, onDamage);
    if (segment !== undefined) addSegment(segment, range, running);
  }
  for (const { atMs, receivedAtMs, metrics: values } of hotRows(db, device, { ...range, order: "asc" }, onDamage)) {
    buffer.push(atMs, receivedAtMs);
    for (const [index, name] of metrics.entries()) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined && (isText || typeof value !== "string")) buffer.set(index, value);
    }
  }
}

function addSegment(segment: Segment, { fromMs, toMs }: Range, { metrics, isText, buffer }: Running): void {
  const { at, count } = segment;
  let first = 0;
  while (first < count && (at[first] ?? 0) < fromMs) first++;
  let end = count;
  while (end > first && (at[end - 1] ?? 0) >= toMs) end--;
  const from = buffer.count;
  for (let index = first; index < end; index++) buffer.push(at[index] ?? 0, segment.receivedAt(index));
  for (const [metric, name] of metrics.entries()) {
    if (!segment.has(name)) continue;
    if (isText) buffer.setAll(metric, from, segment.values(name), first, end - first);
    else {
      const numbers = segment.numbers(name);
      if (numbers !== undefined) buffer.setAll(metric, from, numbers, first, end - first);
    }
  }
}
