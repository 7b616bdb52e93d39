/** Finds the stored data of one device: hot rows, segments, rollups. Each caller reads in one transaction. */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Span } from "../../../core/ports/history.ts";
import { isDamage, primaryCode } from "../db/file-damage.ts";
import { prepared } from "../db/prepared.ts";
import { type Block, blockMs, decodeBlock, LEVELS, type Level } from "../format/rollup-format.ts";
import { SegmentError } from "../format/sealed-bytes.ts";
import { Segment } from "../format/segment-format.ts";
import { type RowParts, readParts } from "../tables/row-parts.ts";
import { segmentParts } from "../tables/segment-table.ts";

export interface DeviceHistory {
  readonly key: number;
  /** Its hot rows up to this one are in segments. */
  readonly sealedSeq: number;
  /** Raw readings before it are deleted. */
  readonly rawSinceMs: number;
  readonly hoursSinceMs: number;
}

export function historyOf(db: DatabaseSyncInstance, deviceId: string): DeviceHistory | undefined {
  const row = prepared(db, "SELECT key, sealed_seq, raw_since, hours_since FROM device WHERE device_id = ?").get(
    deviceId,
  );
  return row === undefined ? undefined : fromRow(row);
}

export function historyOfKey(db: DatabaseSyncInstance, key: number): DeviceHistory | undefined {
  const row = prepared(db, "SELECT key, sealed_seq, raw_since, hours_since FROM device WHERE key = ?").get(key);
  return row === undefined ? undefined : fromRow(row);
}

const fromRow = (row: Record<string, unknown>): DeviceHistory => ({
  key: Number(row["key"]),
  sealedSeq: Number(row["sealed_seq"]),
  rawSinceMs: Number(row["raw_since"]),
  hoursSinceMs: Number(row["hours_since"]),
});

/** All reads of `run` see one snapshot: if rows were sealed between two of them, a reading could appear twice or not at all. */
export function inSnapshot<T>(db: DatabaseSyncInstance, run: () => T): T {
  db.exec("BEGIN");
  try {
    return run();
  } finally {
    if (db.isTransaction) db.exec("COMMIT");
  }
}

export interface SegmentHead {
  readonly id: number;
  readonly fromAt: number;
  readonly fromN: number;
  readonly toAt: number;
  readonly count: number;
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All segments that may have an instant in the range, ascending. No segment spans two UTC days. */
export function segmentHeads(db: DatabaseSyncInstance, key: number, { fromMs, toMs }: Range): SegmentHead[] {
  return prepared(
    db,
    `SELECT id, from_at AS fromAt, from_n AS fromN, to_at AS toAt, count FROM segment INDEXED BY segment_by_instant
     WHERE device = ? AND from_at >= ? AND from_at < ? AND to_at >= ? ORDER BY from_at, from_n, id`,
  ).all(key, startOf(fromMs, DAY_MS), toMs, fromMs) as unknown as SegmentHead[];
}

/** Heads read at a time: a page of readings needs few of them. */
const HEADS = 32;

/** The same, lazily and in either order, for callers that may stop before the end. */
export function* eachHead(
  db: DatabaseSyncInstance,
  key: number,
  { fromMs, toMs }: Range,
  order: "asc" | "desc",
): Generator<SegmentHead> {
  const [beyond, direction] = order === "asc" ? [">", "ASC"] : ["<", "DESC"];
  const list = ["from_at", "from_n", "to_at", "count", "id"]; // as the index has them
  const statement = prepared(
    db,
    `SELECT id, from_at AS fromAt, from_n AS fromN, to_at AS toAt, count FROM segment INDEXED BY segment_by_instant
     WHERE device = ? AND from_at >= ? AND from_at < ? AND to_at >= ? AND (${list.join(", ")}) ${beyond} (?, ?, ?, ?, ?)
     ORDER BY ${list.map((column) => `${column} ${direction}`).join(", ")} LIMIT ${HEADS}`,
  );
  const edge = order === "asc" ? -1 : Number.MAX_SAFE_INTEGER;
  let behind: SegmentHead = { fromAt: edge, fromN: edge, toAt: edge, count: edge, id: edge };
  for (;;) {
    const { fromAt, fromN, toAt, count, id } = behind;
    // The position is also a bound of the range: by the row comparison alone, SQLite would read everything before it each time.
    const heads = statement.all(
      key,
      order === "asc" ? Math.max(startOf(fromMs, DAY_MS), fromAt) : startOf(fromMs, DAY_MS),
      order === "asc" ? toMs : Math.min(toMs, fromAt + 1),
      fromMs,
      fromAt,
      fromN,
      toAt,
      count,
      id,
    ) as unknown as SegmentHead[];
    yield* heads;
    const last = heads.at(-1);
    if (last === undefined || heads.length < HEADS) return;
    behind = last;
  }
}

/** Called for what cannot be read. */
export type OnDamage = (span: Span, reason: string) => void;

/** Undefined: it is damaged, and was reported. */
export function openSegment(db: DatabaseSyncInstance, head: SegmentHead, onDamage: OnDamage): Segment | undefined {
  try {
    return new Segment(readParts(db, "segment_piece", segmentParts(db, head.id)));
  } catch (error) {
    if (!(error instanceof SegmentError || isDamage(error))) throw error;
    onDamage({ fromMs: head.fromAt, toMs: head.toAt }, (error as Error).message);
    return undefined;
  }
}

interface BlockHead extends RowParts {
  readonly startMs: number;
}

export interface StoredBlock {
  readonly startMs: number;
  /** Undefined: it is damaged, and was reported. */
  readonly block: Block | undefined;
}

/** The hours or days that overlap the range, block by block, ascending. `metrics`: those to decode; undefined: all. */
export function* rollupBlocks(
  db: DatabaseSyncInstance,
  key: number,
  level: Level,
  { fromMs, toMs }: Range,
  onDamage: OnDamage,
  metrics?: readonly string[],
): Generator<StoredBlock> {
  const width = blockMs(level);
  const heads = prepared(
    db,
    `SELECT start_at AS startMs, piece AS firstPart, bytes FROM rollup
     WHERE device = ? AND level = ? AND start_at >= ? AND start_at < ? ORDER BY start_at`,
  ).all(key, LEVELS[level].level, startOf(fromMs, width), toMs) as unknown as BlockHead[];
  for (const head of heads) yield { startMs: head.startMs, block: openBlock(db, head, level, onDamage, metrics) };
}

function openBlock(
  db: DatabaseSyncInstance,
  head: BlockHead,
  level: Level,
  onDamage: OnDamage,
  metrics: readonly string[] | undefined,
): Block | undefined {
  try {
    return decodeBlock(readParts(db, "rollup_piece", head), level, metrics);
  } catch (error) {
    // Bytes that were read and cannot be understood; not a disk that fails.
    if (primaryCode(error) !== undefined && !isDamage(error)) throw error;
    const { startMs } = head;
    onDamage({ fromMs: startMs, toMs: startMs + blockMs(level) - 1 }, `${level}s ${(error as Error).message}`);
    return undefined;
  }
}

/** Beginnings of the UTC days in the range whose segments changed since they were rolled up. */
export function dueDays(db: DatabaseSyncInstance, key: number, { fromMs, toMs }: Range): Set<number> {
  const rows = prepared(db, "SELECT day FROM rollup_due WHERE device = ? AND day >= ? AND day < ?").all(
    key,
    startOf(fromMs, DAY_MS),
    toMs,
  );
  return new Set(rows.map((row) => Number(row["day"])));
}
