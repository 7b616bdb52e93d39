/** Rows with a checksum: those that are damaged are reported, deleted and left out. Runs in the thread of `hub.db`. */
import { crc32 } from "node:zlib";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { NoteDamage } from "../db/damage-note.ts";
import { isText } from "../format/stored-fields.ts";

export type Row = Readonly<Record<string, unknown>>;
export type Texts = readonly string[];

/** Of the texts of a row, in the order of its columns. */
export const sumOf = (...columns: readonly string[]): number => crc32(JSON.stringify(columns));

export interface WholeRowsOptions {
  readonly table: string;
  /** Texts, in the order in which the checksum has them. */
  readonly columns: readonly string[];
  /** For the owner. */
  readonly nameOf: (row: Row) => string;
  readonly note: NoteDamage;
}

/** In the order of `id`. */
export function wholeRows(db: DatabaseSyncInstance, { table, columns, nameOf, note }: WholeRowsOptions): Texts[] {
  const rows: Row[] = db.prepare(`SELECT id, crc, ${columns.join(", ")} FROM ${table} ORDER BY id`).all();
  const whole: Texts[] = [];
  for (const row of rows) {
    const texts = columns.map((column) => row[column]);
    if (texts.every(isText) && sumOf(...texts) === row["crc"]) {
      whole.push(texts);
      continue;
    }
    note({ what: nameOf(row) });
    remove(db, table, Number(row["id"]));
  }
  return whole;
}

/** Otherwise each start reports it again. */
function remove(db: DatabaseSyncInstance, table: string, id: number): void {
  try {
    db.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
  } catch {
    // the disk is full or fails: the next start tries it again
  }
}
