/** Deletes hours and days whose raw readings are already deleted, in its caller's transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import { type Block, blockMs, LEVELS } from "../format/rollup-format.ts";
import { dayOf, type Rollups } from "../read/day-count.ts";
import type { RollupUpdater } from "./rollup-updater.ts";

export interface EraseRollupsRequest {
  readonly key: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: all. */
  readonly metrics: readonly string[] | undefined;
}

/** Deletes the hours of one row that overlap the range, and counts their days from the remaining hours. Returns the end of what is done. */
export function eraseRollups(db: DatabaseSyncInstance, rollups: RollupUpdater, request: EraseRollupsRequest): number {
  const first = firstMs(db, request);
  if (first === undefined) return request.toMs;
  const fromMs = Math.max(request.fromMs, first);
  const startMs = startOf(fromMs, blockMs("hour"));
  const toMs = Math.min(request.toMs, startMs + blockMs("hour"));
  const hours = rollups.readBlock(request.key, "hour", startMs);
  const days = readDays(rollups, request.key, startMs);
  for (const name of [...hours.keys()]) {
    if (request.metrics !== undefined && !request.metrics.includes(name)) continue;
    clear(hours.get(name), startMs, HOUR_MS, fromMs, toMs);
  }
  rollups.writeBlock(request.key, "hour", startMs, hours);
  for (let day = startOf(fromMs, DAY_MS); day < toMs; day += DAY_MS) {
    const left = dayOf(hoursOf(hours, startMs, day));
    for (const name of [...days.keys(), ...left.keys()]) {
      if (request.metrics === undefined || request.metrics.includes(name)) days.set(name, day, left.get(name));
    }
  }
  days.write();
  return toMs;
}

/** The beginning of the device's first row of hours or days that overlaps the range; undefined: there is none. */
function firstMs(db: DatabaseSyncInstance, { key, fromMs, toMs }: EraseRollupsRequest): number | undefined {
  const starts = (["hour", "day"] as const).flatMap((level) => {
    const row = db
      .prepare(
        "SELECT min(start_at) AS start FROM rollup WHERE device = ? AND level = ? AND start_at > ? AND start_at < ?",
      )
      .get(key, LEVELS[level].level, fromMs - blockMs(level), toMs);
    return row?.["start"] == null ? [] : [Number(row["start"])];
  });
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function clear(
  slots: (Rollup | undefined)[] | undefined,
  startMs: number,
  widthMs: number,
  fromMs: number,
  toMs: number,
): void {
  slots?.fill(undefined, Math.max(0, Math.floor((fromMs - startMs) / widthMs)), Math.ceil((toMs - startMs) / widthMs));
}

function hoursOf(block: Block, startMs: number, day: number): ReadonlyMap<number, Rollups> {
  const hours = new Map<number, Map<string, Rollup>>();
  for (const [name, slots] of block) {
    for (let hour = 0; hour < 24; hour++) {
      const rollup = slots[(day - startMs) / HOUR_MS + hour];
      if (rollup === undefined) continue;
      const metrics = hours.get(hour) ?? new Map<string, Rollup>();
      hours.set(hour, metrics.set(name, rollup));
    }
  }
  return hours;
}

/** The eight days of one row of hours; a row of days has sixteen times as many. */
function readDays(rollups: RollupUpdater, key: number, hoursStartMs: number) {
  const startMs = startOf(hoursStartMs, blockMs("day"));
  const block = rollups.readBlock(key, "day", startMs);
  return {
    keys: () => block.keys(),
    set: (name: string, day: number, rollup: Rollup | undefined): void => {
      const slots = block.get(name) ?? new Array<Rollup | undefined>(LEVELS.day.slots).fill(undefined);
      slots[(day - startMs) / DAY_MS] = rollup;
      block.set(name, slots);
    },
    write: () => rollups.writeBlock(key, "day", startMs, block),
  };
}
