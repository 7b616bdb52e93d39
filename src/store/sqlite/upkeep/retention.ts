/**
 * Deletes data past its age, or data that exceeds the size limit of the store: whole UTC days of one device at a time. Runs in the
 * writer's thread.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, HOUR_MS, keptSinceMs, startOf } from "../../../core/model/utc-day.ts";
import type { Retention } from "../../../core/ports/stored-device.ts";
import type { UpkeepRequest } from "../../../core/ports/upkeep.ts";
import { isDamage } from "../db/file-damage.ts";
import { pragma } from "../db/space.ts";
import { inTransaction } from "../db/transaction.ts";
import { blockMs, LEVELS } from "../format/rollup-format.ts";
import { segmentHeads } from "../read/history.ts";
import { deleteSegment } from "../tables/segment-table.ts";
import type { UpkeepConditions, UpkeepNow } from "./conditions.ts";
import type { RollupUpdater } from "./rollup-updater.ts";
import type { Sealer } from "./sealer.ts";

export interface RetentionStep {
  /** Readings must be in segments, and counted, before they are deleted. */
  readonly did: "forgot" | "sealed" | "rolledUp";
  readonly readings: number;
  readonly shortenedToMs?: number;
}

export interface RetentionSteps {
  /** Undefined: nothing has to be deleted. On a full disk, what must be sealed or counted before it is deleted waits. */
  step(request: UpkeepRequest, conditions: UpkeepConditions): RetentionStep | "tooLarge" | undefined;
}

export interface RetentionOptions {
  readonly db: DatabaseSyncInstance;
  readonly sealer: Sealer;
  readonly rollups: RollupUpdater;
  /** Readings of the device were deleted. */
  readonly onDeleted: (key: number) => void;
  /** A page of the file is damaged: nothing of that device is deleted. */
  readonly onFault: (reason: string) => void;
}

/** Devices examined in one step. */
const STEP_DEVICES = 200;
/** Hours or days were deleted, or there are more devices to examine. */
const NOTHING_YET: RetentionStep = { did: "forgot", readings: 0 };
/** Ages are counted in days. */
const ROUND_MS = HOUR_MS;
const STUCK_MS = 60_000;

interface Device {
  readonly key: number;
  readonly retention: Retention;
}

