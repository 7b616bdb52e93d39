/**
 * Stores groups that wait for another store, as they came, in the order of their commits, in the same transaction that stores their
 * readings here. Runs in the writer's thread.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { OutboxState } from "../../../core/ports/outbox.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { ifReadable } from "../db/file-damage.ts";
import { pragma } from "../db/space.ts";
import { inTransaction } from "../db/transaction.ts";
import { readFormerGroup, readFormerOutcomes } from "../format/former-outbox-group.ts";
import { NewerRecord, type OpenedRecord, openRecord, writeRecord } from "../format/outbox-record.ts";
import { countOf, type PackedBatch, type PackedOutcomes } from "../format/packed-batch.ts";
import { isInstant } from "../format/stored-text.ts";
import type { Appender } from "./append.ts";

/** A group as it is recorded. */
export interface RecordedGroup {
  readonly seq: number;
  readonly group: OpenedRecord;
  /** What the other store decided; undefined: it was not asked yet. */
  readonly outcomes: OpenedRecord | undefined;
}

/** A group as it is to be recorded, in the format of outbox-group.ts. */
export interface GroupContent {
  readonly group: Uint8Array<ArrayBuffer>;
  readonly outcomes: Uint8Array<ArrayBuffer> | undefined;
}

export interface OutboxOperations {
  outboxOpen(maxBytes: number): OutboxState;
  /** `batch`: the same writes, to be stored here meanwhile. */
  outboxPut(
    batch: PackedBatch,
    content: GroupContent,
    nowMs: number,
    clockSteps: readonly number[],
  ): { outcomes: PackedOutcomes; state: OutboxState };
  /** The oldest groups behind `seq`, of up to about so many writes, all of which are assigned or none. */
  outboxNext(behindSeq: number, mostWrites: number): { groups: RecordedGroup[]; state: OutboxState };
  /** Records each group as it will be written. */
  outboxAssign(groups: readonly (GroupContent & { readonly seq: number })[]): void;
  outboxRemove(throughSeq: number): OutboxState;
}

export interface OutboxParts {
  readonly db: DatabaseSyncInstance;
  readonly appender: Appender;
  /** All rows were deleted. */
  readonly onEmptied: () => void;
  readonly note: NoteDamage;
}

/** Tables of the data stored here meanwhile. They are emptied once nothing waits. */
const TABLES = [
  ...["hot", "segment_piece", "segment", "rollup_piece", "rollup", "rollup_due", "erasing", "deleting", "device"],
  ...["mqtt_session", "mqtt_subscription", "mqtt_delivery", "mqtt_inbound", "mqtt_retained", "mqtt_will"],
];

