/**
 * MongoDB databases of each version that there was, and what waited for them in the outbox: after an upgrade everything is there. Runs what
 * was built.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../src/platform/clock.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { databaseUrl, isMongodSkipped } from "../../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../../support/mongodb/shared-mongod.ts";
import { expectHeld, expectLoaded } from "../../support/samples/expect-held.ts";
import { loadDocuments } from "../../support/samples/mongodb-sample.ts";
import { readHeld, unpackSample } from "../../support/samples/sample.ts";
import { schemaOf } from "../../support/samples/schema-of.ts";
import { until } from "../../support/until.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/open-store.js", import.meta.url).href;
const { openStore } = (await import(built)) as typeof import("../../../src/store/open-store.ts");

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  test.each(["schema-3-plain", "schema-3-checked", "schema-4"])(
    "a database of %s has everything that it had, and what waited in the outbox",
    async (schema) => {
      const url = databaseUrl(mongod);
      await loadDocuments(schema, url);
      const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-upgrade-"));
      onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
      unpackSample(`${schema}/mongodb`, dataDir);
      const held = readHeld(`${schema}/mongodb`);
      const log = createMemoryLog();
      const config = { dataDir, mongodbUrl: url, maxOutboxBytes: 1e9 };
      const hooks = {
        onDead: () => {},
        onReached: () => {},
        beforeSending: async () => {},
        onRefused: (count: number) => log.error("refused", { count }),
      };
      const open = () => openStore({ config, clock: systemClock, log, ...hooks });

      const { store, forward } = await open();
      await expectLoaded(store, held);
      expect(forward?.away()?.waiting.groups).toBeGreaterThan(0);
      await until("all that waited is sent", () => forward?.away() === undefined);
      await store.close();
      expect(schemaOf(path.join(dataDir, "outbox", "aerie.db")).map(([name]) => name)).toContain("outbox");

      const again = await open();
      onTestFinished(() => again.store.close());
      await expectHeld(again.store, held);
      expect(again.forward?.away()).toBeUndefined();
      expect(log.lines.flatMap(({ level, fields }) => (level === "error" ? [fields["reason"]] : []))).toEqual([
        "the outbox of the last run has not been sent yet",
      ]);
    },
  );
});
