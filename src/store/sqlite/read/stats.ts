/** Counts what the store holds, and the bytes of each kind. It scans the whole file, so it runs in the side thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { StoreStats } from "../../../core/ports/readings-store.ts";
import { logBytes, pragma } from "../db/space.ts";

type Kind = Exclude<keyof StoreStats["bytes"], "free" | "log">;

export function readStats(db: DatabaseSyncInstance, file: string): StoreStats {
  db.exec("BEGIN");
  const counts = readCounts(db);
  db.exec("COMMIT"); // the scan that follows would keep the log from being reset, and needs no snapshot
  return {
    ...counts,
    bytes: {
      ...bytesByKind(db),
      free: pragma(db, "freelist_count") * pragma(db, "page_size"),
      log: logBytes(file),
    },
  };
}

function readCounts(db: DatabaseSyncInstance): Omit<StoreStats, "bytes"> {
  const one = (sql: string): number | undefined => {
    const value = db.prepare(`SELECT (${sql}) AS value`).get()?.["value"];
    return value === null || value === undefined ? undefined : Number(value);
  };
  // Sealed rows stay in the table of hot rows until they are deleted.
  const hotReadings =
    one("SELECT count(*) FROM hot JOIN device ON device.key = hot.device WHERE hot.seq > device.sealed_seq") ?? 0;
  const sealed = one("SELECT sum(count) FROM segment WHERE device IN (SELECT key FROM device)") ?? 0;
  const oldest = [
    one("SELECT min((SELECT at FROM hot WHERE device = key AND seq > sealed_seq ORDER BY at LIMIT 1)) FROM device"),
    one("SELECT min((SELECT from_at FROM segment WHERE device = key ORDER BY from_at LIMIT 1)) FROM device"),
  ].filter((at) => at !== undefined);
  return {
    devices: one("SELECT count(*) FROM device") ?? 0,
    readings: hotReadings + sealed,
    hotReadings,
    segments: one("SELECT count(*) FROM segment") ?? 0,
    oldestMs: oldest.length === 0 ? undefined : Math.min(...oldest),
  };
}

/** Of tables with their indexes. */
function bytesByKind(db: DatabaseSyncInstance): Record<Kind, number> {
  const bytes: Record<Kind, number> = { hot: 0, segments: 0, rollups: 0, journal: 0, other: 0 };
  const rows = db
    .prepare(
      `SELECT coalesce(tbl_name, dbstat.name) AS owner, sum(pgsize) AS bytes
       FROM dbstat LEFT JOIN sqlite_schema ON sqlite_schema.name = dbstat.name
       WHERE aggregate = TRUE GROUP BY owner`,
    )
    .all() as unknown as { owner: string; bytes: number }[];
  for (const { owner, bytes: size } of rows) bytes[kindOf(owner)] += size;
  return bytes;
}

function kindOf(table: string): Kind {
  if (table === "hot") return "hot";
  if (table.startsWith("segment")) return "segments";
  if (table.startsWith("rollup")) return "rollups";
  return table.startsWith("mqtt_") ? "journal" : "other";
}
