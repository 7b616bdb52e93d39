/** The MongoDB engine against the contract of all stores, on a server alone. Runs what was built. */
import { beforeAll, describe } from "vitest";
import { isMongodSkipped } from "../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../support/mongodb/shared-mongod.ts";
import { openMongo } from "./cases/opened-mongo-store.ts";
import { describeStore } from "./cases/store-contract.ts";

describe.skipIf(isMongodSkipped)("on a standalone", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  describeStore("the MongoDB store on a standalone", () => openMongo(mongod));
});
