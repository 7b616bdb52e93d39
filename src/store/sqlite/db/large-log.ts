/** Finds out why the write-ahead log grows: SQLite empties it into the database after a commit, and tells nobody when that fails. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { logBytes } from "./space.ts";

const MIB = 1_048_576;
/** What it has when all is well: 32 MiB and the commit that came last. */
const LARGE_FROM_BYTES = 40 * MIB;
/** A long read keeps it from beginning anew though it is emptied: then only what comes on top is looked at. */
const STEP_BYTES = 8 * MIB;

/** From time to time. Throws SQLite's error where a log that has become large cannot be emptied. */
export function createLargeLogTest(db: DatabaseSyncInstance, file: string): () => void {
  let emptiedBytes = LARGE_FROM_BYTES - STEP_BYTES;
  return () => {
    const bytes = logBytes(file);
    emptiedBytes = Math.min(emptiedBytes, Math.max(bytes, LARGE_FROM_BYTES - STEP_BYTES));
    if (bytes < emptiedBytes + STEP_BYTES) return;
    db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    emptiedBytes = bytes;
  };
}
