/** Sees to it that only one hub uses a database: it holds a lease in it, and renews that while it runs. */
import { hostname } from "node:os";
import type { Collection } from "mongodb";
import { StartError } from "../../../core/model/start-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { MetaDocument } from "../format/documents.ts";
import { asStore } from "./store-fault.ts";

const RENEW_MS = 5_000;
/** By the server's clock, which both hubs share. */
const VALID_MS = 20_000;

export interface Lease {
  /** Rejects with a StartError where another hub holds it. */
  take(meta: Collection<MetaDocument>): Promise<void>;
  /** Throws a StoreError once another hub has taken it. */
  check(): void;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** Kept in the data directory: by it a hub that was killed takes its own lease back at once. */
  readonly hubId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLost: (cause: Error) => void;
}

export function createLease({ hubId, clock, log, onLost }: LeaseOptions): Lease {
  let meta: Collection<MetaDocument> | undefined;
  let lost: StoreError | undefined;
  let renewing: Promise<void> | undefined;
  const stop = clock.every(RENEW_MS, () => {
    if (meta === undefined || lost !== undefined) return;
    renewing ??= renew(meta).finally(() => {
      renewing = undefined;
    });
  });
  const mine = { hub: hubId, host: hostname(), pid: process.pid };

  async function take(collection: Collection<MetaDocument>): Promise<void> {
    const found = await tryTake(collection);
    if (found !== undefined) {
      throw new StartError(
        `Another hub (process ${found["pid"]} on ${found["host"]}) uses this MongoDB database. Stop it, or name another database in AERIE_MONGODB_URL.`,
        1,
        undefined,
        true,
      );
    }
    meta = collection;
  }

  /** Undefined: this hub holds it now. Else the lease of another hub, which is still valid. */
  async function tryTake(collection: Collection<MetaDocument>): Promise<MetaDocument | undefined> {
    const isFree = {
      $or: [{ $eq: ["$hub", hubId] }, { $eq: [{ $type: "$until" }, "missing"] }, { $lt: ["$until", "$$NOW"] }],
    };
    const until = { $dateAdd: { startDate: "$$NOW", unit: "millisecond", amount: VALID_MS } };
    const found = await asStore(() =>
      collection.findOneAndUpdate(
        { _id: "lease" },
        [{ $replaceWith: { $cond: [isFree, { _id: "lease", ...mine, until }, "$$ROOT"] } }],
        { upsert: true, returnDocument: "after" },
      ),
    );
    return found === null || found["hub"] === hubId ? undefined : found;
  }

  async function renew(collection: Collection<MetaDocument>): Promise<void> {
    try {
      const other = await tryTake(collection);
      if (other === undefined) return;
      lost = new StoreError(
        `another hub (process ${other["pid"]} on ${other["host"]}) has taken the MongoDB database`,
        false,
      );
      onLost(lost);
    } catch (cause) {
      log.debug("the lease of the MongoDB database is not renewed", { cause });
    }
  }

  return {
    take,
    check: () => {
      if (lost !== undefined) throw lost;
    },
    close: async () => {
      stop();
      await renewing;
      if (lost !== undefined) return;
      await meta?.deleteOne({ _id: "lease", hub: hubId }).catch(() => undefined);
    },
  };
}
