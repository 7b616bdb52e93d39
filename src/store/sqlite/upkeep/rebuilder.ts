/** Stores imported hours of a time without raw readings. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { RebuiltHour, Rollup } from "../../../core/ports/history.ts";
import { inTransaction } from "../db/transaction.ts";
import { blockMs } from "../format/rollup-format.ts";
import type { Rollups } from "../read/day-count.ts";
import type { RollupUpdater } from "./rollup-updater.ts";

export interface RebuilderOptions {
  readonly db: DatabaseSyncInstance;
  readonly rollups: RollupUpdater;
  readonly onDeleted: (key: number) => void;
}

/** For each hour, whether it was stored. Hours are refused if their day has raw readings, or only the day is left. */
export function createRebuilder({ db, rollups, onDeleted }: RebuilderOptions) {
  const sql = {
    addDevice: db.prepare("INSERT OR IGNORE INTO device (device_id, heard_at) VALUES (?, ?)"),
    device: db.prepare("SELECT key, raw_since, hours_since FROM device WHERE device_id = ?"),
    segment: db.prepare("SELECT 1 FROM segment WHERE device = ? AND from_at < ? LIMIT 1"),
    hot: db.prepare(
      "SELECT 1 FROM hot WHERE device = ? AND at < ? AND seq > (SELECT sealed_seq FROM device WHERE key = ?) LIMIT 1",
    ),
    setHoursSince: db.prepare("UPDATE device SET hours_since = max(hours_since, ?) WHERE key = ?"),
    setRawSince: db.prepare("UPDATE device SET raw_since = max(raw_since, ?) WHERE key = ?"),
  };

  function takeHour({ deviceId, startMs, metrics, level }: RebuiltHour): boolean {
    const lastAtMs = [...metrics.values()].reduce((last, rollup) => Math.max(last, rollup.lastAtMs), startMs);
    sql.addDevice.run(deviceId, lastAtMs);
    const device = sql.device.get(deviceId);
    const key = Number(device?.["key"]);
    const dayMs = startOf(startMs, DAY_MS);
    const isDeleted = dayMs + DAY_MS <= Number(device?.["raw_since"]);
    if (!isDeleted && hasRaw(key, dayMs + DAY_MS)) return false;
    // The day is more complete than this hour, and would be replaced by it.
    if (level !== "day" && dayMs < Number(device?.["hours_since"])) return false;
    for (const day of rollups.dueBefore(key, dayMs + DAY_MS)) rollups.countDay(key, day);
    if (level === "day") {
      rollups.putDayAlone(key, dayMs, metrics);
      sql.setHoursSince.run(dayMs + DAY_MS, key);
    } else rollups.putHours(key, dayMs, new Map([...hoursOfDay(key, dayMs), [startMs, metrics]]));
    // From now on a raw reading of that day would be counted without the readings of this hour.
    sql.setRawSince.run(dayMs + DAY_MS, key);
    onDeleted(key);
    return true;
  }

  const hasRaw = (key: number, beforeMs: number): boolean =>
    sql.segment.get(key, beforeMs) !== undefined || sql.hot.get(key, beforeMs, key) !== undefined;

  function hoursOfDay(key: number, dayMs: number): Map<number, Rollups> {
    const startMs = startOf(dayMs, blockMs("hour"));
    const hours = new Map<number, Map<string, Rollup>>();
    for (const [name, slots] of rollups.readBlock(key, "hour", startMs)) {
      for (let at = dayMs; at < dayMs + DAY_MS; at += HOUR_MS) {
        const rollup = slots[(at - startMs) / HOUR_MS];
        if (rollup !== undefined) hours.set(at, (hours.get(at) ?? new Map<string, Rollup>()).set(name, rollup));
      }
    }
    return hours;
  }

  return (hours: readonly RebuiltHour[]): boolean[] => {
    let taken: boolean[] = [];
    inTransaction(db, () => {
      taken = hours.map(takeHour);
    });
    return taken;
  };
}
