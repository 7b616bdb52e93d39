/**
 * Stores the bytes of compressed rows in parts, four to a page: without parts, a row of 3 KB would occupy a whole page. Runs in its
 * caller's transaction.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { prepared } from "../db/prepared.ts";

/** With SQLite's overhead, four fill a page of 4,096 bytes (https://sqlite.org/fileformat2.html, 1.6). */
const PART_BYTES = 1_004;
/** Part ids reserved for a row that still changes. */
const SLOT_PARTS = 64;

export type PartTable = "segment_piece" | "rollup_piece";

/** Where the bytes of a row are stored: `firstPart` is the id of the first part, `bytes` the length of all. */
export interface RowParts {
  readonly firstPart: number;
  readonly bytes: number;
}

const partCount = (bytes: number): number => Math.ceil(bytes / PART_BYTES);

/** The row still changes. It has reserved ids, so that rewriting it leaves no holes among the rows that do not change. */
export const isInSlot = ({ firstPart }: Pick<RowParts, "firstPart">): boolean => firstPart < 0;

/** `slot`: for a row that still changes; ignored if the row is too long. What is stored there must be removed before. */
export function writeParts(db: DatabaseSyncInstance, table: PartTable, body: Buffer, slot?: number): RowParts {
  const inSlot = slot !== undefined && partCount(body.length) <= SLOT_PARTS;
  const firstPart = inSlot ? -(slot + 1) * SLOT_PARTS : nextPart(db, table);
  const insert = prepared(db, `INSERT INTO ${table} (id, body) VALUES (?, ?)`);
  for (let index = 0; index * PART_BYTES < body.length; index++) {
    insert.run(firstPart + index, body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES));
  }
  return { firstPart, bytes: body.length };
}

export function readParts(db: DatabaseSyncInstance, table: PartTable, { firstPart, bytes }: RowParts): Buffer {
  const rows = prepared(db, `SELECT body FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`).all(
    firstPart,
    firstPart + partCount(bytes),
  );
  return Buffer.concat(rows.map((row) => row["body"] as Uint8Array));
}

export function removeParts(db: DatabaseSyncInstance, table: PartTable, { firstPart, bytes }: RowParts): void {
  prepared(db, `DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(firstPart, firstPart + partCount(bytes));
}

function nextPart(db: DatabaseSyncInstance, table: PartTable): number {
  return Math.max(0, Number(prepared(db, `SELECT max(id) AS id FROM ${table}`).get()?.["id"] ?? 0)) + 1;
}
