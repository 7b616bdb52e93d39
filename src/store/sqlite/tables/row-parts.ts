/**
 * Keeps the bytes of compressed rows in pieces, four to a page: a row of three KB would have a page of four to itself. Runs
 * in its caller's transaction; knows nothing of what is in them.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { prepared } from "../db/prepared.ts";

/** With what SQLite adds, four fill a page of 4,096 bytes (https://sqlite.org/fileformat2.html, 1.6). */
const PART_BYTES = 1_004;
/** Places of one that still changes. */
const SLOT_PARTS = 64;

export type PartTable = "segment_piece" | "rollup_piece";

/** Where bytes lie: `piece` is the first of as many as `bytes` fill. */
export interface RowParts {
  readonly piece: number;
  readonly bytes: number;
}

const partCount = (bytes: number): number => Math.ceil(bytes / PART_BYTES);

/** It still changes, and lies where it may be written again and again without leaving holes among those that do not. */
export const isInSlot = ({ piece }: Pick<RowParts, "piece">): boolean => piece < 0;

/** `slot`: its number, where it still changes and is not too long for one. What lies there already is to be removed before. */
export function writeParts(db: DatabaseSyncInstance, table: PartTable, body: Buffer, slot?: number): RowParts {
  const inSlot = slot !== undefined && partCount(body.length) <= SLOT_PARTS;
  const piece = inSlot ? -(slot + 1) * SLOT_PARTS : nextPart(db, table);
  const insert = prepared(db, `INSERT INTO ${table} (id, body) VALUES (?, ?)`);
  for (let index = 0; index * PART_BYTES < body.length; index++) {
    insert.run(piece + index, body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES));
  }
  return { piece, bytes: body.length };
}

export function readParts(db: DatabaseSyncInstance, table: PartTable, { piece, bytes }: RowParts): Buffer {
  const rows = prepared(db, `SELECT body FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`).all(
    piece,
    piece + partCount(bytes),
  );
  return Buffer.concat(rows.map((row) => row["body"] as Uint8Array));
}

export function removeParts(db: DatabaseSyncInstance, table: PartTable, { piece, bytes }: RowParts): void {
  prepared(db, `DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(piece, piece + partCount(bytes));
}

function nextPart(db: DatabaseSyncInstance, table: PartTable): number {
  return Math.max(0, Number(prepared(db, `SELECT max(id) AS id FROM ${table}`).get()?.["id"] ?? 0)) + 1;
}
