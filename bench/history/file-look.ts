/** Looks into a store's file while nobody has it open: bytes by kind. */
import { statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";

const fileOf = (dataDir: string): string => path.join(dataDir, "aerie.db");

function look<T>(dataDir: string, read: (db: DatabaseSyncInstance) => T): T {
  const db = new DatabaseSync(fileOf(dataDir), { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** The file alone: a store that was closed has emptied its log into it. */
export const fileBytes = (dataDir: string): number => statSync(fileOf(dataDir)).size;

/** Of the segments' bodies; NaN where nothing is sealed. */
export const bytesASealedReading = (dataDir: string): number =>
  look(dataDir, (db) => {
    const row = db.prepare("SELECT sum(bytes) AS bytes, sum(count) AS readings FROM segment").get();
    return Number(row?.["bytes"] ?? 0) / Number(row?.["readings"] ?? 0);
  });

/** Pages by table or index, the greatest first; `free`: pages of nothing. */
export const bytesByKind = (dataDir: string): [kind: string, bytes: number][] =>
  look(dataDir, (db) => {
    const rows = db.prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat WHERE aggregate = TRUE GROUP BY name").all();
    const kinds = rows.map((row): [string, number] => [String(row["name"]), Number(row["bytes"])]);
    const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
    kinds.push(["free", pragma("freelist_count") * pragma("page_size")]);
    return kinds.sort(([, a], [, b]) => b - a);
  });
