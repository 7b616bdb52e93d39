/** Writes groups of messages in one transaction each, every reading once. Runs in the writer's thread; opens no file. */
import { createHash } from "node:crypto";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { AttributeValue } from "../../contract/readings.ts";
import { mergeAttributes } from "../../core/device-record.ts";
import { forgottenReason } from "../../core/forgotten.ts";
import { canonicalBody, redeliveryOf, type Stored, sameBody, timedDuplicateOf } from "../../core/identity.ts";
import { type Claims, createClaims } from "./claims.ts";
import { compare } from "./each-reading.ts";
import { ifReadable, primaryCode } from "./file-damage.ts";
import type { HotLedger } from "./hot-ledger.ts";
import { createJournalTable } from "./journal-table.ts";
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
} from "./packed-batch.ts";
import type { SealedLookup } from "./sealed-lookup.ts";
import { parseAttributes } from "./stored-text.ts";

/** What the thread remembers of a device, so that a reading newer than all before needs no look-up. */
interface DeviceCursor {
  readonly key: number;
  newestAtMs: number;
  newestN: number;
  /** Sealed readings lie up to here. */
  sealedToMs: number;
  /** Raw readings before it are forgotten. */
  readonly rawSinceMs: number;
}

export interface Appender {
  /** Throws with nothing written. `beside`: runs in the same transaction. */
  append(batch: PackedBatch, beside?: () => void): PackedOutcomes;
  /** What is known of a device (all devices) is to be looked up again: it is gone, or rows of it are gone or sealed. */
  forget(key?: number): void;
}

export interface AppenderParts {
  readonly sealed: SealedLookup;
  readonly ledger: HotLedger;
}

