/**
 * Deletes what is older than its retention, or the oldest where the database is larger than it may be: a whole UTC day of one device
 * in each step.
 */

import type { Db } from "mongodb";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { DAY_MS, HOUR_MS, keptSinceMs, startOf } from "../../../core/model/utc-day.ts";
import type { Retention } from "../../../core/ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../../../core/ports/upkeep.ts";
import { LIMITED } from "../db/in-time.ts";
import { readSpace } from "../db/sizes.ts";
import { type DeviceDocument, fromStoredRetention } from "../format/documents.ts";
import { dateOf } from "../format/values.ts";
import type { Level } from "../read/counting.ts";
import { type HistoryParts, inRanges } from "../read/history-parts.ts";
import { ofRollups } from "../read/rollup-documents.ts";
import type { DayCounter } from "./day-counter.ts";

export type RetentionStep = Omit<UpkeepStep, "hot">;

export interface RetentionSteps {
  /** Undefined: nothing has to be deleted. */
  step(request: UpkeepRequest): Promise<RetentionStep | undefined>;
}

/** Devices looked at in one step. */
const STEP_DEVICES = 50;
/** Hours or days were deleted, or there are more devices to look at. */
const NOTHING_YET: RetentionStep = { did: "forgot", readings: 0 };
/** Ages are counted in days. */
const ROUND_MS = HOUR_MS;
/** The size of the database changes with its next checkpoint, one a minute. */
const CHECKPOINT_MS = 70_000;

