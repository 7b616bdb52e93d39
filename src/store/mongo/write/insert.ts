/** Inserts readings with their ids, and finds out of each id that is there already whether it is the same reading. */
import type { Db, Document } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { canonicalBody } from "../../../core/model/identity.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { Collections } from "../db/collections.ts";
import { type InTime, LIMITED, WRITE_WITHIN_MS } from "../db/in-time.ts";
import { DUPLICATE_KEY, isPassingCode } from "../db/store-fault.ts";
import { concernOfCommand } from "../db/write-concern.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { documentOf, foundOf } from "../format/reading-documents.ts";
import { bodyOf } from "../format/values.ts";
import type { AssignedReading } from "./id-assignment.ts";
import { createSectionWriter, ReadingSequence } from "./reading-bytes.ts";

export type Inserted =
  | { readonly kind: "written"; readonly n: number }
  /** The same reading was there before. */
  | { readonly kind: "there" }
  | { readonly kind: "refused"; readonly reason: string };

export interface InsertParts {
  readonly db: () => Db;
  readonly collections: () => Collections;
  readonly inTime: InTime;
  readonly earlierGenerations: ReadonlyMap<DeviceId, number>;
}

/** One for each reading that was not simply written, by its index. */
type Exceptions = Map<number, Inserted>;

export function createInsert({ db, collections, inTime, earlierGenerations }: InsertParts) {
  const writeSection = createSectionWriter();

  /** `isAgain`: readings may be there from an earlier try. Rejects where some may not have been written. */
  async function insert(readings: readonly AssignedReading[], isAgain: boolean): Promise<Exceptions> {
    const exceptions: Exceptions = new Map();
    const duplicateKeys: number[] = [];
    for (const { index, code, errmsg } of await send(readings)) {
      if (code === DUPLICATE_KEY) duplicateKeys.push(index);
      else if (isPassingCode(code)) throw new StoreError(`MongoDB: ${errmsg}`, true);
      else exceptions.set(index, { kind: "refused", reason: `MongoDB: ${errmsg}` });
    }
    if (duplicateKeys.length > 0) await settle(readings, duplicateKeys, exceptions, isAgain);
    return exceptions;
  }

  /** A plain command: the driver's bulk operations measure each document a second time. */
  async function send(
    readings: readonly AssignedReading[],
  ): Promise<{ index: number; code: number; errmsg: string }[]> {
    const documents = new ReadingSequence(readings, writeSection);
    const database = db();
    const writeConcern = concernOfCommand(database, WRITE_WITHIN_MS);
    const insert = { insert: "readings", documents, ordered: false, writeConcern };
    const reply = await inTime(database.command(insert, LIMITED));
    checkConcern(reply);
    return (reply["writeErrors"] ?? []) as { index: number; code: number; errmsg: string }[];
  }

  async function settle(
    readings: readonly AssignedReading[],
    duplicateKeys: readonly number[],
    exceptions: Exceptions,
    isAgain: boolean,
  ): Promise<void> {
    const documents = new Map(
      duplicateKeys.flatMap((index) => {
        const reading = readings[index];
        return reading === undefined ? [] : [[index, { reading, document: documentOf(reading) }] as const];
      }),
    );
    const wanted = [...documents.values()].map(({ document }) => document._id);
    const there = new Map<string, ReadingDocument>();
    for await (const each of collections().readings.find({ _id: { $in: wanted } })) there.set(each._id, each);
    for (const [index, { reading, document }] of documents) {
      // A reading of another store is the same when id and content are.
      const hadId = !isAgain && reading.write.n !== undefined;
      const settled = await settleOne(reading, document, there.get(document._id), hadId);
      if (settled !== undefined) exceptions.set(index, settled);
    }
  }

  /** Undefined: it was written with its id. */
  async function settleOne(
    reading: AssignedReading,
    document: ReadingDocument,
    found: ReadingDocument | undefined,
    hadId: boolean,
  ): Promise<Inserted | undefined> {
    if (found === undefined) return insertBehind(reading); // it was deleted meanwhile
    if (isEarlierGeneration(found)) {
      const filter = { _id: document._id, life: found.life ?? null } as never;
      await inTime(collections().readings.replaceOne(filter, document, LIMITED));
      return undefined;
    }
    if (hadId ? saysTheSame(document, found) : isSame(document, found)) return { kind: "there" };
    return insertBehind(reading);
  }

  const isEarlierGeneration = ({ device, life = 0 }: ReadingDocument): boolean =>
    life < (earlierGenerations.get(device) ?? 0);

  /** The id is another reading's: this one gets the next of its instant. */
  async function insertBehind(reading: AssignedReading): Promise<Inserted> {
    const { deviceId: device, atMs } = reading.write;
    for (;;) {
      const newest = { sort: { n: -1 }, projection: { n: 1 } } as const;
      const last = await collections().readings.findOne({ device, at: new Date(atMs) }, newest);
      const n = (last?.n ?? -1) + 1;
      const [fault] = await send([{ ...reading, n }]);
      if (fault === undefined) return { kind: "written", n };
      if (fault.code !== DUPLICATE_KEY) return { kind: "refused", reason: `MongoDB: ${fault.errmsg}` };
    }
  }

  return insert;
}

const saysTheSame = (a: ReadingDocument, b: ReadingDocument): boolean =>
  canonicalBody(bodyOf(a.metrics)) === canonicalBody(bodyOf(b.metrics));

/** The same reading, sent twice: not another one that says the same. */
function isSame(a: ReadingDocument, b: ReadingDocument): boolean {
  const [one, other] = [foundOf(a), foundOf(b)];
  return (
    one.receivedAtMs === other.receivedAtMs &&
    one.element === other.element &&
    one.clientId === other.clientId &&
    canonicalBody(one.body) === canonicalBody(other.body)
  );
}

export function checkConcern(reply: Document): void {
  const fault = reply["writeConcernError"] as { errmsg?: string } | undefined;
  if (fault !== undefined) throw new StoreError(`MongoDB: ${fault.errmsg ?? "not enough members have it"}`, true);
}
