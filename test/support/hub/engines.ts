/** Runs tests on a hub with the embedded store and on one with MongoDB. All hubs of one test have the same database. */
import { beforeAll, beforeEach, describe } from "vitest";
import type { Config } from "../../../src/config/settings.ts";
import { databaseUrl, isMongodSkipped } from "../mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../mongodb/shared-mongod.ts";

export interface Engine {
  /** For a hub in the test's process. */
  settings(): Partial<Config>;
  /** For a hub of its own process. */
  env(): Record<string, string>;
}

export function onEachEngine(tests: (engine: Engine) => void): void {
  describe("embedded store", () => tests({ settings: () => ({}), env: () => ({}) }));
  describe.skipIf(isMongodSkipped)("MongoDB", () => {
    let server: SharedMongod;
    let url = "";
    beforeAll(async () => {
      server = await sharedMongod();
    });
    beforeEach(() => {
      url = databaseUrl(server);
    });
    tests({ settings: () => ({ mongodbUrl: url }), env: () => ({ AERIE_MONGODB_URL: url }) });
  });
}
