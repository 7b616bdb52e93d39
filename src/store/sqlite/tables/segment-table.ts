/** Writes, replaces and deletes the segments of a device, in its caller's transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { prepared } from "../db/prepared.ts";
import { DAMAGED_ROW } from "../format/sealed-bytes.ts";
import { type Columns, encodeSegment } from "../format/segment-format.ts";
import { type RowParts, readParts, removeParts, writeParts } from "./row-parts.ts";

/** `grows`: it is the device's newest and will be replaced soon; any other that grew until now is closed. */
export function insertSegment(db: DatabaseSyncInstance, key: number, columns: Columns, grows: boolean): void {
  if (grows) closeGrowing(db, key);
  const { firstPart, bytes } = writeParts(db, "segment_piece", encodeSegment(columns), grows ? key : undefined);
  prepared(
    db,
    "INSERT INTO segment (device, from_at, from_n, to_at, count, piece, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run(key, ...boundsOf(columns), firstPart, bytes);
}

/** Stores a damaged reading as a segment that cannot be read: it is reported as long as it is kept, and nothing is merged with it. */
export function insertDamaged(
  db: DatabaseSyncInstance,
  key: number,
  { atMs, n }: ReadingPosition,
  body: unknown,
): void {
  const left = Buffer.concat([Buffer.of(DAMAGED_ROW), typeof body === "string" ? Buffer.from(body) : Buffer.alloc(0)]);
  const { firstPart, bytes } = writeParts(db, "segment_piece", left);
  prepared(
    db,
    "INSERT INTO segment (device, from_at, from_n, to_at, count, piece, bytes) VALUES (?, ?, ?, ?, 0, ?, ?)",
  ).run(key, atMs, n, atMs, firstPart, bytes);
}

/** Its new bytes are stored among the rows that do not change. */
export function replaceSegment(db: DatabaseSyncInstance, id: number, columns: Columns): void {
  removeParts(db, "segment_piece", segmentParts(db, id));
  const { firstPart, bytes } = writeParts(db, "segment_piece", encodeSegment(columns));
  prepared(
    db,
    "UPDATE segment SET from_at = ?, from_n = ?, to_at = ?, count = ?, piece = ?, bytes = ? WHERE id = ?",
  ).run(...boundsOf(columns), firstPart, bytes, id);
}

export function deleteSegment(db: DatabaseSyncInstance, id: number): void {
  removeParts(db, "segment_piece", segmentParts(db, id));
  prepared(db, "DELETE FROM segment WHERE id = ?").run(id);
}

export const segmentParts = (db: DatabaseSyncInstance, id: number): RowParts =>
  prepared(db, "SELECT piece AS firstPart, bytes FROM segment WHERE id = ?").get(id) as unknown as RowParts;

function closeGrowing(db: DatabaseSyncInstance, key: number): void {
  const growing = prepared(
    db,
    "SELECT id, piece AS firstPart, bytes FROM segment INDEXED BY segment_in_slot WHERE device = ? AND piece < 0",
  ).get(key) as unknown as (RowParts & { id: number }) | undefined;
  if (growing === undefined) return;
  const body = readParts(db, "segment_piece", growing);
  removeParts(db, "segment_piece", growing);
  const { firstPart } = writeParts(db, "segment_piece", body);
  prepared(db, "UPDATE segment SET piece = ? WHERE id = ?").run(firstPart, growing.id);
}

function boundsOf({ at, n }: Columns): [number, number, number, number] {
  return [at[0] ?? 0, n[0] ?? 0, at.at(-1) ?? 0, at.length];
}
