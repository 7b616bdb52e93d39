/** Opens the MongoDB engine as it was built, on a database of its own. */
import { randomUUID } from "node:crypto";
import type { Log } from "../../../src/core/ports/log.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { databaseUrl } from "../../support/mongodb/mongod.ts";
import type { SharedMongod } from "../../support/mongodb/shared-mongod.ts";
import type { OpenedStore } from "./opened-store.ts";

const built = new URL("../../../dist/src/store/mongo/mongo-store.js", import.meta.url).href;
const { openMongoStore } = (await import(built)) as typeof import("../../../src/store/mongo/mongo-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function openMongo(mongod: SharedMongod): Promise<OpenedStore> {
  const url = databaseUrl(mongod);
  const hubId = randomUUID();
  const open = () =>
    openMongoStore({
      url,
      hubId,
      clock: systemClock,
      log: quiet,
      onDead: (cause) => {
        throw cause;
      },
    });
  let store = await open();
  return {
    store,
    seals: false,
    backsUp: false,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    dispose: () => store.close(),
  };
}
