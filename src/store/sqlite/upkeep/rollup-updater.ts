/**
 * Keeps hours and days up to date: a day whose segments changed is counted again completely, and its mark is removed in the same
 * transaction, so that a crash only repeats work. Runs in the writer's thread.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import { inTransaction } from "../db/transaction.ts";
import { type Block, blockMs, encodeBlock, LEVELS, type Level } from "../format/rollup-format.ts";
import {
  beginDay,
  type CountedDay,
  countSegments,
  countSome,
  type DayCount,
  dayOf,
  fuller,
  hoursOf,
  merged,
  type Rollups,
} from "../read/day-count.ts";
import { rollupBlocks, segmentHeads } from "../read/history.ts";
import { deleteRollup, putRollup } from "../tables/rollup-table.ts";
import { deleteSegment } from "../tables/segment-table.ts";

export interface RollupUpdater {
  /** Counts some segments of a due day that ended an hour ago or earlier; false: there is none. */
  step(nowMs: number): boolean;
  /** Segments of that device (of any device) changed. */
  changed(key?: number): void;
  /** Counts some segments of the oldest day before `beforeMs` of this device that is due; false: none is. */
  stepBefore(key: number, beforeMs: number): boolean;
  /** In the transaction of the caller. */
  countDay(key: number, dayMs: number): void;
  /** Beginnings of days before `beforeMs` of this device that are due. */
  dueBefore(key: number, beforeMs: number): number[];
  /** Stores given hours of one day; the day is counted from all its hours. In the transaction of the caller. */
  putHours(key: number, dayMs: number, hours: ReadonlyMap<number, Rollups>): void;
  /** A day whose hours are deleted. In the transaction of the caller. */
  putDayAlone(key: number, dayMs: number, day: Rollups): void;
  /** In the transaction of the caller. Damaged rows are marked to be counted again. */
  readBlock(key: number, level: Level, startMs: number): Block;
  /** In the transaction of the caller. An empty row is deleted. */
  writeBlock(key: number, level: Level, startMs: number, block: Block): void;
}

/** Most late readings of the evening have arrived by then. */
const SETTLED_AFTER_MS = HOUR_MS;
const LOOK_AGAIN_MS = 60_000;
/** Counted in one step. A board that sends every five seconds has about twenty a day. */
const STEP_SEGMENTS = 4;

