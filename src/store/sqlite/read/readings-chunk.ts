/** Answers with the next readings of a page as JSON, in one short transaction. Runs in the reader's thread; writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingsChunk, ReadingsWish } from "../../../core/ports/history.ts";
import { createReadingsJson } from "../../../core/transfer/readings-json.ts";
import { eachReading } from "./each-reading.ts";
import { historyOf, inSnapshot, type OnDamage } from "./history.ts";

export function readReadingsChunk(db: DatabaseSyncInstance, wish: ReadingsWish, onDamage: OnDamage): ReadingsChunk {
  const chunk = createReadingsJson(wish);
  return inSnapshot(db, () => {
    const device = historyOf(db, wish.deviceId);
    if (device === undefined || wish.limit <= 0) return chunk.done(true);
    for (const reading of eachReading(db, device, wish, onDamage)) {
      if (chunk.isFull()) return chunk.done(false);
      // A hot reading is kept as its board wrote it, with spaces, or with a name that it says twice.
      chunk.add(reading, JSON.stringify(reading.metrics()));
    }
    return chunk.done(true);
  });
}
