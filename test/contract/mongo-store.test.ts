/** The MongoDB engine against the contract of all stores, alone and as a replica set. Runs what was built. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe } from "vitest";
import type { Log } from "../../src/core/ports/log.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { databaseUrl, isMongodSkipped } from "../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../support/mongodb/shared-mongod.ts";
import type { OpenedStore } from "./cases/opened-store.ts";
import { describeStore } from "./cases/store-contract.ts";

const built = new URL("../../dist/src/store/mongo/mongo-store.js", import.meta.url).href;
const { openMongoStore } = (await import(built)) as typeof import("../../src/store/mongo/mongo-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function openFresh(mongod: SharedMongod): Promise<OpenedStore> {
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

describe.skipIf(isMongodSkipped).each([
  ["a standalone", "standalone"],
  ["a replica set", "replica-set"],
] as const)("on %s", (name, kind) => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod(kind);
  });

  describeStore(`the MongoDB store on ${name}`, () => openFresh(mongod), { thousands: kind === "standalone" });
});
