/** Knows how many hot rows of each device wait to be sealed, and since when. Runs in the writer's thread; writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";

export interface HotCount {
  count: number;
  oldestSeq: number;
  /** When its oldest was received. */
  sinceMs: number;
}

export interface HotLedger {
  added(key: number, seq: number, receivedAtMs: number): void;
  /** What is left of a device. */
  set(key: number, left: HotCount | undefined): void;
  /** By key. Counted from the rows at the first call, kept from then on. */
  devices(): ReadonlyMap<number, HotCount>;
  total(): number;
  /** Rows were changed behind its back. */
  forget(): void;
}

export function createHotLedger(db: DatabaseSyncInstance): HotLedger {
  const counts = new Map<number, HotCount>();
  let total = 0;
  let isCounted = false;

  function count(): void {
    const rows = db
      .prepare(
        `SELECT first.device, first.many, first.seq, coalesce(hot.received_at, hot.at) AS since FROM (
           SELECT hot.device AS device, count(*) AS many, min(seq) AS seq
           FROM device JOIN hot ON hot.device = device.key AND hot.seq > device.sealed_seq GROUP BY hot.device
         ) AS first JOIN hot ON hot.seq = first.seq`,
      )
      .all() as unknown as { device: number; many: number; seq: number; since: number }[];
    counts.clear();
    total = 0;
    for (const { device, many, seq, since } of rows) set(device, { count: many, oldestSeq: seq, sinceMs: since });
    isCounted = true;
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
    forget: () => {
      isCounted = false;
    },
  };
}
