/** Writes groups of messages, one transaction each, and stores every reading once. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { AttributeValue } from "../../../contract/readings.ts";
import { mergeAttributes } from "../../../core/devices/device-record.ts";
import { hasHash, noteNewest, redeliveryOf, sameBody, timedDuplicateOf } from "../../../core/model/identity.ts";
import { expiredRefusal, instantRefusal, type StoreRefusal } from "../../../core/model/store-refusal.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { createDamagedDevices } from "../db/damaged-devices.ts";
import { ifReadable, isDamage } from "../db/file-damage.ts";
import {
  countOf,
  DUPLICATE_MARK,
  type PackedBatch,
  type PackedOutcomes,
  REFUSED_MARK,
  type UnpackedDeviceWrite,
  type UnpackedWrite,
  unpackBatch,
  unpackPatch,
} from "../format/packed-batch.ts";
import { parseAttributes } from "../format/stored-text.ts";
import { compare } from "../read/each-reading.ts";
import type { SealedLookup } from "../read/sealed-lookup.ts";
import { DEVICE_DAMAGED, DeviceDamage, isOfTheWrite, refusalOf, refuseIf } from "./append-faults.ts";
import { contentHash, firstFreeSeq, prepareAppend } from "./append-statements.ts";
import type { DeviceCursor } from "./device-cursor.ts";
import type { HotCounts } from "./hot-counts.ts";
import { createJournalTable } from "./journal-table.ts";
import { createMatchedRows, type FoundRow, type MatchedRow, type MatchedRows } from "./matched-rows.ts";

export interface Appender {
  /** Throws with nothing written. `clockSteps`: `ClockSteps.recent`. `beside`: runs in the same transaction. */
  append(batch: PackedBatch, clockSteps: readonly number[], beside?: () => void): PackedOutcomes;
  /** Drops what is remembered of a device (all devices): it was deleted, or rows of it were deleted or sealed. */
  invalidate(key?: number): void;
}

export interface AppenderParts {
  readonly sealed: SealedLookup;
  readonly hotCounts: HotCounts;
  readonly note: NoteDamage;
}