export function createRetentionSteps(parts: HistoryParts, counter: DayCounter, db: () => Db): RetentionSteps {
  const { collections, cursors, deviceQueue, appender, inFlight } = parts;
  /** The last device that this round has finished; undefined: there is no round at the moment. */
  let behind: string | undefined;
  let roundAtMs: number | undefined;
  let sizeLookedAtMs: number | undefined;
  /** The database is too large: the day that is deleted, and the last device of which it is. */
  let oversized: { readonly dayMs: number; behind: string } | undefined;

  async function step(request: UpkeepRequest): Promise<RetentionStep | undefined> {
    if (request.retention === undefined) return undefined;
    return (
      (await stepByAge(request.nowMs, request.retention)) ??
      (await stepBySize(request.nowMs, request.retention.maxBytes))
    );
  }

  /** Rounds over all devices, one an hour. */
  async function stepByAge(nowMs: number, defaults: Retention): Promise<RetentionStep | undefined> {
    if (behind === undefined) {
      if (roundAtMs !== undefined && Math.abs(nowMs - roundAtMs) < ROUND_MS) return undefined;
      roundAtMs = nowMs;
      behind = "";
    }
    const devices = await devicesBehind(behind, STEP_DEVICES);
    for (const device of devices) {
      const step = await deleteExpired(device._id, { ...defaults, ...fromStoredRetention(device.retention) }, nowMs);
      if (step !== undefined) return step;
      behind = device._id;
    }
    if (devices.length === STEP_DEVICES) return NOTHING_YET;
    behind = undefined;
    return undefined;
  }

  const devicesBehind = (id: string, limit: number): Promise<Pick<DeviceDocument, "_id" | "retention">[]> =>
    collections()
      .devices.find({ _id: { $gt: id as DeviceId } }, { projection: { retention: 1 }, sort: { _id: 1 }, limit })
      .toArray();

  /** Undefined: nothing of this device has expired. */
  async function deleteExpired(
    device: DeviceId,
    retention: Retention,
    nowMs: number,
  ): Promise<RetentionStep | undefined> {
    const step = await deleteOldestDay(device, keptSinceMs(retention.rawDays, nowMs));
    if (step !== undefined) return step;
    const hours = await deleteRollups(device, "hour", keptSinceMs(retention.hourDays, nowMs));
    const days = await deleteRollups(device, "day", keptSinceMs(retention.dayDays, nowMs));
    return hours || days ? NOTHING_YET : undefined;
  }

  /** The oldest day that has raw readings before `beforeMs`. Hours and days of it are counted a last time. */
  async function deleteOldestDay(device: DeviceId, beforeMs: number): Promise<RetentionStep | undefined> {
    if (beforeMs <= 0) return undefined;
    const range = { fromMs: -MAX_INSTANT_MS, toMs: beforeMs };
    const oldest = await collections().readings.findOne(inRanges(parts, device, [range]), {
      sort: { device: 1, at: 1, n: 1 },
      projection: { at: 1 },
    });
    if (oldest === null) return undefined;
    const toMs = startOf(oldest.at.getTime(), DAY_MS) + DAY_MS;
    if (await counter.stepBefore(device, toMs)) return { did: "rolledUp", readings: 0 };
    if (!(await closeDay(device, toMs))) return NOTHING_YET;
    const day = { fromMs: toMs - DAY_MS, toMs };
    const { deletedCount } = await collections().readings.deleteMany(inRanges(parts, device, [day]));
    return { did: "forgot", readings: deletedCount };
  }

  /** Readings before `toMs` are refused from now on; false: some came since their day was counted. No ids are assigned meanwhile. */
  function closeDay(device: DeviceId, toMs: number): Promise<boolean> {
    return appender.between(async () => {
      await inFlight.settled();
      if ((await collections().due.findOne({ device, hour: { $lt: dateOf(toMs) } })) !== null) return false;
      await deviceQueue.run(() =>
        collections().devices.updateOne({ _id: device }, { $max: { rawSince: new Date(toMs) } }, LIMITED),
      );
      const cursor = cursors.get(device);
      if (cursor !== undefined) cursor.rawSinceMs = Math.max(cursor.rawSinceMs, toMs);
      return true;
    });
  }

  async function deleteRollups(device: DeviceId, level: Level, beforeMs: number): Promise<boolean> {
    if (beforeMs <= 0) return false;
    const range = { device, level, fromMs: -MAX_INSTANT_MS, toMs: beforeMs };
    if ((await collections().rollups.findOne(ofRollups(range), { projection: { _id: 1 } })) === null) return false;
    if (level === "hour") {
      await deviceQueue.run(() =>
        collections().devices.updateOne({ _id: device }, { $max: { hoursSince: new Date(beforeMs) } }, LIMITED),
      );
    }
    return (await collections().rollups.deleteMany(ofRollups(range))).deletedCount > 0;
  }

  /** Deletes the oldest day of all devices, device by device; without raw readings the oldest hours. Days are kept. */
  async function stepBySize(nowMs: number, maxBytes: number): Promise<RetentionStep | undefined> {
    if (maxBytes === 0) return undefined;
    if (oversized === undefined) {
      if (sizeLookedAtMs !== undefined && Math.abs(nowMs - sizeLookedAtMs) < CHECKPOINT_MS) return undefined;
      sizeLookedAtMs = nowMs;
      const { usedBytes, reusableBytes } = await readSpace(db());
      if (usedBytes - reusableBytes <= maxBytes) return undefined;
      const dayMs = await oldestDay(startOf(nowMs, DAY_MS));
      if (dayMs === undefined) {
        const isDeleted = await deleteOldestHours(startOf(nowMs, DAY_MS));
        return isDeleted ? NOTHING_YET : { did: "nothing", readings: 0, tooLarge: true };
      }
      oversized = { dayMs, behind: "" };
    }
    return stepOversized(oversized);
  }

  async function stepOversized(state: { readonly dayMs: number; behind: string }): Promise<RetentionStep> {
    const devices = await devicesBehind(state.behind, STEP_DEVICES);
    for (const { _id } of devices) {
      const step = await deleteOldestDay(_id, state.dayMs + DAY_MS);
      if (step !== undefined) {
        return step.did === "forgot" ? { ...step, shortenedToMs: state.dayMs + DAY_MS } : step;
      }
      state.behind = _id;
    }
    if (devices.length < STEP_DEVICES) oversized = undefined;
    return NOTHING_YET;
  }

  /** Undefined: all readings are of today. */
  async function oldestDay(todayMs: number): Promise<number | undefined> {
    let oldest = todayMs;
    for await (const { _id } of collections().devices.find({}, { projection: { _id: 1 } })) {
      const first = await collections().readings.findOne(
        inRanges(parts, _id, [{ fromMs: -MAX_INSTANT_MS, toMs: oldest }]),
        {
          sort: { device: 1, at: 1, n: 1 },
          projection: { at: 1 },
        },
      );
      if (first !== null) oldest = startOf(first.at.getTime(), DAY_MS);
    }
    return oldest < todayMs ? oldest : undefined;
  }

  /** Those of one day of one device. */
  async function deleteOldestHours(todayMs: number): Promise<boolean> {
    for await (const { _id } of collections().devices.find({}, { projection: { _id: 1 } })) {
      const first = await collections().rollups.findOne(
        ofRollups({ device: _id, level: "hour", fromMs: -MAX_INSTANT_MS, toMs: todayMs }),
        { sort: { device: 1, level: 1, at: 1 }, projection: { at: 1 } },
      );
      if (first !== null) return deleteRollups(_id, "hour", startOf(first.at.getTime(), DAY_MS) + DAY_MS);
    }
    return false;
  }

  return { step };
}