export function createAppender(db: DatabaseSyncInstance, { sealed, ledger }: AppenderParts): Appender {
  const sql = prepare(db);
  const journal = createJournalTable(db);
  const cursors = new Map<string, DeviceCursor>();
  let nextSeq = firstFreeSeq(db);

  function append(batch: PackedBatch, beside?: () => void): PackedOutcomes {
    const marks = new Float64Array(countOf(batch));
    const reasons: string[] = [];
    const firstSeq = nextSeq;
    sql.begin.run();
    try {
      const claims = createClaims();
      let index = 0;
      for (const write of unpackBatch(batch)) marks[index++] = tryOne(write, claims, reasons);
      beside?.();
      sql.commit.run();
      return { marks, reasons, lastSeq: nextSeq - 1 };
    } catch (error) {
      if (db.isTransaction) sql.rollback.run();
      // They know of rows that are gone again.
      cursors.clear();
      ledger.forget();
      // Never lower than before: states that are saved may know of rows that were deleted since.
      nextSeq = Math.max(firstSeq, firstFreeSeq(db));
      throw error;
    }
  }

  /** One write that the table cannot hold does not take the others along: a failed statement leaves nothing behind. */
  function tryOne(write: UnpackedWrite, claims: Claims, reasons: string[]): number {
    try {
      return writeOne(write, claims);
    } catch (error) {
      if (!isOfTheWrite(error)) throw error;
      return REFUSED_MARK - (reasons.push((error as Error).message) - 1);
    }
  }

  function writeOne(write: UnpackedWrite, claims: Claims): number {
    if (write.kind === "journal") {
      journal.write(write.entry);
      return 0;
    }
    const cursor = cursorOf(write);
    switch (write.kind) {
      case "reading":
        return writeReading(cursor, write, claims);
      case "status":
        sql.status.run(
          Number(write.flag),
          write.receivedAtMs,
          write.flag === true ? write.receivedAtMs : 0,
          cursor.key,
        );
        return 0;
      case "attributes":
        writeAttributes(cursor, write);
        return 0;
    }
  }

  function writeReading(cursor: DeviceCursor, write: UnpackedDeviceWrite, claims: Claims): number {
    // One without an instant of its own comes now, whatever the clock says of now.
    if (write.timed && write.atMs < cursor.rawSinceMs) throw new Refusal(forgottenReason(cursor.rawSinceMs));
    claims.begin(write.message);
    // What damage hides cannot be compared with: it is stored again rather than lost.
    const duplicate = ifReadable(() => findDuplicate(cursor, write, claims));
    if (duplicate !== undefined) {
      claims.add(duplicate.atMs, duplicate.n);
      return DUPLICATE_MARK;
    }
    const n = placeOf(cursor, write);
    if (write.timed && n >= MOST_OF_ONE_INSTANT) throw new Refusal(STANDS_STILL);
    const packet = write.timed ? undefined : write.packet;
    const receivedAt = write.receivedAtMs === write.atMs ? null : write.receivedAtMs;
    const { atMs, body } = write;
    // Without an instant of its own, few readings share one: they are compared in full.
    const hash = n === 0 || !write.timed ? null : contentHash(body);
    if (packet === undefined) sql.insert.run(nextSeq, cursor.key, atMs, n, receivedAt, hash, body);
    else {
      const { id, clientId } = packet;
      sql.insertOfPacket.run(nextSeq, cursor.key, atMs, n, receivedAt, hash, id, clientId, write.element, body);
    }
    ledger.added(cursor.key, nextSeq, write.receivedAtMs);
    nextSeq++;
    if (atMs > cursor.newestAtMs) {
      cursor.newestAtMs = atMs;
      cursor.newestN = n;
    } else if (atMs === cursor.newestAtMs && n > cursor.newestN) cursor.newestN = n;
    claims.add(atMs, n);
    return n;
  }

  function findDuplicate(cursor: DeviceCursor, write: UnpackedDeviceWrite, claims: Claims): Taken | undefined {
    if (write.timed) {
      if (write.atMs > cursor.newestAtMs) return undefined;
      const at = [cursor.key, write.atMs];
      const rows = [
        ...sql.firstAtInstant.all(...at),
        ...sql.sameContent.all(...at, contentHash(write.body)),
        ...sql.untimed.all(...at),
      ] as unknown as Found[];
      const free = rows.filter((row) => !claims.has(row.atMs, row.n));
      const found = timedDuplicateOf(write as Parameters<typeof timedDuplicateOf>[0], free) as Found | undefined;
      return found ?? findSealed(cursor, write, claims);
    }
    if (write.n !== undefined) return findOfId(cursor, write, write.n);
    if (!write.packet?.dup) return undefined;
    const rows = sql.samePacket.all(cursor.key, write.packet.id) as unknown as Found[];
    return redeliveryOf(write as Parameters<typeof redeliveryOf>[0], rows) as Found | undefined;
  }

  /** One that had an id in another store: it is there already where that id says the same. */
  function findOfId(cursor: DeviceCursor, { atMs, body }: UnpackedDeviceWrite, n: number): Taken | undefined {
    if (atMs > cursor.newestAtMs) return undefined;
    const row = sql.isThere.get(cursor.key, atMs, n) as { body: string } | undefined;
    if (row !== undefined) return sameBody(row.body, body) ? { atMs, n } : undefined;
    return atMs <= cursor.sealedToMs && sealed.equal(cursor.key, atMs, body).includes(n) ? { atMs, n } : undefined;
  }

  function findSealed(cursor: DeviceCursor, { atMs, body }: UnpackedDeviceWrite, claims: Claims): Taken | undefined {
    if (atMs > cursor.sealedToMs) return undefined;
    const n = sealed.equal(cursor.key, atMs, body).find((place) => !claims.has(atMs, place));
    return n === undefined ? undefined : { atMs, n };
  }

  /** The one that its id says, where it had one and that is free; else the next. */
  function placeOf(cursor: DeviceCursor, { atMs, n }: UnpackedDeviceWrite): number {
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

  function writeAttributes(cursor: DeviceCursor, write: UnpackedDeviceWrite): void {
    // What is damaged was named at the start; what comes now is kept all the same.
    const attributes =
      parseAttributes(sql.attributes.get(cursor.key)?.["attributes"]) ?? new Map<string, AttributeValue>();
    mergeAttributes(attributes, unpackPatch(write.body));
    const suspect = write.flag === undefined ? null : Number(write.flag);
    sql.setAttributes.run(JSON.stringify(Object.fromEntries(attributes)), suspect, write.receivedAtMs, cursor.key);
  }

  function cursorOf(write: UnpackedDeviceWrite): DeviceCursor {
    const known = cursors.get(write.deviceId);
    if (known !== undefined) return known;
    sql.addDevice.run(write.deviceId, write.receivedAtMs);
    const device = sql.device.get(write.deviceId);
    const key = Number(device?.["key"]);
    const hot = sql.newest.get(key);
    const newestHot = { atMs: Number(hot?.["at"] ?? -1), n: Number(hot?.["n"] ?? 0) };
    const newestSealed = sealed.newest(key) ?? { atMs: -1, n: 0 };
    const newest = compare(newestSealed, newestHot) > 0 ? newestSealed : newestHot;
    const cursor = {
      key,
      newestAtMs: newest.atMs,
      newestN: newest.n,
      sealedToMs: newestSealed.atMs,
      rawSinceMs: Number(device?.["raw_since"]),
    };
    cursors.set(write.deviceId, cursor);
    return cursor;
  }

  return {
    append,
    forget: (key) => {
      if (key === undefined) return cursors.clear();
      for (const [deviceId, cursor] of cursors) if (cursor.key === key) cursors.delete(deviceId);
    },
  };
}

/** A reading that is not to be stored, in words for its owner. */
class Refusal extends Error {}

/** Each further one is compared with all of its instant: a board whose clock stands still would slow all others down. */
const MOST_OF_ONE_INSTANT = 10_000;
const STANDS_STILL = `Its device has given ${MOST_OF_ONE_INSTANT} readings one instant: its clock stands still. Set it, or send no timestamp`;

/** CONSTRAINT, TOOBIG, MISMATCH, RANGE. */
const OF_THE_WRITE = new Set([19, 18, 20, 25]);

function isOfTheWrite(error: unknown): boolean {
  return error instanceof Refusal || OF_THE_WRITE.has(primaryCode(error) ?? 0);
}

type Found = Stored & { readonly atMs: number };

/** The row that a duplicate is a copy of. */
type Taken = Pick<Found, "atMs" | "n">;

/** Behind all rows that are or were: saved states know of rows by their seq, also of deleted ones. */
function firstFreeSeq(db: DatabaseSyncInstance): number {
  const sql = `SELECT max(coalesce((SELECT max(seq) FROM hot), 0),
                          coalesce((SELECT value FROM meta WHERE key = 'state_seq'), 0)) AS seq`;
  return Number(db.prepare(sql).get()?.["seq"]) + 1;
}

/** 48 bits: rows of one hash are compared in full. */
const contentHash = (body: string): number =>
  createHash("sha256").update(canonicalBody(body)).digest().readUIntBE(0, 6);

const FOUND = "at AS atMs, n, coalesce(received_at, at) AS receivedAtMs, body, element, client AS clientId";

/** Left to itself, SQLite would look through all of an instant in the order of n. */
const BY_CONTENT = "hot INDEXED BY hot_by_content";

function prepare(db: DatabaseSyncInstance) {
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    rollback: db.prepare("ROLLBACK"),
    insert: db.prepare("INSERT INTO hot (seq, device, at, n, received_at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    insertOfPacket: db.prepare(
      "INSERT INTO hot (seq, device, at, n, received_at, hash, packet, client, element, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    firstAtInstant: db.prepare(`SELECT ${FOUND} FROM hot WHERE device = ? AND at = ? AND n = 0`),
    sameContent: db.prepare(
      `SELECT ${FOUND} FROM ${BY_CONTENT} WHERE device = ? AND at = ? AND hash = ? AND n > 0 ORDER BY n`,
    ),
    untimed: db.prepare(
      `SELECT ${FOUND} FROM ${BY_CONTENT} WHERE device = ? AND at = ? AND hash IS NULL AND n > 0 ORDER BY n`,
    ),
    samePacket: db.prepare(`SELECT ${FOUND} FROM hot WHERE device = ? AND packet = ? ORDER BY seq DESC`),
    greatestN: db.prepare("SELECT max(n) AS n FROM hot WHERE device = ? AND at = ?"),
    newest: db.prepare("SELECT at, n FROM hot WHERE device = ? ORDER BY at DESC, n DESC LIMIT 1"),
    addDevice: db.prepare("INSERT OR IGNORE INTO device (device_id, heard_at) VALUES (?, ?)"),
    isThere: db.prepare("SELECT body FROM hot WHERE device = ? AND at = ? AND n = ?"),
    device: db.prepare("SELECT key, raw_since FROM device WHERE device_id = ?"),
    attributes: db.prepare("SELECT attributes FROM device WHERE key = ?"),
    setAttributes: db.prepare(
      "UPDATE device SET attributes = ?, clock_suspect = coalesce(?, clock_suspect), heard_at = max(heard_at, ?) WHERE key = ?",
    ),
    status: db.prepare("UPDATE device SET status_online = ?, status_at = ?, heard_at = max(heard_at, ?) WHERE key = ?"),
  };
}
