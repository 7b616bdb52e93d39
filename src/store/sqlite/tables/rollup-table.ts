/** Writes, replaces and deletes rows of hours and days, in its caller's transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { prepared } from "../db/prepared.ts";
import { LEVELS, type Level } from "../format/rollup-format.ts";
import { isInSlot, type RowParts, readParts, removeParts, writeParts } from "./row-parts.ts";

export function putRollup(db: DatabaseSyncInstance, key: number, level: Level, startMs: number, body: Buffer): void {
  deleteRollup(db, key, level, startMs);
  const grows = isNewest(db, key, level, startMs);
  if (grows) closeGrowing(db, key, level);
  const { firstPart, bytes } = writeParts(db, "rollup_piece", body, grows ? slotOf(key, level) : undefined);
  prepared(db, "INSERT INTO rollup (device, level, start_at, piece, bytes) VALUES (?, ?, ?, ?, ?)").run(
    key,
    LEVELS[level].level,
    startMs,
    firstPart,
    bytes,
  );
}

export function deleteRollup(db: DatabaseSyncInstance, key: number, level: Level, startMs: number): void {
  const found = prepared(
    db,
    "SELECT piece AS firstPart, bytes FROM rollup WHERE device = ? AND level = ? AND start_at = ?",
  ).get(key, LEVELS[level].level, startMs) as unknown as RowParts | undefined;
  if (found === undefined) return;
  removeParts(db, "rollup_piece", found);
  prepared(db, "DELETE FROM rollup WHERE device = ? AND level = ? AND start_at = ?").run(
    key,
    LEVELS[level].level,
    startMs,
  );
}

/** Each device has one for its hours and one for its days. */
const slotOf = (key: number, level: Level): number => key * 2 + LEVELS[level].level;

const isNewest = (db: DatabaseSyncInstance, key: number, level: Level, startMs: number): boolean =>
  prepared(db, "SELECT 1 FROM rollup WHERE device = ? AND level = ? AND start_at > ? LIMIT 1").get(
    key,
    LEVELS[level].level,
    startMs,
  ) === undefined;

function closeGrowing(db: DatabaseSyncInstance, key: number, level: Level): void {
  const growing = prepared(
    db,
    "SELECT id, piece AS firstPart, bytes FROM rollup WHERE device = ? AND level = ? ORDER BY start_at DESC LIMIT 1",
  ).get(key, LEVELS[level].level) as unknown as (RowParts & { id: number }) | undefined;
  if (growing === undefined || !isInSlot(growing)) return;
  const body = readParts(db, "rollup_piece", growing);
  removeParts(db, "rollup_piece", growing);
  const { firstPart } = writeParts(db, "rollup_piece", body);
  prepared(db, "UPDATE rollup SET piece = ? WHERE id = ?").run(firstPart, growing.id);
}
