/**
 * Replaces a damaged `hub.db` by a new file with everything that can be read of it, and keeps the damaged one. Whatever is interrupted
 * is finished by the next start. Runs in the thread of `hub.db`.
 */
import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { syncPath } from "../../../files/durable-file.ts";
import { isDamage, primaryCode } from "../db/file-damage.ts";
import { migrate } from "../db/schema.ts";
import { HUB_FORMAT } from "./hub-schema.ts";

/** `key`: what rows are ordered by. */
const TABLES: readonly {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}[] = [
  { name: "learned", columns: ["id", "family", "device_id", "key", "data", "crc"], key: ["id"] },
  { name: "mapping", columns: ["id", "mapping_id", "data", "crc"], key: ["id"] },
  { name: "device", columns: ["key", "device_id"], key: ["key"] },
  { name: "presence", columns: ["device", "at", "since", "online", "detail"], key: ["device", "at"] },
  { name: "run", columns: ["started_at", "alive_at"], key: ["started_at"] },
  { name: "record", columns: ["id", "kind", "record_id", "data", "crc"], key: ["id"] },
  {
    name: "alert_event",
    columns: ["id", "event_id", "at", "rule_id", "device_id", "severity", "data", "crc"],
    key: ["id"],
  },
];

/** Damaged files that are kept; the next one replaces the last of them. */
const KEPT_FILES = 3;

const rescuedOf = (file: string): string => `${file}.rescued`;

export interface Rescued {
  /** Rows that could be read. */
  readonly rows: number;
  /** The name under which the damaged file is kept. */
  readonly kept: string;
}

/** `db`: a connection to the damaged file; it must not be used afterwards. Throws only where the disk is full or fails. */
export function rescue(db: DatabaseSyncInstance, file: string): Rescued {
  const part = `${rescuedOf(file)}.new`;
  for (const each of [part, `${part}-journal`, `${part}-wal`, `${part}-shm`]) rmSync(each, { force: true });
  const rows = copyReadable(db, part);
  syncPath(part);
  renameSync(part, rescuedOf(file));
  syncPath(path.dirname(file));
  db.close();
  return { rows, kept: finishRescue(file) ?? file };
}

/** At a start, before the file is opened. Answers the name under which the damaged file is kept; undefined: nothing was to be finished. */
export function finishRescue(file: string): string | undefined {
  if (!existsSync(rescuedOf(file))) return undefined;
  const kept = moveAside(file);
  renameSync(rescuedOf(file), file);
  syncPath(path.dirname(file));
  return kept;
}

/** The write-ahead log goes first: beside another file SQLite would apply it to that one. Answers the new name. */
export function moveAside(file: string): string {
  const names = Array.from({ length: KEPT_FILES }, (_, index) => `${file}.damaged-${index + 1}`);
  const parts = ["-wal", ""].filter((part) => existsSync(`${file}${part}`));
  const newest = names.findLast((name) => existsSync(name));
  if (parts.length === 0 && newest !== undefined) return newest; // it was interrupted
  const kept = names.find((name) => !existsSync(name)) ?? names.at(-1) ?? file;
  if (existsSync(kept)) rmSync(`${kept}-wal`, { force: true });
  rmSync(`${file}-shm`, { force: true });
  for (const part of parts) renameSync(`${file}${part}`, `${kept}${part}`);
  return kept;
}

function copyReadable(from: DatabaseSyncInstance, part: string): number {
  const to = new DatabaseSync(part);
  try {
    to.exec("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA synchronous = FULL");
    migrate(to, part, HUB_FORMAT.migrations, HUB_FORMAT.applicationId);
    to.exec("BEGIN");
    let rows = 0;
    for (const { name, columns, key } of TABLES) {
      const insert = to.prepare(
        `INSERT OR IGNORE INTO ${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
      );
      for (const row of readableRows(from, name, columns, key)) rows += insertRow(insert, columns, row);
    }
    to.exec("COMMIT");
    return rows;
  } finally {
    to.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

/** A value that its column cannot hold is left out with its row. */
function insertRow(insert: { run(...values: unknown[]): { changes: number } }, columns: readonly string[], row: Row) {
  try {
    return Number(insert.run(...columns.map((column) => row[column])).changes);
  } catch (error) {
    if (!OF_VALUES.has(primaryCode(error) ?? 0)) throw error;
    return 0;
  }
}

/** CONSTRAINT, MISMATCH. */
const OF_VALUES = new Set([19, 20]);

/** From the first row up to the damage, and from the last one back to it. */
function* readableRows(
  db: DatabaseSyncInstance,
  table: string,
  columns: readonly string[],
  key: readonly string[],
): Generator<Row> {
  const select = `SELECT ${columns.join(", ")} FROM ${table}`;
  let last: Row | undefined;
  try {
    for (const row of db.prepare(`${select} ORDER BY ${key.join(", ")}`).iterate()) {
      last = row;
      yield row;
    }
    return;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  try {
    const backwards = db.prepare(`${select} ORDER BY ${key.map((column) => `${column} DESC`).join(", ")}`);
    for (const row of backwards.iterate()) {
      if (last !== undefined && key.every((column) => row[column] === last?.[column])) return;
      yield row;
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
}

/** Also where a table or a column is missing. */
export const isUnreadable = (error: unknown): boolean =>
  isDamage(error) || (primaryCode(error) === 1 && /no such (table|column)/.test((error as Error).message));