export function createRollupUpdater(db: DatabaseSyncInstance): RollupUpdater {
  // The due days of a device that is being deleted are deleted with it.
  const due = db.prepare("SELECT device, day FROM rollup_due JOIN device ON key = device WHERE day <= ? LIMIT 1");
  const done = db.prepare("DELETE FROM rollup_due WHERE device = ? AND day = ?");
  const since = db.prepare("SELECT raw_since, hours_since FROM device WHERE key = ?");
  const dueOf = db.prepare("SELECT day FROM rollup_due WHERE device = ? AND day < ? ORDER BY day");
  const markAll = db.prepare(
    `INSERT OR IGNORE INTO rollup_due (device, day)
     SELECT DISTINCT device, from_at - from_at % ${DAY_MS} FROM segment WHERE device = ? AND from_at >= ? AND from_at < ?`,
  );
  /** A day that is being counted over several steps; dropped when its segments change. */
  let counting: DayCount | undefined;
  /** Nothing was due then. The present day of each device is in the table, and reading all of them takes a while. */
  let idleSinceMs: number | undefined;

  function step(nowMs: number): boolean {
    if (counting === undefined) {
      if (idleSinceMs !== undefined && Math.abs(nowMs - idleSinceMs) < LOOK_AGAIN_MS) return false;
      const found = due.get(nowMs - DAY_MS - SETTLED_AFTER_MS);
      if (found === undefined) {
        idleSinceMs = nowMs;
        return false;
      }
      counting = beginDay(db, Number(found["device"]), Number(found["day"]));
    }
    goOn(counting);
    return true;
  }

  function stepBefore(key: number, beforeMs: number): boolean {
    const [dayMs] = dueBefore(key, beforeMs);
    if (dayMs === undefined) return false;
    if (counting?.key !== key || counting.dayMs !== dayMs) counting = beginDay(db, key, dayMs);
    goOn(counting);
    return true;
  }

  function goOn(count: DayCount): void {
    if (!countSome(db, count, STEP_SEGMENTS)) return;
    counting = undefined;
    inTransaction(db, () => putDay(count.key, count.dayMs, hoursOf(count)));
  }

  const dueBefore = (key: number, beforeMs: number): number[] =>
    dueOf.all(key, beforeMs).map((row) => Number(row["day"]));

  function countDay(key: number, dayMs: number): void {
    putDay(key, dayMs, countSegments(db, key, dayMs));
  }

  function putDay(key: number, dayMs: number, { hours, unknown }: CountedDay): void {
    if (dayMs < sinceOf(key, "raw_since")) addToDeleted(key, dayMs, hours);
    else {
      // The counts from before a segment was damaged are better than a gap.
      for (const hour of unknown) hours.set(hour, fuller(readSlot(key, "hour", hour), hours.get(hour)));
      putHours(key, dayMs, hours);
    }
    done.run(key, dayMs);
  }

  /**
   * Readings without an instant of their own may get into such a day when the hub's clock is set back. The others of that
   * day are deleted, so these are added to its counts, and deleted as well.
   */
  function addToDeleted(key: number, dayMs: number, hours: ReadonlyMap<number, Rollups>): void {
    if (dayMs < sinceOf(key, "hours_since")) {
      const day = merged(readSlot(key, "day", dayMs), dayOf(hours));
      replace(key, "day", dayMs, DAY_MS, new Map([[dayMs, day]]));
    } else {
      const all = new Map<number, Rollups>();
      for (let hour = dayMs; hour < dayMs + DAY_MS; hour += HOUR_MS) {
        const both = merged(readSlot(key, "hour", hour), hours.get(hour));
        if (both.size > 0) all.set(hour, both);
      }
      putHours(key, dayMs, all);
    }
    for (const { id } of segmentHeads(db, key, { fromMs: dayMs, toMs: dayMs + DAY_MS })) deleteSegment(db, id);
  }

  const sinceOf = (key: number, what: "raw_since" | "hours_since"): number => Number(since.get(key)?.[what] ?? 0);

  function putHours(key: number, dayMs: number, hours: ReadonlyMap<number, Rollups>): void {
    if (dayMs >= sinceOf(key, "hours_since")) replace(key, "hour", dayMs, DAY_MS, hours);
    replace(key, "day", dayMs, DAY_MS, new Map([[dayMs, dayOf(hours)]]));
  }

  /** The stored rollups of one hour or day. */
  function readSlot(key: number, level: Level, atMs: number): Rollups {
    const startMs = startOf(atMs, blockMs(level));
    const found = new Map<string, Rollup>();
    for (const [name, slots] of readBlock(key, level, startMs)) {
      const rollup = slots[(atMs - startMs) / LEVELS[level].widthMs];
      if (rollup !== undefined) found.set(name, rollup);
    }
    return found;
  }

  /** Replaces everything in [fromMs, fromMs + spanMs), which must be in one block; the rest of the block stays. */
  function replace(
    key: number,
    level: Level,
    fromMs: number,
    spanMs: number,
    rollups: ReadonlyMap<number, Rollups>,
  ): void {
    const { widthMs, slots } = LEVELS[level];
    const startMs = startOf(fromMs, blockMs(level));
    const block = readBlock(key, level, startMs);
    const first = (fromMs - startMs) / widthMs;
    for (const list of block.values()) list.fill(undefined, first, first + spanMs / widthMs);
    for (const [at, metrics] of rollups) {
      for (const [name, rollup] of metrics) {
        let list = block.get(name);
        if (list === undefined) {
          list = new Array(slots).fill(undefined);
          block.set(name, list);
        }
        list[(at - startMs) / widthMs] = rollup;
      }
    }
    writeBlock(key, level, startMs, block);
  }

  function readBlock(key: number, level: Level, startMs: number): Block {
    const range = { fromMs: startMs, toMs: startMs + 1 };
    for (const { block } of rollupBlocks(db, key, level, range, () => {})) {
      if (block !== undefined) return block;
      // A query reports the damage. Here the block starts empty, and what has readings is counted again.
      markAll.run(key, startMs, startMs + blockMs(level));
    }
    return new Map();
  }

  function writeBlock(key: number, level: Level, startMs: number, block: Block): void {
    const kept: Block = new Map([...block].filter(([, slots]) => slots.some((slot) => slot !== undefined)));
    if (kept.size === 0) deleteRollup(db, key, level, startMs);
    else putRollup(db, key, level, startMs, encodeBlock(kept));
  }

  function changed(key?: number): void {
    if (key === undefined || counting?.key === key) counting = undefined;
    idleSinceMs = undefined;
  }

  const putDayAlone = (key: number, dayMs: number, day: Rollups): void =>
    replace(key, "day", dayMs, DAY_MS, new Map([[dayMs, day]]));

  return { step, stepBefore, changed, countDay, dueBefore, putHours, putDayAlone, writeBlock, readBlock };
}
