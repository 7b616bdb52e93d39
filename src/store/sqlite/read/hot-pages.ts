/** Reads hot rows of one device in order, a page at a time, which costs half of stepping through a cursor. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { ifReadable } from "../db/file-damage.ts";
import type { DeviceHistory, OnDamage, Range } from "./history.ts";
import { checkedRow, type HotRow, hotRows } from "./hot-rows.ts";

export interface HotPages {
  /** The first row that was not taken yet. */
  next(): HotRow | undefined;
  take(): void;
}

const PAGE_ROWS = 500;

type Row = [at: number, n: number, receivedAt: number, body: string];

/** Rows that are in no segment, behind the position. */
export function createHotPages(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: Range & { readonly behind: ReadingPosition | undefined },
  onDamage: OnDamage,
): HotPages {
  let rows: HotRow[] = [];
  let at = 0;
  let isLast = false;
  let { behind } = query;

  function readPage(): void {
    const found = ifReadable(selectPage);
    if (found === undefined) readRows();
    else {
      rows = [];
      for (const [atMs, n, receivedAtMs, body] of found) {
        const row = checkedRow({ atMs, n, receivedAtMs, body }, onDamage);
        if (row !== undefined) rows.push(row);
      }
      isLast = found.length < PAGE_ROWS;
      const last = found.at(-1);
      if (last !== undefined) behind = { atMs: last[0], n: last[1] };
    }
    at = 0;
  }

  function selectPage(): Row[] {
    // The position is also a bound of the range: by (at, n) > (?, ?) alone, SQLite would begin at `from` each time.
    const since = Math.max(query.fromMs, behind?.atMs ?? query.fromMs);
    const statement = db.prepare(
      `SELECT at, n, coalesce(received_at, at), body FROM hot
       WHERE device = ? AND at >= ? AND at < ? AND seq > ? AND (at > ? OR n > ?) ORDER BY at, n LIMIT ${PAGE_ROWS}`,
    );
    statement.setReturnArrays(true);
    const { key, sealedSeq } = device;
    const rowsOf = statement.all(key, since, query.toMs, sealedSeq, since, behind?.atMs === since ? behind.n : -1);
    return rowsOf as unknown as Row[];
  }

  /** Something in the page is damaged: reads each row alone. */
  function readRows(): void {
    rows = [];
    isLast = true;
    for (const row of hotRows(db, device, { ...query, order: "asc", behind }, onDamage)) {
      rows.push(row);
      isLast = rows.length < PAGE_ROWS;
      if (!isLast) break;
    }
    behind = rows.at(-1) ?? behind;
  }

  return {
    next: () => {
      while (at >= rows.length && !isLast) readPage();
      return rows[at];
    },
    take: () => {
      at++;
    },
  };
}
