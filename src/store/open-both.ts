/** Opens the embedded store and MongoDB at once, for a migration from one to the other. */
import path from "node:path";
import { StartError } from "../core/model/start-error.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import { type Store, StoreError } from "../core/ports/readings-store.ts";
import { hubIdOf, OUTBOX_DIR } from "./open-store.ts";
import { openSqliteOutbox } from "./sqlite/sqlite-outbox.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

export interface BothStores {
  readonly embedded: Store;
  readonly mongodb: Store;
  close(): Promise<void>;
}

/** Rejects with a StartError where one cannot be opened, a hub uses one, or readings wait in the outbox. */
export async function openBoth(
  config: { readonly dataDir: string; readonly mongodbUrl: string; readonly maxOutboxBytes: number },
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<BothStores> {
  const { dataDir, mongodbUrl: url, maxOutboxBytes: maxBytes } = config;
  const onDead = (): void => undefined;
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    // It is locked while a hub on MongoDB runs.
    const outbox = await openSqliteOutbox({ dataDir: path.join(dataDir, OUTBOX_DIR), clock, log, onDead, maxBytes });
    closing.push(outbox.close);
    if (outbox.state().groups > 0) {
      throw new StartError(
        "Some readings are on this machine and not in MongoDB yet. Start the hub with AERIE_MONGODB_URL; it sends them by itself, and /readyz has a warning (part mongodb) until it is done. Then stop the hub and migrate again.",
        1,
      );
    }
    const embedded = await openSqliteStore({ dataDir, log, onDead });
    closing.push(embedded.close);
    const { openMongoStore } = await import("./mongo/mongo-store.ts");
    const mongodb = await openMongoStore({ url, hubId: await hubIdOf(dataDir, log), clock, log, onDead });
    closing.push(mongodb.close);
    await mongodb.probe().catch((error: unknown) => {
      const why = error instanceof StoreError ? error.message : String(error);
      throw new StartError(`MongoDB cannot be reached: ${why}`, 1, error);
    });
    return { embedded, mongodb, close };
  } catch (error) {
    await close();
    throw error;
  }
}