export function createOutboxTable({ db, appender, onEmptied, note }: OutboxParts): OutboxOperations {
  let most = Number.POSITIVE_INFINITY;
  let groups = 0;
  let writes = 0;
  let sinceMs: number | undefined;
  let bytes = 0;

  function outboxOpen(maxBytes: number): OutboxState {
    most = maxBytes;
    count();
    findOldest();
    const [first] = seqsBehind(0, 1);
    if (first !== undefined) readGroup(first); // throws if a later version of the hub wrote it
    return state();
  }

  function count(): void {
    const row = db.prepare("SELECT count(*) AS many, sum(writes) AS writes FROM outbox").get() ?? {};
    groups = Number(row["many"]);
    writes = Number(row["writes"] ?? 0);
  }

  /** If the page is damaged, the former answer stays. */
  function findOldest(): void {
    const row = ifReadable(() => ({ at: db.prepare("SELECT at FROM outbox ORDER BY seq LIMIT 1").get()?.["at"] }));
    if (row !== undefined) sinceMs = row.at === undefined ? undefined : Number(row.at);
  }

  /** Never throws: a call that fails after its commit would be repeated. */
  function state(): OutboxState {
    try {
      bytes = usedBytes();
    } catch {
      // the former value stays
    }
    return { groups, writes, bytes, sinceMs };
  }

  const usedBytes = (): number => (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size");

  function outboxPut(
    batch: PackedBatch,
    { group, outcomes: decided }: GroupContent,
    nowMs: number,
    clockSteps: readonly number[],
  ) {
    if (usedBytes() >= most) {
      throw new StoreError(
        `the outbox is full (${most} bytes, AERIE_MAX_OUTBOX_BYTES): nothing more is accepted until MongoDB is back`,
        true,
      );
    }
    const outcomes = appender.append(batch, clockSteps, () => {
      db.prepare("INSERT INTO outbox (at, writes, batch, places) VALUES (?, ?, ?, ?)").run(
        nowMs,
        countOf(batch),
        writeRecord(group),
        decided === undefined ? null : writeRecord(decided),
      );
    });
    groups++;
    writes += countOf(batch);
    sinceMs ??= nowMs;
    return { outcomes, state: state() };
  }

  function outboxNext(behindSeq: number, mostWrites: number) {
    return { groups: readNext(behindSeq, mostWrites), state: state() };
  }

  function readNext(behindSeq: number, mostWrites: number): RecordedGroup[] {
    const found: RecordedGroup[] = [];
    let many = 0;
    // Without their bytes, which may be in damaged pages.
    const seqs = seqsBehind(behindSeq, mostWrites);
    for (const seq of seqs) {
      const read = readGroup(seq);
      if (read === undefined) {
        giveUp(seq);
        continue;
      }
      const [first] = found;
      const isOther = first !== undefined && (first.outcomes === undefined) !== (read.outcomes === undefined);
      if (many >= mostWrites || isOther) break;
      many += read.writes;
      found.push({ seq, group: read.group, outcomes: read.outcomes });
    }
    // If all of these were damaged, it continues behind them: an empty answer would mean that nothing waits.
    const last = seqs.at(-1) ?? behindSeq;
    return found.length > 0 || seqs.length === 0 ? found : readNext(last, mostWrites);
  }

  /** If a page of the table is damaged, each group is looked up alone, and those in that page count as found. */
  function seqsBehind(behindSeq: number, most: number): number[] {
    const sql = "SELECT seq FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?";
    const found = ifReadable(() => db.prepare(sql).all(behindSeq, most));
    if (found !== undefined) return found.map((row) => Number(row["seq"]));
    const one = db.prepare("SELECT seq FROM outbox WHERE seq = ?");
    const last = Number(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").get()?.["seq"]);
    const seqs: number[] = [];
    for (let seq = behindSeq + 1; seq <= last && seqs.length < most; seq++) {
      const row = ifReadable(() => ({ isThere: one.get(seq) !== undefined }));
      if (row === undefined || row.isThere) seqs.push(seq);
    }
    return seqs;
  }

  /** Undefined: it is damaged. */
  function readGroup(seq: number) {
    const row = ifReadable(() => db.prepare("SELECT writes, batch, places FROM outbox WHERE seq = ?").get(seq));
    if (row === undefined) return undefined;
    try {
      const group = openRecord(row["batch"]);
      const outcomes = row["places"] === null ? undefined : openRecord(row["places"]);
      checkFormer(group, outcomes);
      return { writes: Number(row["writes"]), group, outcomes };
    } catch (error) {
      if (error instanceof NewerRecord) throw error;
      return undefined;
    }
  }

  /** Drops a damaged group, so that those behind it do not wait for it. */
  function giveUp(seq: number): void {
    const { writes: many, at } =
      ifReadable(() => db.prepare("SELECT writes, at FROM outbox WHERE seq = ?").get(seq)) ?? {};
    const since = isInstant(at) ? ` since ${new Date(at).toISOString()}` : "";
    note({ what: `a group of ${Number(many) || "some"} readings and other writes that waited for MongoDB${since}` });
    ifReadable(() => {
      db.prepare("DELETE FROM outbox WHERE seq = ?").run(seq);
      count();
      findOldest();
      if (groups === 0) outboxRemove(seq);
    });
  }

  function outboxAssign(assigned: readonly (GroupContent & { readonly seq: number })[]): void {
    inTransaction(db, () => {
      const update = db.prepare("UPDATE outbox SET batch = ?, places = ? WHERE seq = ?");
      for (const { seq, group, outcomes } of assigned) {
        update.run(writeRecord(group), outcomes === undefined ? null : writeRecord(outcomes), seq);
      }
    });
  }

  function outboxRemove(throughSeq: number): OutboxState {
    let gone: Record<string, unknown> = {};
    inTransaction(db, () => {
      const sums = db
        .prepare("SELECT count(*) AS many, sum(writes) AS writes FROM outbox WHERE seq <= ?")
        .get(throughSeq);
      db.prepare("DELETE FROM outbox WHERE seq <= ?").run(throughSeq);
      gone = sums ?? {};
      if (db.prepare("SELECT 1 FROM outbox LIMIT 1").get() !== undefined) return;
      for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
    });
    // After the commit only: a transaction that fails at its end is repeated.
    groups -= Number(gone["many"]);
    writes -= Number(gone["writes"] ?? 0);
    findOldest();
    if (groups === 0) {
      onEmptied();
      db.exec("PRAGMA incremental_vacuum");
    }
    return state();
  }

  return { outboxOpen, outboxPut, outboxNext, outboxAssign, outboxRemove };
}

/** Throws if a record without a checksum cannot be read. */
function checkFormer(group: OpenedRecord, outcomes: OpenedRecord | undefined): void {
  if (!group.hasChecksum) readFormerGroup(group.content);
  if (outcomes?.hasChecksum === false) readFormerOutcomes(outcomes.content, []);
}
