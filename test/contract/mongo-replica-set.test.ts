/**
 * The MongoDB engine on a replica set against the contract of all stores: all that writes messages and the broker's journal. What reads
 * and what forgets asks a replica set in the words that a server alone has answered in mongo-store.test.ts.
 */
import { beforeAll, describe } from "vitest";
import { isMongodSkipped } from "../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../support/mongodb/shared-mongod.ts";
import { openMongo } from "./cases/opened-mongo-store.ts";
import { describeStore, describeWrites } from "./cases/store-contract.ts";

/** `npm run soak` sets "whole". */
const suite = process.env["AERIE_TEST_REPLICA_SET"] === "whole" ? describeStore : describeWrites;

describe.skipIf(isMongodSkipped)("on a replica set", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod("replica-set");
  });

  suite("the MongoDB store on a replica set", () => openMongo(mongod));
});
