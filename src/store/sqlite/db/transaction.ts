/** Runs one write transaction, which is rolled back if it throws. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";

export function inTransaction(db: DatabaseSyncInstance, run: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    run();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
