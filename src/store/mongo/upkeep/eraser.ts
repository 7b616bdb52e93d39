/**
 * Deletes a range of one device, or some metrics of it: raw readings, and hours and days where those are deleted already. A job
 * records what was begun, so that it is finished after a crash.
 */

import { randomBytes } from "node:crypto";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { EraseRequest } from "../../../core/ports/history.ts";
import { LIMITED } from "../db/in-time.ts";
import type { JobDocument } from "../format/documents.ts";
import { type HistoryParts, horizonsOf, inRanges, type Range } from "../read/history-parts.ts";
import { latestOf } from "../read/latest-query.ts";
import { putOperation, readRollups, together, without } from "../read/rollup-documents.ts";
import { toStoredLatest } from "../write/devices.ts";

export interface Eraser {
  /** Settles when everything is deleted. */
  erase(request: EraseRequest): Promise<void>;
  /** Finishes what a crash left. */
  finish(job: JobDocument): Promise<void>;
}

interface EraseJob extends JobDocument {
  readonly kind: "erase";
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: whole readings. */
  readonly metrics: readonly string[] | null;
}

export const ERASE = "erase";

export function createEraser(parts: HistoryParts): Eraser {
  const { collections, cursors, marks, deviceQueue, appender, inFlight } = parts;

  async function erase({ deviceId, fromMs, toMs, metrics }: EraseRequest): Promise<void> {
    if ((await horizonsOf(parts, deviceId)) === undefined) return;
    const job: EraseJob = {
      _id: `erase-${deviceId}-${randomBytes(6).toString("base64url")}`,
      kind: ERASE,
      device: deviceId,
      fromMs: Math.max(0, Math.floor(fromMs)),
      toMs: Math.min(Math.ceil(toMs), MAX_INSTANT_MS),
      metrics: metrics ?? null,
    };
    await collections().jobs.insertOne(job as never);
    await finish(job);
  }

  async function finish(document: JobDocument): Promise<void> {
    const { _id, device, fromMs, toMs, metrics } = document as EraseJob;
    const names = metrics ?? undefined;
    const horizons = await horizonsOf(parts, device);
    if (horizons !== undefined && fromMs < toMs) {
      const rolledToMs = Math.min(toMs, horizons.rawSinceMs);
      if (fromMs < rolledToMs) await eraseRollups(device, { fromMs, toMs: rolledToMs }, names);
      await eraseRaw(device, { fromMs, toMs }, horizons.rawSinceMs, names);
      await dropCursor(device);
      await saveLatest(device, names);
    }
    await collections().jobs.deleteOne({ _id });
  }

  /** Hours that overlap the range are deleted, and their days are made of the hours that are left. */
  async function eraseRollups(
    device: DeviceId,
    { fromMs, toMs }: Range,
    names: readonly string[] | undefined,
  ): Promise<void> {
    const days = { fromMs: startOf(fromMs, DAY_MS), toMs: Math.ceil(toMs / DAY_MS) * DAY_MS };
    const hours = (await readRollups(collections(), { device, level: "hour", ...days })).map((hour) =>
      hour.startMs + HOUR_MS > fromMs && hour.startMs < toMs ? without(hour, names) : hour,
    );
    const storedDays = await readRollups(collections(), { device, level: "day", ...days });
    const operations = hours.map((hour) => putOperation(device, "hour", hour));
    for (const day of storedDays) {
      const left = together(
        day.startMs,
        hours.filter(({ startMs }) => startOf(startMs, DAY_MS) === day.startMs),
      );
      // For other metrics the day is kept: some of its hours may be deleted already.
      const kept = names === undefined ? left : together(day.startMs, [without(day, names), only(left, names)]);
      operations.push(
        putOperation(device, "day", { ...kept, readings: Math.min(day.readings, kept.readings || left.readings) }),
      );
    }
    if (operations.length > 0) await collections().rollups.bulkWrite(operations, { ordered: false });
  }

  /** Hours are marked first, so that from the first deletion on they are counted from what is left. */
  async function eraseRaw(
    device: DeviceId,
    range: Range,
    rawSinceMs: number,
    names: readonly string[] | undefined,
  ): Promise<void> {
    const { readings } = collections();
    const match = inRanges(parts, device, [range]);
    const hours = readings.aggregate<{ _id: Date }>([
      { $match: { ...inRanges(parts, device, [{ ...range, fromMs: Math.max(range.fromMs, rawSinceMs) }]) } },
      { $group: { _id: { $dateTrunc: { date: "$at", unit: "hour" } } } },
    ]);
    const touched = (await hours.toArray()).map(({ _id }) => ({ device, hourMs: _id.getTime() }));
    if (touched.length > 0) await marks.mark(touched);
    if (names === undefined) {
      await readings.deleteMany(match);
      return;
    }
    const isNamed = { $in: ["$$this.k", names] };
    const metrics = { $objectToArray: "$metrics" };
    await readings.updateMany({ ...match, $expr: { $ne: [{ $filter: { input: metrics, cond: isNamed } }, []] } }, [
      { $set: { metrics: { $arrayToObject: { $filter: { input: metrics, cond: { $not: isNamed } } } } } },
      // Without its hash it is compared in full.
      { $unset: "hash" },
    ]);
    await readings.deleteMany({ ...match, metrics: {} as never });
  }

  /** Its newest reading may be deleted. */
  function dropCursor(device: DeviceId): Promise<void> {
    return appender.between(async () => {
      await inFlight.settled();
      await deviceQueue.idle();
      cursors.drop(device);
    });
  }

  /** The next start must not load a deleted value as the latest. */
  async function saveLatest(device: DeviceId, names: readonly string[] | undefined): Promise<void> {
    const document = await collections().devices.findOne({ _id: device }, { projection: { latest: 1 } });
    if (document === null) return;
    const erased = Object.keys(document.latest).filter((name) => names === undefined || names.includes(name));
    const found = await latestOf(parts, device, erased);
    const kept = Object.entries(document.latest).filter(([name]) => !erased.includes(name));
    const latest = { ...Object.fromEntries(kept), ...toStoredLatest(found) };
    await deviceQueue.run(() => collections().devices.updateOne({ _id: device }, { $set: { latest } }, LIMITED));
  }

  return { erase, finish };
}

const only = (
  counted: { startMs: number; readings: number; metrics: Map<string, never> } | ReturnType<typeof together>,
  names: readonly string[],
): ReturnType<typeof together> => ({
  ...counted,
  metrics: new Map([...counted.metrics].filter(([name]) => names.includes(name))),
});
