/** Finds out why the write-ahead log grows: SQLite checkpoints it after a commit, and reports no error when that fails. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { logBytes } from "./space.ts";

const MIB = 1_048_576;
/** Its normal size: 32 MiB and the last commit. */
const LARGE_FROM_BYTES = 40 * MIB;
/** A long read prevents a restart of the log although it was checkpointed: then only further growth counts. */
const STEP_BYTES = 8 * MIB;

/** To be called from time to time. Throws SQLite's error if a large log cannot be checkpointed. */
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
