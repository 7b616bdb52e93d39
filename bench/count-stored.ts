/** Counts the readings in a stopped hub's data directory. The one place here that knows how the store is laid out. */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

export function countStored(dataDir: string): number {
  const database = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
  try {
    const row = database.prepare("SELECT count(*) AS rows FROM hot").get();
    return Number(row?.["rows"]);
  } finally {
    database.close();
  }
}