export function createRetentionSteps({ db, sealer, rollups, onDeleted, onFault }: RetentionOptions): RetentionSteps {
  const sql = prepare(db);
  /** The last device that this round has finished; undefined: no round is under way. */
  let behindKey: number | undefined;
  let roundAtMs: number | undefined;
  /** The store is too large: the day that is deleted, the last device that is finished, and whether anything was deleted. */
  let oversized: { readonly dayMs: number; behindKey: number; went: boolean } | undefined;
  let stuckSinceMs: number | undefined;

  function step(
    { nowMs, retention }: UpkeepRequest,
    conditions: UpkeepConditions,
  ): RetentionStep | "tooLarge" | undefined {
    if (retention === undefined) return undefined;
    const now = { ...conditions, nowMs };
    return stepByAge(now, retention) ?? stepBySize(now, retention.maxBytes);
  }

  /** Damage of one device does not stop the others. */
  function whole(step: () => RetentionStep | undefined): RetentionStep | undefined {
    try {
      return step();
    } catch (error) {
      if (!isDamage(error)) throw error;
      onFault((error as Error).message);
      return undefined;
    }
  }

  /** Rounds over all devices, one an hour. */
  function stepByAge(now: UpkeepNow, defaults: Retention): RetentionStep | undefined {
    const { nowMs } = now;
    if (behindKey === undefined) {
      if (roundAtMs !== undefined && Math.abs(nowMs - roundAtMs) < ROUND_MS) return undefined;
      roundAtMs = nowMs;
      behindKey = 0;
    }
    const devices = sql.devices.all(behindKey, STEP_DEVICES).map((row) => toDevice(row, defaults));
    for (const device of devices) {
      const done = whole(() => deleteAged(device, now));
      if (done !== undefined) return done;
      behindKey = device.key;
    }
    if (devices.length === STEP_DEVICES) return NOTHING_YET;
    behindKey = undefined;
    return undefined;
  }

  /** Undefined: nothing of this device is too old. */
  function deleteAged({ key, retention }: Device, now: UpkeepNow): RetentionStep | undefined {
    const { nowMs } = now;
    const done = deleteDay(key, keptSinceMs(retention.rawDays, nowMs), now);
    if (done !== undefined) return done;
    const hours = deleteBlocks(key, "hour", keptSinceMs(retention.hourDays, nowMs));
    const days = deleteBlocks(key, "day", keptSinceMs(retention.dayDays, nowMs));
    return hours || days ? NOTHING_YET : undefined;
  }

  /** Deletes the oldest day that has raw readings before `beforeMs`. Its hours and day are counted a last time. */
  function deleteDay(key: number, beforeMs: number, now: UpkeepNow): RetentionStep | undefined {
    const { isFull } = now;
    const hot = sql.oldHot.get(key, key, beforeMs);
    // Its hot rows must be sealed to be counted; those that cannot be sealed yet are tried again in the next round.
    if (hot !== undefined) {
      if (isFull) return undefined;
      const sealed = sealer.seal(key, now);
      return sealed > 0 ? { did: "sealed", readings: sealed } : undefined;
    }
    const oldest = sql.oldest.get(key, beforeMs)?.["from_at"];
    if (oldest === undefined) return undefined;
    const dayMs = startOf(Number(oldest), DAY_MS);
    let readings = 0;
    // If hours are damaged, this is the last chance to count them from readings.
    for (const level of ["hour", "day"] as const) rollups.readBlock(key, level, startOf(dayMs, blockMs(level)));
    // All due days before it, too: once raw readings are deleted, those left of an earlier day would be added to its old counts.
    if (isFull && rollups.dueBefore(key, dayMs + DAY_MS).length > 0) return undefined;
    if (rollups.stepBefore(key, dayMs + DAY_MS)) {
      return { did: "rolledUp", readings: 0 };
    }
    inTransaction(db, () => {
      for (const { id, count } of segmentHeads(db, key, { fromMs: dayMs, toMs: dayMs + DAY_MS })) {
        deleteSegment(db, id);
        readings += count;
      }
      sql.setRawSince.run(dayMs + DAY_MS, key);
    });
    onDeleted(key);
    return { did: "forgot", readings };
  }

  function deleteBlocks(key: number, level: "hour" | "day", beforeMs: number): boolean {
    const lastStartMs = beforeMs - blockMs(level);
    const found = sql.oldestBlock.get(key, LEVELS[level].level, lastStartMs)?.["start_at"];
    if (found === undefined) return false;
    inTransaction(db, () => {
      rollups.writeBlock(key, level, Number(found), new Map());
      if (level === "hour") sql.setHoursSince.run(Number(found) + blockMs(level), key);
    });
    return true;
  }

  /** Deletes the oldest day of all devices first, device by device; then the oldest hours. Days stay. */
  function stepBySize(now: UpkeepNow, maxBytes: number): RetentionStep | "tooLarge" | undefined {
    const { nowMs } = now;
    if (maxBytes === 0 || usedBytes() <= maxBytes) {
      oversized = undefined;
      return undefined;
    }
    if (stuckSinceMs !== undefined && Math.abs(nowMs - stuckSinceMs) < STUCK_MS) return undefined;
    stuckSinceMs = undefined;
    oversized ??= oldestDay(startOf(nowMs, DAY_MS));
    if (oversized === undefined) return deleteOldestHours(startOf(nowMs, DAY_MS)) ? NOTHING_YET : "tooLarge";
    const { dayMs, behindKey: first } = oversized;
    for (const row of sql.keysBehind.all(first)) {
      const key = Number(row["key"]);
      const done = whole(() => deleteDay(key, dayMs + DAY_MS, now));
      if (done !== undefined) {
        oversized.went = true;
        return done.did === "forgot" ? { ...done, shortenedToMs: dayMs + DAY_MS } : done;
      }
      oversized.behindKey = key;
    }
    // If nothing of the oldest day can be deleted yet (a hot row must wait), it is tried again in a minute.
    if (!oversized.went) stuckSinceMs = nowMs;
    const { went } = oversized;
    oversized = undefined;
    return went ? NOTHING_YET : undefined;
  }

  const usedBytes = (): number => (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size");

  /** Undefined: there are only readings of today. */
  function oldestDay(todayMs: number): typeof oversized {
    let oldest = Number.POSITIVE_INFINITY;
    for (const row of sql.keys.all()) {
      const from = sql.oldest.get(Number(row["key"]), todayMs)?.["from_at"];
      if (from !== undefined) oldest = Math.min(oldest, Number(from));
    }
    return oldest === Number.POSITIVE_INFINITY
      ? undefined
      : { dayMs: startOf(oldest, DAY_MS), behindKey: 0, went: false };
  }

  /** Not the row that will hold today's hours. */
  function deleteOldestHours(todayMs: number): boolean {
    const row = sql.oldestHours.get(LEVELS.hour.level);
    if (row === undefined || Number(row["start_at"]) + blockMs("hour") > todayMs) return false;
    return deleteBlocks(Number(row["device"]), "hour", Number(row["start_at"]) + blockMs("hour"));
  }

  return { step };
}

function toDevice(row: Record<string, unknown>, defaults: Retention): Device {
  const days = (name: string, otherwise: number): number => (row[name] === null ? otherwise : Number(row[name]));
  return {
    key: Number(row["key"]),
    retention: {
      rawDays: days("raw_days", defaults.rawDays),
      hourDays: days("hour_days", defaults.hourDays),
      dayDays: days("day_days", defaults.dayDays),
    },
  };
}

function prepare(db: DatabaseSyncInstance) {
  return {
    devices: db.prepare("SELECT key, raw_days, hour_days, day_days FROM device WHERE key > ? ORDER BY key LIMIT ?"),
    keys: db.prepare("SELECT key FROM device"),
    keysBehind: db.prepare("SELECT key FROM device WHERE key > ? ORDER BY key"),
    oldHot: db.prepare(
      "SELECT 1 FROM hot WHERE device = ? AND seq > (SELECT sealed_seq FROM device WHERE key = ?) AND at < ? LIMIT 1",
    ),
    oldest: db.prepare("SELECT from_at FROM segment WHERE device = ? AND from_at < ? ORDER BY from_at LIMIT 1"),
    setRawSince: db.prepare("UPDATE device SET raw_since = max(raw_since, ?) WHERE key = ?"),
    setHoursSince: db.prepare("UPDATE device SET hours_since = max(hours_since, ?) WHERE key = ?"),
    oldestBlock: db.prepare(
      "SELECT start_at FROM rollup WHERE device = ? AND level = ? AND start_at <= ? ORDER BY start_at LIMIT 1",
    ),
    oldestHours: db.prepare("SELECT device, start_at FROM rollup WHERE level = ? ORDER BY start_at LIMIT 1"),
  };
}
