/**
 * Moves hot rows into segments: the oldest of a device at a time, in one transaction with the record that they were moved. Runs in
 * the writer's thread.
 */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { isInRedeliveryWindow } from "../../../core/model/identity.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import type { Damage } from "../db/damage-note.ts";
import { type DiskFault, diskFaultOf } from "../db/disk-fault.ts";
import { ifReadable } from "../db/file-damage.ts";
import { inTransaction } from "../db/transaction.ts";
import { cut, mergeRows, type SealRow } from "../format/merge-columns.ts";
import type { Columns } from "../format/segment-format.ts";
import { isInstant } from "../format/stored-text.ts";
import { compare } from "../read/each-reading.ts";
import { openSegment, type SegmentHead, segmentHeads } from "../read/history.ts";
import { createUnsealedRows, type UnsealedRow, type UnsealedRows } from "../read/unsealed-rows.ts";
import { deleteSegment, insertDamaged, insertSegment } from "../tables/segment-table.ts";
import type { HotCount, HotCounts } from "../write/hot-counts.ts";
import type { SealTime } from "./conditions.ts";

export interface Sealer {
  /** Seals some rows of a device that is due; the number of rows, 0: none is due. */
  step(time: SealTime): number;
  /** Seals some rows of this device now; 0: none, or those there are must wait. */
  seal(key: number, time: SealTime): number;
  /** Deletes some rows that are in segments; 0: there are none. */
  clear(): number;
  /** What the disk does not do for a device that is due. */
  diskFault(): DiskFault | undefined;
}

/** Two batches of this size make a segment. Fewer rows cost more work per reading; more would stay longer in rows of 300 bytes. */
const DUE_ROWS = 512;
/** A board that sends every five minutes has 72 rows by then, a small part of all its readings. */
const DUE_AFTER_MS = 6 * HOUR_MS;
/** A device that could not be sealed (its state is not saved, or its packets may be redelivered) is tried again after this. */
const AGAIN_AFTER_MS = 60_000;
/** A segment with this many readings is full; later readings begin another. */
const FULL = 720;
const STEP_ROWS = 512;
/** At least one of this many rows belongs to the device. */
const DENSE = 20;
/** Late readings may belong to many segments, and each must be rewritten. */
const STEP_SEGMENTS = 3;
/** Sealed rows are deleted in order, so the oldest unsealed row holds up all behind it. */
const MOST_HELD_UP = 50_000;
const CLEAR_ROWS = 500;

type Row = UnsealedRow & SealRow;

export interface SealerOptions {
  readonly db: DatabaseSyncInstance;
  readonly hotCounts: HotCounts;
  /** Readings of the device were moved. */
  readonly onSealed: (key: number) => void;
  readonly onDamage: (key: number, damage: Damage) => void;
}

