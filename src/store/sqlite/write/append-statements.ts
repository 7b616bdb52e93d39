/** The SQL statements of an append, and the values of their columns. */
import { createHash } from "node:crypto";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { createContentHash } from "../../../core/model/identity.ts";

/** Greater than the seq of every row, including deleted ones: saved states refer to rows by their seq. */
export function firstFreeSeq(db: DatabaseSyncInstance): number {
  const sql = `SELECT max(coalesce((SELECT max(seq) FROM hot), 0),
                          coalesce((SELECT value FROM meta WHERE key = 'state_seq'), 0)) AS seq`;
  return Number(db.prepare(sql).get()?.["seq"]) + 1;
}

export const contentHash = createContentHash((text) => createHash("sha256").update(text).digest());

const FOUND = "at AS atMs, n, coalesce(received_at, at) AS receivedAtMs, body, element, client AS clientId";

/** By itself SQLite would read all rows of an instant in the order of n. */
const BY_CONTENT = "hot INDEXED BY hot_by_content";

export function prepareAppend(db: DatabaseSyncInstance) {
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    rollback: db.prepare("ROLLBACK"),
    insert: db.prepare("INSERT INTO hot (seq, device, at, n, received_at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    insertOfPacket: db.prepare(
      "INSERT INTO hot (seq, device, at, n, received_at, hash, packet, client, element, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    firstAtInstant: db.prepare(`SELECT ${FOUND} FROM hot WHERE device = ? AND at = ? AND n = 0`),
    sameContent: db.prepare(
      `SELECT ${FOUND} FROM ${BY_CONTENT} WHERE device = ? AND at = ? AND hash = ? AND n > 0 ORDER BY n`,
    ),
    untimed: db.prepare(
      `SELECT ${FOUND} FROM ${BY_CONTENT} WHERE device = ? AND at = ? AND hash IS NULL AND n > 0 ORDER BY n`,
    ),
    samePacket: db.prepare(`SELECT ${FOUND} FROM hot WHERE device = ? AND packet = ? ORDER BY seq DESC`),
    greatestN: db.prepare("SELECT max(n) AS n FROM hot WHERE device = ? AND at = ?"),
    newest: db.prepare("SELECT at, n FROM hot WHERE device = ? ORDER BY at DESC, n DESC LIMIT 1"),
    addDevice: db.prepare("INSERT OR IGNORE INTO device (device_id, heard_at) VALUES (?, ?)"),
    isThere: db.prepare("SELECT body FROM hot WHERE device = ? AND at = ? AND n = ?"),
    device: db.prepare("SELECT key, raw_since FROM device WHERE device_id = ?"),
    attributes: db.prepare("SELECT attributes FROM device WHERE key = ?"),
    setAttributes: db.prepare(
      "UPDATE device SET attributes = ?, clock_suspect = coalesce(?, clock_suspect), heard_at = max(heard_at, ?) WHERE key = ?",
    ),
    status: db.prepare("UPDATE device SET status_online = ?, status_at = ?, heard_at = max(heard_at, ?) WHERE key = ?"),
  };
}
