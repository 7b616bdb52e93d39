/** Sends placed readings, and settles what is there already under their names. Decides no name but that of one whose place was taken. */
import type { Db, Document } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { canonicalBody } from "../../../core/model/identity.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { Collections } from "../db/collections.ts";
import { DUPLICATE_KEY, isPassingCode } from "../db/store-fault.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { bodyOf } from "../format/values.ts";
import { documentOf, foundOf, type PlacedReading } from "./id-assignment.ts";
import { createSectionWriter, ReadingSequence } from "./reading-bytes.ts";

export type Inserted =
  | { readonly kind: "written"; readonly n: number }
  /** It was there before. */
  | { readonly kind: "there" }
  | { readonly kind: "refused"; readonly reason: string };

export interface InsertParts {
  readonly db: () => Db;
  readonly collections: () => Collections;
  readonly formerLives: ReadonlyMap<DeviceId, number>;
}

/** No group waits longer for its answer. */
export const WRITE_WITHIN_MS = 2_500;
export const DURABLE = { w: "majority", j: true, wtimeout: WRITE_WITHIN_MS } as const;

/** One for each reading that was not simply written, by its index. */
type Exceptions = Map<number, Inserted>;

export function createInsert({ db, collections, formerLives }: InsertParts) {
  const writeSection = createSectionWriter();

  /** `isAgain`: it may be there from a former try. Rejects where it may be that some were not written. */
  async function insert(readings: readonly PlacedReading[], isAgain: boolean): Promise<Exceptions> {
    const exceptions: Exceptions = new Map();
    const taken: number[] = [];
    for (const { index, code, errmsg } of await send(readings)) {
      if (code === DUPLICATE_KEY) taken.push(index);
      else if (isPassingCode(code)) throw new StoreError(`MongoDB: ${errmsg}`, true);
      else exceptions.set(index, { kind: "refused", reason: `MongoDB: ${errmsg}` });
    }
    if (taken.length > 0) await settle(readings, taken, exceptions, isAgain);
    return exceptions;
  }

  /** A plain command: the driver's bulk operations measure each document a second time. */
  async function send(readings: readonly PlacedReading[]): Promise<{ index: number; code: number; errmsg: string }[]> {
    const documents = new ReadingSequence(readings, writeSection);
    const reply = await db().command(
      { insert: "readings", documents, ordered: false, writeConcern: DURABLE },
      { timeoutMS: WRITE_WITHIN_MS },
    );
    checkConcern(reply);
    return (reply["writeErrors"] ?? []) as { index: number; code: number; errmsg: string }[];
  }

  async function settle(
    readings: readonly PlacedReading[],
    taken: readonly number[],
    exceptions: Exceptions,
    isAgain: boolean,
  ): Promise<void> {
    const documents = new Map(
      taken.flatMap((index) => {
        const reading = readings[index];
        return reading === undefined ? [] : [[index, { reading, document: documentOf(reading) }] as const];
      }),
    );
    const wanted = [...documents.values()].map(({ document }) => document._id);
    const there = new Map<string, ReadingDocument>();
    for await (const each of collections().readings.find({ _id: { $in: wanted } })) there.set(each._id, each);
    for (const [index, { reading, document }] of documents) {
      // Of one that another store had, the id and the content say it all.
      const hadId = !isAgain && reading.write.n !== undefined;
      const settled = await settleOne(reading, document, there.get(document._id), hadId);
      if (settled !== undefined) exceptions.set(index, settled);
    }
  }

  /** Undefined: it is written as it was to be. */
  async function settleOne(
    reading: PlacedReading,
    document: ReadingDocument,
    found: ReadingDocument | undefined,
    hadId: boolean,
  ): Promise<Inserted | undefined> {
    if (found === undefined) return insertBehind(reading); // it went meanwhile
    if (isFormerLife(found)) {
      await collections().readings.replaceOne({ _id: document._id, life: found.life ?? null } as never, document, {
        timeoutMS: WRITE_WITHIN_MS,
      });
      return undefined;
    }
    if (hadId ? saysTheSame(document, found) : isSame(document, found)) return { kind: "there" };
    return insertBehind(reading);
  }

  const isFormerLife = ({ device, life = 0 }: ReadingDocument): boolean => life < (formerLives.get(device) ?? 0);

  /** The place is another reading's: behind all of its instant. */
  async function insertBehind(reading: PlacedReading): Promise<Inserted> {
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
