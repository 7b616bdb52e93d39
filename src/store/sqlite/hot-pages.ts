/** Reads hot rows of one device in order, a page at a time, which costs half of stepping through a cursor. Writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Place } from "../../core/ports.ts";
import type { DeviceHistory, HotRow, Range } from "./history.ts";

export interface HotPages {
  /** The first that was not taken yet. */
  next(): HotRow | undefined;
  take(): void;
}

const PAGE_ROWS = 500;

type Row = [at: number, n: number, receivedAt: number, body: string];

/** Those that are in no segment, behind the place. */
export function createHotPages(
  db: DatabaseSyncInstance,
  { key, sealedSeq }: DeviceHistory,
  wish: Range & { readonly behind: Place | undefined },
): HotPages {
  let rows: Row[] = [];
  let at = 0;
  let isLast = false;
  let { behind } = wish;

  function readPage(): void {
    // The place as a range of its own: by (at, n) > (?, ?) alone SQLite begins at `from` each time.
    const since = Math.max(wish.fromMs, behind?.atMs ?? wish.fromMs);
    const statement = db.prepare(
      `SELECT at, n, coalesce(received_at, at), body FROM hot
       WHERE device = ? AND at >= ? AND at < ? AND seq > ? AND (at > ? OR n > ?) ORDER BY at, n LIMIT ${PAGE_ROWS}`,
    );
    statement.setReturnArrays(true);
    const found = statement.all(key, since, wish.toMs, sealedSeq, since, behind?.atMs === since ? behind.n : -1);
    rows = found as unknown as Row[];
    at = 0;
    isLast = rows.length < PAGE_ROWS;
    const last = rows.at(-1);
    if (last !== undefined) behind = { atMs: last[0], n: last[1] };
  }

  return {
    next: () => {
      if (at >= rows.length && !isLast) readPage();
      const row = rows[at];
      return row === undefined ? undefined : { atMs: row[0], n: row[1], receivedAtMs: row[2], body: row[3] };
    },
    take: () => {
      at++;
    },
  };
}
