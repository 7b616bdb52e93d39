/** Reads the next readings of a page as JSON, in one short transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingsChunk, ReadingsQuery } from "../../../core/ports/history.ts";
import { createReadingsJson } from "../../../core/transfer/readings-json.ts";
import { eachReading } from "./each-reading.ts";
import { historyOf, inSnapshot, type OnDamage } from "./history.ts";

export function readReadingsChunk(
  db: DatabaseSyncInstance,
  query: ReadingsQuery,
  onDamage: OnDamage,
): Omit<ReadingsChunk, "damaged"> {
  const chunk = createReadingsJson(query);
  return inSnapshot(db, () => {
    const device = historyOf(db, query.deviceId);
    if (device === undefined || query.limit <= 0) return chunk.done(true);
    for (const reading of eachReading(db, device, query, onDamage)) {
      if (chunk.isFull()) return chunk.done(false);
      // The body of a hot reading is as the board wrote it: it may have spaces, or a name twice.
      chunk.add(reading, JSON.stringify(reading.metrics()));
    }
    return chunk.done(true);
  });
}