export function createSealer({ db, hotCounts, onSealed, onDamage }: SealerOptions): Sealer {
  const sql = prepare(db);
  const { byIndex, bySeq } = createUnsealedRows(db);
  /** Devices that could not be sealed, and when. */
  const waiting = new Map<number, { atMs: number; stateSeq: number }>();
  /** Devices whose rows the disk failed when they were tried last. */
  const failed = new Map<number, DiskFault>();

  function step(time: SealTime): number {
    const { nowMs } = time;
    const stateSeq = readStateSeq();
    const heldUp = oldestHoldingUp();
    let fault: unknown;
    for (const [key, hot] of failedFirst()) {
      const isDue = hot.count >= DUE_ROWS || Math.abs(nowMs - hot.sinceMs) >= DUE_AFTER_MS || key === heldUp;
      if (!isDue || isWaiting(key, nowMs, stateSeq)) continue;
      try {
        const sealed = seal(key, time);
        failed.delete(key);
        if (sealed > 0) return sealed;
      } catch (error) {
        // One device cannot stop the others. One that the disk fails is tried again in the next step.
        const ofDisk = diskFaultOf(error);
        if (ofDisk !== undefined) failed.set(key, ofDisk);
        if (ofDisk !== undefined) continue;
        fault ??= error;
      }
      waiting.set(key, { atMs: nowMs, stateSeq });
    }
    if (fault !== undefined) throw fault;
    return 0;
  }

  function* failedFirst(): Generator<[number, HotCount]> {
    const devices = hotCounts.devices();
    for (const key of [...failed.keys()]) {
      const hot = devices.get(key);
      if (hot === undefined) failed.delete(key);
      else yield [key, hot];
    }
    for (const [key, hot] of devices) if (!failed.has(key)) yield [key, hot];
  }

  function isWaiting(key: number, nowMs: number, stateSeq: number): boolean {
    const since = waiting.get(key);
    if (since === undefined) return false;
    if (since.stateSeq === stateSeq && Math.abs(nowMs - since.atMs) < AGAIN_AFTER_MS) return true;
    waiting.delete(key);
    return false;
  }

  /** The device whose oldest row keeps many sealed ones from being deleted. */
  function oldestHoldingUp(): number | undefined {
    const first = Number(sql.firstSeq.get()?.["seq"] ?? 0);
    const last = Number(sql.lastSeq.get()?.["seq"] ?? 0);
    if (last - first < MOST_HELD_UP || last - first < 4 * hotCounts.total()) return undefined;
    let oldest: number | undefined;
    let oldestSeq = Number.POSITIVE_INFINITY;
    for (const [key, hot] of hotCounts.devices()) {
      if (hot.oldestSeq >= oldestSeq) continue;
      oldest = key;
      oldestSeq = hot.oldestSeq;
    }
    return oldest;
  }

  const readStateSeq = (): number => Number(sql.stateSeq.get()?.["value"] ?? 0);

  function seal(key: number, time: SealTime): number {
    const device = sql.device.get(key);
    const hot = hotCounts.devices().get(key);
    if (device === undefined || hot === undefined) {
      hotCounts.set(key, undefined);
      waiting.delete(key);
      return 0;
    }
    const scan = isDense(hot) ? bySeq : byIndex;
    // One more than a step moves: it is the first of those that remain.
    const from = Math.max(Number(device["sealed_seq"]) + 1, hot.oldestSeq);
    const unsealed = scan.seqs(key, from, STEP_ROWS + 1);
    const rows = movable(key, unsealed.slice(0, STEP_ROWS), time, scan.rows);
    const groups = readable(key, rows.filter(isWhole));
    const moved = firstWith(
      rows,
      groups.reduce((sum, group) => sum + group.rows.length, 0),
    );
    if (moved.length === 0) return 0;
    const damaged = moved.filter((row) => !isWhole(row));
    inTransaction(db, () => {
      for (const group of groups) writeGroup(key, group);
      for (const row of damaged) insertDamaged(db, key, row, row.body);
      sql.setSealed.run(moved.at(-1)?.seq ?? 0, key);
    });
    for (const { atMs } of damaged)
      onDamage(key, { fromMs: atMs, toMs: atMs, reason: "damaged before it was compressed" });
    hotCounts.set(key, leftOf(hot.count - moved.length, unsealed[moved.length]));
    onSealed(key);
    return moved.length;
  }

  /** The oldest rows, up to the first one that a redelivery or the next start may still need. */
  function movable(
    key: number,
    unsealed: readonly number[],
    { nowMs, clockSteps }: SealTime,
    select: UnsealedRows["rows"],
  ): UnsealedRow[] {
    const first = unsealed[0] ?? 0;
    const last = Math.min(unsealed.at(-1) ?? 0, readStateSeq());
    const rows = select(key, first, last);
    const held = rows.findIndex(
      ({ hasPacket, receivedAtMs }) => hasPacket && isInRedeliveryWindow(nowMs - receivedAtMs, clockSteps),
    );
    return held < 0 ? rows : rows.slice(0, held);
  }

  function leftOf(count: number, oldestSeq: number | undefined): HotCount | undefined {
    if (oldestSeq === undefined) return undefined;
    const received = ifReadable(() => sql.received.get(oldestSeq)?.["received"]);
    return { count, oldestSeq, sinceMs: isInstant(received) ? received : 0 };
  }

  /** Many of the rows behind its oldest belong to the device: reading them in order is faster than by the index. */
  const isDense = ({ oldestSeq, count }: HotCount): boolean =>
    Number(sql.lastSeq.get()?.["seq"] ?? 0) - oldestSeq < DENSE * count;

  /** Groups with the columns of their segments. A damaged segment is marked, stays unchanged, and nothing is merged with it. */
  function readable(key: number, rows: readonly Row[]): (Group & { readonly before: Columns | undefined })[] {
    for (;;) {
      const groups = groupBySegment(db, key, rows).map((group) => ({
        ...group,
        before: group.head === undefined ? undefined : openSegment(db, group.head, () => {})?.columns(),
      }));
      const damaged = groups.find(({ head, before }) => head !== undefined && before === undefined)?.head;
      if (damaged === undefined) return groups;
      inTransaction(db, () => void sql.noteDamaged.run(damaged.id));
    }
  }

  function writeGroup(key: number, { head, rows, before }: Group & { readonly before: Columns | undefined }): void {
    const parts = cut(mergeRows(before, rows), FULL);
    if (head !== undefined) deleteSegment(db, head.id);
    for (const [index, part] of parts.entries()) {
      const isNewest =
        index === parts.length - 1 && sql.isBehind.get(key, part.at[0] ?? 0, part.n[0] ?? 0) === undefined;
      insertSegment(db, key, part, isNewest && part.at.length < FULL);
    }
    sql.markDue.run(key, startOf(rows[0]?.atMs ?? 0, DAY_MS));
  }

  function clear(): number {
    let before = Number(sql.lastSeq.get()?.["seq"] ?? 0) + 1;
    for (const { oldestSeq } of hotCounts.devices().values()) if (oldestSeq < before) before = oldestSeq;
    const first = Number(sql.firstSeq.get()?.["seq"] ?? before);
    if (before - first < CLEAR_ROWS) return 0;
    const until = Math.min(before, first + CLEAR_ROWS);
    let cleared = 0;
    inTransaction(db, () => {
      cleared = Number(sql.clear.run(until).changes);
    });
    return cleared;
  }

  return { step, seal, clear, diskFault: () => [...failed.values()][0] };
}

