/** Reads a page of readings in one short transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingsQuery, StoredReading } from "../../../core/ports/history.ts";
import { eachReading } from "./each-reading.ts";
import { historyOf, inSnapshot, type OnDamage } from "./history.ts";

export function readReadings(db: DatabaseSyncInstance, query: ReadingsQuery, onDamage: OnDamage): StoredReading[] {
  const { deviceId, limit } = query;
  return inSnapshot(db, () => {
    const device = historyOf(db, deviceId);
    const found: StoredReading[] = [];
    if (device === undefined || limit <= 0) return found;
    for (const reading of eachReading(db, device, query, onDamage)) {
      const { atMs, n, receivedAtMs } = reading;
      found.push({ deviceId, atMs, n, receivedAtMs, body: reading.body() });
      if (found.length >= limit) break;
    }
    return found;
  });
}
