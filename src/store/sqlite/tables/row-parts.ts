/**
 * Keeps the bytes of compressed rows in pieces, four to a page: a row of three KB would have a page of four to itself. Runs
 * in its caller's transaction; knows nothing of what is in them.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { prepared } from "../db/prepared.ts";

/** With what SQLite adds, four fill a page of 4,096 bytes (https://sqlite.org/fileformat2.html, 1.6). */
const PIECE_BYTES = 1_004;
/** Places of one that still changes. */
const SLOT_PIECES = 64;

export type PieceTable = "segment_piece" | "rollup_piece";

/** Where bytes lie: `piece` is the first of as many as `bytes` fill. */
export interface Pieces {
  readonly piece: number;
  readonly bytes: number;
}

const piecesOf = (bytes: number): number => Math.ceil(bytes / PIECE_BYTES);

/** It still changes, and lies where it may be written again and again without leaving holes among those that do not. */
export const isInSlot = ({ piece }: Pick<Pieces, "piece">): boolean => piece < 0;

/** `slot`: its number, where it still changes and is not too long for one. What lies there already is to be removed before. */
export function writePieces(db: DatabaseSyncInstance, table: PieceTable, body: Buffer, slot?: number): Pieces {
  const inSlot = slot !== undefined && piecesOf(body.length) <= SLOT_PIECES;
  const piece = inSlot ? -(slot + 1) * SLOT_PIECES : nextPiece(db, table);
  const insert = prepared(db, `INSERT INTO ${table} (id, body) VALUES (?, ?)`);
  for (let place = 0; place * PIECE_BYTES < body.length; place++) {
    insert.run(piece + place, body.subarray(place * PIECE_BYTES, (place + 1) * PIECE_BYTES));
  }
  return { piece, bytes: body.length };
}

export function readPieces(db: DatabaseSyncInstance, table: PieceTable, { piece, bytes }: Pieces): Buffer {
  const rows = prepared(db, `SELECT body FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`).all(
    piece,
    piece + piecesOf(bytes),
  );
  return Buffer.concat(rows.map((row) => row["body"] as Uint8Array));
}

export function removePieces(db: DatabaseSyncInstance, table: PieceTable, { piece, bytes }: Pieces): void {
  prepared(db, `DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(piece, piece + piecesOf(bytes));
}

function nextPiece(db: DatabaseSyncInstance, table: PieceTable): number {
  return Math.max(0, Number(prepared(db, `SELECT max(id) AS id FROM ${table}`).get()?.["id"] ?? 0)) + 1;
}
