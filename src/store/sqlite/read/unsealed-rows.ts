/** Reads the rows of a device that wait to be sealed, in the order of arrival. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Metrics } from "../../../contract/readings.ts";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { ifReadable } from "../db/file-damage.ts";
import { isInstant, parseMetrics } from "../format/stored-text.ts";

export interface UnsealedRow extends ReadingPosition {
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly hasPacket: boolean;
  readonly body: unknown;
  /** Undefined: the row is damaged, and its other fields are those that could be read. */
  readonly metrics: Metrics | undefined;
}

export interface UnsealedRows {
  /** The first of them, from `from` on. */
  seqs(key: number, from: number, most: number): number[];
  rows(key: number, first: number, last: number): UnsealedRow[];
}

/** `bySeq`: faster if many of the rows belong to the device. */
export function createUnsealedRows(db: DatabaseSyncInstance): { byIndex: UnsealedRows; bySeq: UnsealedRows } {
  const one = db.prepare(
    "SELECT seq, at, n, coalesce(received_at, at) AS received, packet, body FROM hot WHERE seq = ?",
  );
  const indexed = db.prepare(
    "SELECT seq, at, n FROM hot INDEXED BY hot_by_instant WHERE device = ? AND seq >= ? AND seq <= ? ORDER BY seq",
  );

  function scanOf(table: string): UnsealedRows {
    const seqs = db.prepare(`SELECT seq FROM ${table} WHERE device = ? AND seq >= ? ORDER BY seq LIMIT ?`);
    const rows = db.prepare(
      `SELECT seq, at, n, coalesce(received_at, at) AS received, packet, body FROM ${table}
       WHERE device = ? AND seq >= ? AND seq <= ? ORDER BY seq`,
    );
    return {
      seqs: (key, from, most) => seqs.all(key, from, most).map((row) => Number(row["seq"])),
      rows: (key, first, last) =>
        (ifReadable(() => rows.all(key, first, last)) ?? rowByRow(key, first, last)).map(rowOf),
    };
  }

  /** A page is damaged: a row that cannot be read has only what the index knows. */
  function rowByRow(key: number, first: number, last: number): Record<string, unknown>[] {
    return indexed.all(key, first, last).map((row) => ifReadable(() => one.get(Number(row["seq"]))) ?? row);
  }

  const byIndex = scanOf("hot INDEXED BY hot_by_instant");
  const bySeq = scanOf("hot NOT INDEXED");
  // The index alone knows which rows there are.
  const seqs: UnsealedRows["seqs"] = (...of) => ifReadable(() => bySeq.seqs(...of)) ?? byIndex.seqs(...of);
  return { byIndex, bySeq: { ...bySeq, seqs } };
}

function rowOf({ seq, at, n, received, packet, body }: Record<string, unknown>): UnsealedRow {
  const isWhole = isInstant(at) && isInstant(n) && isInstant(received);
  const receivedAtMs = isInstant(received) ? received : 0;
  return {
    seq: Number(seq),
    atMs: isInstant(at) ? at : receivedAtMs,
    n: isInstant(n) ? n : 0,
    receivedAtMs,
    hasPacket: packet !== null && packet !== undefined,
    body,
    metrics: isWhole ? parseMetrics(body) : undefined,
  };
}