export function createAppender(db: DatabaseSyncInstance, { sealed, hotCounts, note }: AppenderParts): Appender {
  const sql = prepareAppend(db);
  const journal = createJournalTable(db);
  const cursors = new Map<string, DeviceCursor>();
  const damaged = createDamagedDevices(note);
  let nextSeq = firstFreeSeq(db);
  let clockSteps: readonly number[] = [];

  /**
   * SQLite does not commit a transaction that has read a damaged page. The group begins again, without what
   * was found to be damaged.
   */
  function append(batch: PackedBatch, steps: readonly number[], beside?: () => void): PackedOutcomes {
    clockSteps = steps;
    const uncompared = new Set<string>();
    for (let tries = 0; ; ) {
      try {
        return appendOnce(batch, uncompared, beside);
      } catch (error) {
        const isOfDevice = error instanceof DeviceDamage;
        tries += isOfDevice ? 1 : MOST_TRIES / 8; // a damaged segment is remembered; other damage may be met again
        if ((!isOfDevice && !isDamage(error)) || tries >= MOST_TRIES) throw isOfDevice ? error.cause : error;
        findDamaged(batch);
        if (!isOfDevice) continue;
        if (error.of === "comparing") uncompared.add(error.deviceId);
        else damaged.add(error.deviceId, error.of);
      }
    }
  }

  /** Outside of a transaction, meeting damage has no consequence. */
  function findDamaged(batch: PackedBatch): void {
    for (const write of unpackBatch(batch)) {
      if (write.kind === "journal" || damaged.of(write.deviceId) === "device" || cursors.has(write.deviceId)) continue;
      if (ifReadable(() => ({ known: lookUp(write.deviceId) })) === undefined) damaged.add(write.deviceId, "device");
    }
  }

  function appendOnce(batch: PackedBatch, uncompared: ReadonlySet<string>, beside?: () => void): PackedOutcomes {
    const marks = new Float64Array(countOf(batch));
    const refusals: StoreRefusal[] = [];
    const firstSeq = nextSeq;
    sql.begin.run();
    try {
      const matched = createMatchedRows();
      let index = 0;
      for (const write of unpackBatch(batch)) marks[index++] = tryOne(write, { matched, uncompared }, refusals);
      beside?.();
      sql.commit.run();
      return { marks, refusals, lastSeq: nextSeq - 1 };
    } catch (error) {
      if (db.isTransaction) sql.rollback.run();
      // They refer to rows that were rolled back.
      cursors.clear();
      hotCounts.invalidate();
      // Never lower than before: saved states may refer to rows that were deleted since.
      nextSeq = Math.max(firstSeq, firstFreeSeq(db));
      throw error;
    }
  }

  /** A write that the table cannot hold does not fail the others: a failed statement changes nothing. */
  function tryOne(write: UnpackedWrite, group: Group, refusals: StoreRefusal[]): number {
    try {
      return writeOne(write, group);
    } catch (error) {
      if (!isOfTheWrite(error)) throw error;
      return REFUSED_MARK - (refusals.push(refusalOf(error)) - 1);
    }
  }

  function writeOne(write: UnpackedWrite, group: Group): number {
    if (write.kind === "journal") {
      journal.write(write.entry);
      return 0;
    }
    const isDamaged = damaged.of(write.deviceId);
    if (isDamaged === "device" || (isDamaged === "fields" && write.kind !== "reading"))
      refuseIf({ reason: DEVICE_DAMAGED });
    const cursor = cursors.get(write.deviceId) ?? ofDevice(write, "device", () => cursorOf(write));
    switch (write.kind) {
      case "reading":
        return writeReading(cursor, write, group);
      case "status":
        ofDevice(write, "fields", () => writeStatus(cursor, write));
        return 0;
      case "attributes":
        ofDevice(write, "fields", () => writeAttributes(cursor, write));
        return 0;
    }
  }

  function ofDevice<T>({ deviceId }: UnpackedDeviceWrite, of: DeviceDamage["of"], run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw isDamage(error) ? new DeviceDamage(deviceId, of, error) : error;
    }
  }

  function writeReading(cursor: DeviceCursor, write: UnpackedDeviceWrite, { matched, uncompared }: Group): number {
    refuseIf(expiredRefusal(write, cursor.rawSinceMs));
    matched.begin(write.message);
    // A reading cannot be compared with damaged ones: it is stored again rather than lost.
    const isCompared = !uncompared.has(write.deviceId);
    const duplicate = isCompared
      ? ofDevice(write, "comparing", () => findDuplicate(cursor, write, matched))
      : undefined;
    if (duplicate !== undefined) {
      matched.add(duplicate.atMs, duplicate.n);
      return DUPLICATE_MARK;
    }
    const n = ofDevice(write, "device", () => freeN(cursor, write));
    refuseIf(instantRefusal(write, n));
    const packet = write.timed ? undefined : write.packet;
    const receivedAt = write.receivedAtMs === write.atMs ? null : write.receivedAtMs;
    const { atMs, body } = write;
    const hash = hasHash(write.timed, n) ? contentHash(body) : null;
    if (packet === undefined) sql.insert.run(nextSeq, cursor.key, atMs, n, receivedAt, hash, body);
    else {
      const { id, clientId } = packet;
      sql.insertOfPacket.run(nextSeq, cursor.key, atMs, n, receivedAt, hash, id, clientId, write.element, body);
    }
    hotCounts.added(cursor.key, nextSeq, write.receivedAtMs);
    nextSeq++;
    noteNewest(cursor, atMs, n);
    matched.add(atMs, n);
    return n;
  }

  function findDuplicate(
    cursor: DeviceCursor,
    write: UnpackedDeviceWrite,
    matched: MatchedRows,
  ): MatchedRow | undefined {
    if (write.timed) {
      if (write.atMs > cursor.newestAtMs) return undefined;
      const at = [cursor.key, write.atMs];
      const rows = [
        ...sql.firstAtInstant.all(...at),
        ...sql.sameContent.all(...at, contentHash(write.body)),
        ...sql.untimed.all(...at),
      ] as unknown as FoundRow[];
      const free = rows.filter((row) => !matched.has(row.atMs, row.n));
      const found = timedDuplicateOf(write as Parameters<typeof timedDuplicateOf>[0], free) as FoundRow | undefined;
      return found ?? findSealed(cursor, write, matched);
    }
    if (write.n !== undefined) return findOfId(cursor, write, write.n);
    if (!write.packet?.dup) return undefined;
    const rows = sql.samePacket.all(cursor.key, write.packet.id) as unknown as FoundRow[];
    return redeliveryOf(write as Parameters<typeof redeliveryOf>[0], rows, clockSteps) as FoundRow | undefined;
  }

  /** For a reading that has an id from another store: it is a duplicate if the reading with that id has the same content. */
  function findOfId(cursor: DeviceCursor, { atMs, body }: UnpackedDeviceWrite, n: number): MatchedRow | undefined {
    if (atMs > cursor.newestAtMs) return undefined;
    const row = sql.isThere.get(cursor.key, atMs, n) as { body: string } | undefined;
    if (row !== undefined) return sameBody(row.body, body) ? { atMs, n } : undefined;
    return atMs <= cursor.sealedToMs && sealed.equal(cursor.key, atMs, body).includes(n) ? { atMs, n } : undefined;
  }

  function findSealed(
    cursor: DeviceCursor,
    { atMs, body }: UnpackedDeviceWrite,
    matched: MatchedRows,
  ): MatchedRow | undefined {
    if (atMs > cursor.sealedToMs) return undefined;
    const n = sealed.equal(cursor.key, atMs, body).find((each) => !matched.has(atMs, each));
    return n === undefined ? undefined : { atMs, n };
  }

  /** The n of its id if it has one and that is free; else the next n. */
  function freeN(cursor: DeviceCursor, { atMs, n }: UnpackedDeviceWrite): number {
    if (n !== undefined && isFree(cursor, atMs, n)) return n;
    if (atMs > cursor.newestAtMs) return 0;
    if (atMs === cursor.newestAtMs) return cursor.newestN + 1;
    const hot = Number(sql.greatestN.get(cursor.key, atMs)?.["n"] ?? -1);
    return Math.max(hot, atMs > cursor.sealedToMs ? -1 : sealed.greatestN(cursor.key, atMs)) + 1;
  }

  function isFree(cursor: DeviceCursor, atMs: number, n: number): boolean {
    if (atMs > cursor.newestAtMs) return true;
    if (sql.isThere.get(cursor.key, atMs, n) !== undefined) return false;
    return atMs > cursor.sealedToMs || !sealed.has(cursor.key, atMs, n);
  }

  function writeStatus({ key }: DeviceCursor, { flag, receivedAtMs }: UnpackedDeviceWrite): void {
    sql.status.run(Number(flag), receivedAtMs, flag === true ? receivedAtMs : 0, key);
  }

  function writeAttributes(cursor: DeviceCursor, write: UnpackedDeviceWrite): void {
    // Damaged attributes were reported at the start; new ones are stored nevertheless.
    const attributes =
      parseAttributes(sql.attributes.get(cursor.key)?.["attributes"]) ?? new Map<string, AttributeValue>();
    mergeAttributes(attributes, unpackPatch(write.body));
    const suspect = write.flag === undefined ? null : Number(write.flag);
    sql.setAttributes.run(JSON.stringify(Object.fromEntries(attributes)), suspect, write.receivedAtMs, cursor.key);
  }

  function cursorOf({ deviceId, receivedAtMs }: UnpackedDeviceWrite): DeviceCursor {
    const known = lookUp(deviceId);
    if (known !== undefined) return known;
    sql.addDevice.run(deviceId, receivedAtMs);
    const added = lookUp(deviceId);
    if (added === undefined) throw new Error(`the device ${deviceId} was added and is not there`);
    return added;
  }

  /** Reads only; undefined: there is no such device. */
  function lookUp(deviceId: string): DeviceCursor | undefined {
    const device = sql.device.get(deviceId);
    if (device === undefined) return undefined;
    const key = Number(device["key"]);
    const hot = sql.newest.get(key);
    const newestHot = { atMs: Number(hot?.["at"] ?? -1), n: Number(hot?.["n"] ?? 0) };
    const newestSealed = sealed.newest(key) ?? { atMs: -1, n: 0 };
    const newest = compare(newestSealed, newestHot) > 0 ? newestSealed : newestHot;
    const cursor = {
      key,
      newestAtMs: newest.atMs,
      newestN: newest.n,
      sealedToMs: newestSealed.atMs,
      rawSinceMs: Number(device["raw_since"]),
    };
    cursors.set(deviceId, cursor);
    return cursor;
  }

  return {
    append,
    invalidate: (key) => {
      if (key === undefined) damaged.clear();
      for (const [deviceId, cursor] of cursors) if ((key ?? cursor.key) === cursor.key) cursors.delete(deviceId);
    },
  };
}

/** Shared by the writes of one transaction. */
interface Group {
  readonly matched: MatchedRows;
  /** Devices whose new readings are not compared with stored ones. */
  readonly uncompared: ReadonlySet<string>;
}

/** If a group meets more damage, its sender tries it again; the damage found until then is remembered. */
const MOST_TRIES = 100;
