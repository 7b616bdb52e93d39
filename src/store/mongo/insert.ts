/** Sends documents of readings, and settles what is there already under their names. Decides no name but that of one whose place was taken. */
import type { Db, Document } from "mongodb";
import type { DeviceId } from "../../contract/readings.ts";
import { canonicalBody, readingId } from "../../core/identity.ts";
import { StoreError } from "../../core/ports.ts";
import type { Collections } from "./collections.ts";
import type { ReadingDocument } from "./documents.ts";
import { contentHash, foundOf } from "./placing.ts";
import { DUPLICATE_KEY, isPassingCode } from "./store-fault.ts";
import { bodyOf } from "./values.ts";

export type Inserted =
  | { readonly kind: "written"; readonly document: ReadingDocument }
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

/** One for each document that was not simply written, by its index. */
type Exceptions = Map<number, Inserted>;

export function createInsert({ db, collections, formerLives }: InsertParts) {
  /** `hadId`: of those that another store had, the id and the content say it all. Rejects where it may be that some were not written. */
  async function insert(documents: readonly ReadingDocument[], hadId: (index: number) => boolean): Promise<Exceptions> {
    const exceptions: Exceptions = new Map();
    const taken: number[] = [];
    for (const { index, code, errmsg } of await send(documents)) {
      if (code === DUPLICATE_KEY) taken.push(index);
      else if (isPassingCode(code)) throw new StoreError(`MongoDB: ${errmsg}`, true);
      else exceptions.set(index, { kind: "refused", reason: `MongoDB: ${errmsg}` });
    }
    if (taken.length > 0) await settle(documents, taken, exceptions, hadId);
    return exceptions;
  }

  /** A plain command: the driver's bulk operations measure each document a second time. */
  async function send(
    documents: readonly ReadingDocument[],
  ): Promise<{ index: number; code: number; errmsg: string }[]> {
    const reply = await db().command(
      { insert: "readings", documents, ordered: false, writeConcern: DURABLE },
      { timeoutMS: WRITE_WITHIN_MS },
    );
    checkConcern(reply);
    return (reply["writeErrors"] ?? []) as { index: number; code: number; errmsg: string }[];
  }

  async function settle(
    documents: readonly ReadingDocument[],
    taken: readonly number[],
    exceptions: Exceptions,
    hadId: (index: number) => boolean,
  ): Promise<void> {
    const wanted = taken.map((index) => documents[index]?._id ?? "");
    const there = new Map<string, ReadingDocument>();
    for await (const each of collections().readings.find({ _id: { $in: wanted } })) there.set(each._id, each);
    for (const index of taken) {
      const document = documents[index];
      if (document === undefined) continue;
      const found = there.get(document._id);
      const settled = await settleOne(document, found, hadId(index));
      if (settled !== undefined) exceptions.set(index, settled);
    }
  }

  /** Undefined: it is written as it was to be. */
  async function settleOne(
    document: ReadingDocument,
    found: ReadingDocument | undefined,
    hasId: boolean,
  ): Promise<Inserted | undefined> {
    if (found === undefined) return insertBehind(document); // it went meanwhile
    if (isFormerLife(found)) {
      await collections().readings.replaceOne({ _id: document._id, life: found.life ?? null } as never, document, {
        timeoutMS: WRITE_WITHIN_MS,
      });
      return undefined;
    }
    if (hasId ? saysTheSame(document, found) : isSame(document, found)) return { kind: "there" };
    return insertBehind(document);
  }

  const isFormerLife = ({ device, life = 0 }: ReadingDocument): boolean => life < (formerLives.get(device) ?? 0);

  /** The place is another reading's: behind all of its instant. */
  async function insertBehind(document: ReadingDocument): Promise<Inserted> {
    const { device, at } = document;
    for (;;) {
      const last = await collections().readings.findOne({ device, at }, { sort: { n: -1 }, projection: { n: 1 } });
      const n = (last?.n ?? -1) + 1;
      const moved: ReadingDocument = {
        ...document,
        _id: readingId(device, at.getTime(), n),
        n,
        ...(document.packet === undefined && { hash: contentHash(bodyOf(document.metrics)) }),
      };
      const [fault] = await send([moved]);
      if (fault === undefined) return { kind: "written", document: moved };
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
