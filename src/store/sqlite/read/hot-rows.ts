/**
 * Reads hot rows of one device in order. A damaged row is left out and reported; if a page is damaged, the other rows are found one
 * by one. Reads in its caller's transaction.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Metrics } from "../../../contract/readings.ts";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { ifReadable, isDamage } from "../db/file-damage.ts";
import { prepared } from "../db/prepared.ts";
import { isInstant, parseMetrics } from "../format/stored-text.ts";
import type { DeviceHistory, OnDamage, Range } from "./history.ts";

export interface HotRow extends ReadingPosition {
  readonly receivedAtMs: number;
  /** JSON text of one object. */
  readonly body: string;
  readonly metrics: Metrics;
}

export interface HotQuery extends Range {
  readonly order: "asc" | "desc";
  /** Begin behind this position. */
  readonly behind?: ReadingPosition | undefined;
}

/** As read from the table, not checked yet. */
export interface RawRow extends ReadingPosition {
  readonly receivedAtMs: number;
  readonly body: string;
}

/** Rows of the range that are in no segment, by (instant, n). */
export function* hotRows(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: HotQuery,
  onDamage: OnDamage,
): Generator<HotRow> {
  let last = query.behind;
  try {
    for (const row of select(
      db,
      device,
      { ...query, behind: last },
      "coalesce(received_at, at) AS receivedAtMs, body",
    )) {
      const checked = checkedRow(row as unknown as RawRow, onDamage);
      last = row;
      if (checked !== undefined) yield checked;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield* rowByRow(db, device, { ...query, behind: last }, onDamage);
  }
}

/** Undefined: it is damaged, and was reported. */
export function checkedRow(row: RawRow, onDamage: OnDamage): HotRow | undefined {
  const { atMs, n, receivedAtMs, body } = row;
  const metrics = isInstant(atMs) && isInstant(receivedAtMs) && isInstant(n) ? parseMetrics(body) : undefined;
  if (metrics !== undefined) return { atMs, n, receivedAtMs, body, metrics };
  nameRow(row, onDamage);
  return undefined;
}

function nameRow(
  { atMs }: ReadingPosition,
  onDamage: OnDamage,
  reason = "a reading that is not compressed yet is damaged",
): void {
  const at = isInstant(atMs) ? atMs : 0;
  onDamage({ fromMs: at, toMs: at }, reason);
}

/** Takes the rows from the index and reads each alone. If the index is damaged too, the rest of the range counts as damaged. */
function* rowByRow(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: HotQuery,
  onDamage: OnDamage,
): Generator<HotRow> {
  const one = prepared(db, "SELECT coalesce(received_at, at) AS receivedAtMs, body FROM hot WHERE seq = ?");
  let position = query.behind;
  try {
    for (const { seq, atMs, n } of select(db, device, query, "seq") as Iterable<ReadingPosition & { seq: number }>) {
      position = { atMs, n };
      const row = ifReadable(() => one.get(seq));
      if (row === undefined) nameRow(position, onDamage);
      else {
        const checked = checkedRow(
          { ...position, ...(row as unknown as Omit<RawRow, keyof ReadingPosition>) },
          onDamage,
        );
        if (checked !== undefined) yield checked;
      }
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    const { fromMs, toMs, order } = query;
    const rest =
      order === "asc"
        ? { fromMs: position?.atMs ?? fromMs, toMs: toMs - 1 }
        : { fromMs, toMs: position?.atMs ?? toMs - 1 };
    onDamage(rest, "the index of readings that are not compressed yet is damaged");
  }
}

function select(
  db: DatabaseSyncInstance,
  { key, sealedSeq }: DeviceHistory,
  { fromMs, toMs, order, behind }: HotQuery,
  columns: string,
): Iterable<ReadingPosition> {
  const [beyond, direction] = order === "asc" ? [">", "ASC"] : ["<", "DESC"];
  const position = behind === undefined ? [] : [behind.atMs, behind.n];
  // The position is also a bound of the instant, so that the index finds it: by the pair alone, all rows before it would be read.
  const from = behind === undefined || order === "desc" ? fromMs : Math.max(fromMs, behind.atMs);
  const to = behind === undefined || order === "asc" ? toMs : Math.min(toMs, behind.atMs + 1);
  return db
    .prepare(
      `SELECT at AS atMs, n, ${columns} FROM hot INDEXED BY hot_by_instant
       WHERE device = ? AND at >= ? AND at < ? ${behind === undefined ? "" : `AND (at, n) ${beyond} (?, ?)`} AND seq > ?
       ORDER BY at ${direction}, n ${direction}`,
    )
    .iterate(key, from, to, ...position, sealedSeq) as unknown as Iterable<ReadingPosition>;
}
