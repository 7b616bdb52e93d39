/** Writes, replaces and deletes the segments of a device. In its caller's transaction; decides nothing of what is in them. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { prepared } from "../db/prepared.ts";
import { DAMAGED_ROW } from "../format/sealed-bytes.ts";
import { type Columns, encodeSegment } from "../format/segment-format.ts";
import { type RowParts, readParts, removeParts, writeParts } from "./row-parts.ts";

/** `grows`: it is the device's newest and will be replaced soon; any other that grew until now is closed. */
export function insertSegment(db: DatabaseSyncInstance, key: number, columns: Columns, grows: boolean): void {
  if (grows) closeGrowing(db, key);
  const { piece, bytes } = writeParts(db, "segment_piece", encodeSegment(columns), grows ? key : undefined);
  prepared(
    db,
    "INSERT INTO segment (device, from_at, from_n, to_at, count, piece, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run(key, ...boundsOf(columns), piece, bytes);
}

/** What is left of a reading that was damaged, in a segment that cannot be read: it is named as long as it is kept, and nothing is merged with it. */
export function insertDamaged(
  db: DatabaseSyncInstance,
  key: number,
  { atMs, n }: ReadingPosition,
  body: unknown,
): void {
  const left = Buffer.concat([Buffer.of(DAMAGED_ROW), typeof body === "string" ? Buffer.from(body) : Buffer.alloc(0)]);
  const { piece, bytes } = writeParts(db, "segment_piece", left);
  prepared(
    db,
    "INSERT INTO segment (device, from_at, from_n, to_at, count, piece, bytes) VALUES (?, ?, ?, ?, 0, ?, ?)",
  ).run(key, atMs, n, atMs, piece, bytes);
}

/** Its new bytes lie among those that do not change. */
export function replaceSegment(db: DatabaseSyncInstance, id: number, columns: Columns): void {
  removeParts(db, "segment_piece", segmentParts(db, id));
  const { piece, bytes } = writeParts(db, "segment_piece", encodeSegment(columns));
  prepared(
    db,
    "UPDATE segment SET from_at = ?, from_n = ?, to_at = ?, count = ?, piece = ?, bytes = ? WHERE id = ?",
  ).run(...boundsOf(columns), piece, bytes, id);
}

export function deleteSegment(db: DatabaseSyncInstance, id: number): void {
  removeParts(db, "segment_piece", segmentParts(db, id));
  prepared(db, "DELETE FROM segment WHERE id = ?").run(id);
}

export const segmentParts = (db: DatabaseSyncInstance, id: number): RowParts =>
  prepared(db, "SELECT piece, bytes FROM segment WHERE id = ?").get(id) as unknown as RowParts;

function closeGrowing(db: DatabaseSyncInstance, key: number): void {
  const growing = prepared(
    db,
    "SELECT id, piece, bytes FROM segment INDEXED BY segment_in_slot WHERE device = ? AND piece < 0",
  ).get(key) as unknown as (RowParts & { id: number }) | undefined;
  if (growing === undefined) return;
  const body = readParts(db, "segment_piece", growing);
  removeParts(db, "segment_piece", growing);
  const { piece } = writeParts(db, "segment_piece", body);
  prepared(db, "UPDATE segment SET piece = ? WHERE id = ?").run(piece, growing.id);
}

function boundsOf({ at, n }: Columns): [number, number, number, number] {
  return [at[0] ?? 0, n[0] ?? 0, at.at(-1) ?? 0, at.length];
}
