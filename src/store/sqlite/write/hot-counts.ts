/** Counts the hot rows of each device that wait to be sealed, and since when. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { ifReadable } from "../db/file-damage.ts";

export interface HotCount {
  count: number;
  oldestSeq: number;
  /** When its oldest was received. */
  sinceMs: number;
}

interface Counted {
  readonly device: number;
  readonly many: number;
  readonly seq: number;
  readonly since: number;
}

export interface HotCounts {
  added(key: number, seq: number, receivedAtMs: number): void;
  /** The remaining hot rows of a device. */
  set(key: number, left: HotCount | undefined): void;
  /** By key. Counted from the rows at the first call, updated from then on. */
  devices(): ReadonlyMap<number, HotCount>;
  total(): number;
  /** Rows were changed without calls of `added` or `set`: everything is counted again. */
  invalidate(): void;
}

export function createHotCounts(db: DatabaseSyncInstance): HotCounts {
  const counts = new Map<number, HotCount>();
  let total = 0;
  let isCounted = false;

  function count(): void {
    const counted = ifReadable(countRows) ?? ifReadable(countByIndex) ?? countByDevice();
    counts.clear();
    total = 0;
    for (const { device, many, seq, since } of counted) set(device, { count: many, oldestSeq: seq, sinceMs: since });
    isCounted = true;
  }

  const countRows = (): Counted[] =>
    db
      .prepare(
        `SELECT first.device, first.many, first.seq, coalesce(hot.received_at, hot.at) AS since FROM (
           SELECT hot.device AS device, count(*) AS many, min(seq) AS seq
           FROM device JOIN hot ON hot.device = device.key AND hot.seq > device.sealed_seq GROUP BY hot.device
         ) AS first JOIN hot ON hot.seq = first.seq`,
      )
      .all() as unknown as Counted[];

  /** A page of rows is damaged: since when rows wait is unknown, so all are due. */
  const countByIndex = (): Counted[] =>
    db
      .prepare(
        `SELECT device, count(*) AS many, min(seq) AS seq, 0 AS since FROM hot INDEXED BY hot_by_instant
         WHERE seq > (SELECT sealed_seq FROM device WHERE key = hot.device) GROUP BY device`,
      )
      .all() as unknown as Counted[];

  /** A page of devices is damaged: all rows of its devices count, so that none is deleted. */
  function countByDevice(): Counted[] {
    const sealed = db.prepare("SELECT sealed_seq FROM device WHERE key = ?");
    const rows = db.prepare(
      "SELECT count(*) AS many, min(seq) AS seq FROM hot INDEXED BY hot_by_instant WHERE device = ? AND seq > ?",
    );
    const keys = db.prepare("SELECT key FROM device INDEXED BY sqlite_autoindex_device_1").all();
    return keys.flatMap((row): Counted[] => {
      const key = Number(row["key"]);
      const from = Number(ifReadable(() => sealed.get(key)?.["sealed_seq"]) ?? -1);
      const { many, seq } = rows.get(key, from) ?? {};
      return Number(many) > 0 ? [{ device: key, many: Number(many), seq: Number(seq), since: 0 }] : [];
    });
  }

  function set(key: number, left: HotCount | undefined): void {
    total += (left?.count ?? 0) - (counts.get(key)?.count ?? 0);
    if (left === undefined) counts.delete(key);
    else counts.set(key, left);
  }

  const counted = (): void => {
    if (!isCounted) count();
  };

  return {
    added: (key, seq, receivedAtMs) => {
      if (!isCounted) return;
      total++;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { count: 1, oldestSeq: seq, sinceMs: receivedAtMs });
      else known.count++;
    },
    set,
    devices: () => {
      counted();
      return counts;
    },
    total: () => {
      counted();
      return total;
    },
    invalidate: () => {
      isCounted = false;
    },
  };
}
