/** Counts the readings in a stopped hub's data directory, in hot rows and in segments. */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** What a segment has taken over stays a hot row for a while: those up to `sealed_seq` do not count. */
const WITH_SEGMENTS = `SELECT (SELECT coalesce(sum(count), 0) FROM segment) +
  (SELECT count(*) FROM hot JOIN device ON device.key = hot.device WHERE hot.seq > device.sealed_seq) AS rows`;

export function countStored(dataDir: string): number {
  const database = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'segment'").get();
    // builds of several ages are measured
    const row = database.prepare(table === undefined ? "SELECT count(*) AS rows FROM hot" : WITH_SEGMENTS).get();
    return Number(row?.["rows"]);
  } finally {
    database.close();
  }
}
