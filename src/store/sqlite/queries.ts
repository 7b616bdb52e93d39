/** Answers questions about readings in short transactions. Runs in the reader's thread; writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { LatestMetric, ReadingsWish, StoredReading } from "../../core/ports.ts";
import { eachReading } from "./each-reading.ts";
import { type DeviceHistory, historyOf, inSnapshot, type OnDamage, rollupBlocks } from "./history.ts";
import type { Level } from "./rollup-format.ts";

const FOR_EVER_MS = 8.64e15;

export function readReadings(db: DatabaseSyncInstance, wish: ReadingsWish, onDamage: OnDamage): StoredReading[] {
  const { deviceId, limit } = wish;
  return inSnapshot(db, () => {
    const device = historyOf(db, deviceId);
    const found: StoredReading[] = [];
    if (device === undefined || limit <= 0) return found;
    for (const reading of eachReading(db, device, wish, onDamage)) {
      const { atMs, n, receivedAtMs } = reading;
      found.push({ deviceId, atMs, n, receivedAtMs, body: reading.body() });
      if (found.length >= limit) break;
    }
    return found;
  });
}

/** The newest value of each metric: of a reading where there is one, else the last of an hour or day. */
export function latestOf(
  db: DatabaseSyncInstance,
  deviceId: string,
  metrics: readonly string[],
  onDamage: OnDamage,
): Map<string, LatestMetric> {
  return inSnapshot(db, () => {
    const device = historyOf(db, deviceId);
    const latest = new Map<string, LatestMetric>();
    if (device === undefined) return latest;
    const missing = new Set(metrics);
    const wish = { fromMs: 0, toMs: FOR_EVER_MS, order: "desc", behind: undefined } as const;
    for (const reading of eachReading(db, device, wish, onDamage)) {
      const said = reading.metrics();
      for (const name of missing) {
        const value = Object.hasOwn(said, name) ? said[name] : undefined;
        if (value === undefined) continue;
        latest.set(name, { value, atMs: reading.atMs });
        missing.delete(name);
      }
      if (missing.size === 0) return latest;
    }
    for (const level of ["hour", "day"] as const) addLastOf(db, device, level, missing, latest, onDamage);
    return latest;
  });
}

function addLastOf(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  level: Level,
  missing: ReadonlySet<string>,
  latest: Map<string, LatestMetric>,
  onDamage: OnDamage,
): void {
  if (missing.size === 0) return;
  const all = { fromMs: 0, toMs: FOR_EVER_MS };
  for (const { block } of rollupBlocks(db, key, level, all, onDamage, [...missing])) {
    for (const [name, slots] of block ?? []) {
      for (const rollup of slots) {
        if (rollup !== undefined && rollup.lastAtMs >= (latest.get(name)?.atMs ?? 0)) {
          latest.set(name, { value: rollup.last, atMs: rollup.lastAtMs });
        }
      }
    }
  }
}