interface Group {
  /** The segment that the rows are merged into; undefined: a new one. */
  readonly head: SegmentHead | undefined;
  readonly rows: Row[];
}

/** The first rows that belong to few segments, by segment. */
function groupBySegment(db: DatabaseSyncInstance, key: number, rows: readonly Row[]): Group[] {
  const groups = new Map<string, Group>();
  const headsOfDay = new Map<number, SegmentHead[]>();
  for (const row of rows) {
    const day = startOf(row.atMs, DAY_MS);
    let heads = headsOfDay.get(day);
    if (heads === undefined) {
      heads = segmentHeads(db, key, { fromMs: day, toMs: day + DAY_MS }).filter(({ count }) => count > 0);
      headsOfDay.set(day, heads);
    }
    const { head, name } = segmentFor(heads, row, day);
    const known = groups.get(name);
    if (known !== undefined) known.rows.push(row);
    else if (groups.size === STEP_SEGMENTS) break;
    else groups.set(name, { head, rows: [row] });
  }
  // Ascending: the segment that still grows is the newest, and gets another id when a segment begins behind it.
  return [...groups.values()].sort((a, b) => startOfGroup(a) - startOfGroup(b));
}

const startOfGroup = ({ head, rows }: Group): number =>
  rows.reduce((least, { atMs }) => Math.min(least, atMs), head?.fromAt ?? Number.POSITIVE_INFINITY);

/** The segment whose range holds the position; behind a full segment a new one; before the first segment of a day the first. */
function segmentFor(
  heads: readonly SegmentHead[],
  row: ReadingPosition,
  day: number,
): { head: SegmentHead | undefined; name: string } {
  const before = heads.findLast((head) => compare({ atMs: head.fromAt, n: head.fromN }, row) < 0);
  if (before === undefined) {
    const [first] = heads;
    return first === undefined || first.count >= FULL
      ? { head: undefined, name: `before ${day}` }
      : { head: first, name: String(first.id) };
  }
  return row.atMs > before.toAt && before.count >= FULL
    ? { head: undefined, name: `behind ${before.id}` }
    : { head: before, name: String(before.id) };
}

const isWhole = (row: UnsealedRow): row is Row => row.metrics !== undefined;

/** The first rows with this many intact ones, and the damaged ones before the next intact one. */
function firstWith(rows: readonly UnsealedRow[], whole: number): readonly UnsealedRow[] {
  let left = whole;
  const end = rows.findIndex((row) => isWhole(row) && left-- === 0);
  return end < 0 ? rows : rows.slice(0, end);
}

function prepare(db: DatabaseSyncInstance) {
  return {
    stateSeq: db.prepare("SELECT value FROM meta WHERE key = 'state_seq'"),
    firstSeq: db.prepare("SELECT min(seq) AS seq FROM hot"),
    lastSeq: db.prepare("SELECT max(seq) AS seq FROM hot"),
    device: db.prepare("SELECT sealed_seq FROM device WHERE key = ?"),
    received: db.prepare("SELECT coalesce(received_at, at) AS received FROM hot WHERE seq = ?"),
    setSealed: db.prepare("UPDATE device SET sealed_seq = ? WHERE key = ?"),
    isBehind: db.prepare("SELECT 1 FROM segment WHERE device = ? AND (from_at, from_n) > (?, ?) LIMIT 1"),
    noteDamaged: db.prepare("UPDATE segment SET count = 0 WHERE id = ?"),
    markDue: db.prepare("INSERT OR IGNORE INTO rollup_due (device, day) VALUES (?, ?)"),
    clear: db.prepare("DELETE FROM hot WHERE seq < ?"),
  };
}
