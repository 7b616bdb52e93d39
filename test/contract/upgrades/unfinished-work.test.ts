/**
 * Deletions and counts that a former version had begun are finished. The records of them are written here as it wrote them: no orderly stop
 * leaves one behind. Runs what was built.
 */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { MongoClient } from "mongodb";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { databaseUrl, isMongodSkipped } from "../../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../../support/mongodb/shared-mongod.ts";
import { loadDocuments } from "../../support/samples/mongodb-sample.ts";
import { type Held, readHeld, unpackSample } from "../../support/samples/sample.ts";
import { until } from "../../support/until.ts";

// Worker threads load only what was built.
const built = (file: string): string => new URL(`../../../dist/src/store/${file}.js`, import.meta.url).href;
const { openSqliteStore } = (await import(
  built("sqlite/sqlite-store")
)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");
const { openMongoStore } = (await import(
  built("mongo/mongo-store")
)) as typeof import("../../../src/store/mongo/mongo-store.ts");

const DAY_MS = 86_400_000;
const ALL = { fromMs: 0, toMs: Date.UTC(2100, 0, 1) };

const [HALL, ATTIC] = ["hall" as DeviceId, "attic" as DeviceId];

/** Instant and metrics. */
type Reading = readonly [atMs: number, metrics: Readonly<Record<string, unknown>>];

async function readingsOf(store: Store, deviceId: DeviceId): Promise<Reading[]> {
  const query = { deviceId, ...ALL, limit: 1_000, order: "asc", behind: undefined } as const;
  return (await store.readings(query)).map(({ atMs, body }) => [atMs, JSON.parse(body)]);
}

/** Readings of which nothing is left are gone. */
const withoutTemperature = (readings: readonly Reading[], toMs: number): Reading[] =>
  readings.flatMap(([atMs, metrics]) => {
    const { temperature, ...others } = metrics;
    if (temperature === undefined || atMs >= toMs) return [[atMs, metrics]];
    return Object.keys(others).length > 0 ? [[atMs, others]] : [];
  });

const heldOf = ({ devices }: Held): Reading[] =>
  devices
    .filter(({ deviceId }) => deviceId === HALL)
    .flatMap(({ readings }) => readings.map(([atMs, , metrics]) => [atMs, metrics] as const));

test("deletions of an aerie.db of schema 3 are finished", async () => {
  const held = readHeld("schema-3-plain/embedded");
  const dataDir = unpackSample("schema-3-plain/embedded", tempDir());
  const file = path.join(dataDir, "aerie.db");
  const before = heldOf(held);
  const [fromMs = 0, toMs = 0] = [before[0]?.[0], before[3]?.[0]];
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  db.exec(`
    INSERT INTO erasing (device, from_at, to_at, metrics, is_all)
      SELECT key, ${fromMs}, ${toMs}, '["temperature"]', 0 FROM device WHERE device_id = 'hall';
    INSERT INTO deleting (device) SELECT key FROM device WHERE device_id = 'cellar';
    DELETE FROM device WHERE device_id = 'cellar';
  `);
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  onTestFinished(() => store.close());
  expect((await store.load()).map(({ deviceId }) => deviceId).sort()).toEqual(["attic", "hall", "imported"]);
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]);
  await until("both are done", () => count("erasing") + count("deleting") === 0);
  expect(await readingsOf(store, HALL)).toEqual(withoutTemperature(before, toMs));
  expect(["segment", "segment_piece", "rollup", "rollup_piece"].map(count)).toEqual([0, 0, 0, 0]);
});

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  test("jobs of a database of schema 1 are finished", async () => {
    const url = databaseUrl(mongod);
    await loadDocuments("schema-3-plain", url);
    const client = await MongoClient.connect(url);
    onTestFinished(() => client.close());
    const db = client.db();
    const documents = await db.collection("readings").find({ device: HALL }).sort({ at: 1, n: 1 }).toArray();
    const before = documents.map(({ at, metrics }): Reading => [at.getTime(), metrics]);
    const [fromMs = 0, toMs = 0] = [before[0]?.[0], before[3]?.[0]];
    const startMs = Math.floor(fromMs / DAY_MS - 10) * DAY_MS;
    const sums = { count: 2, sum: 11, min: 5, max: 6, texts: 0, last: 6, lastAtMs: startMs + 9 };
    const counted = [{ startMs, readings: 2, metrics: [["temperature", sums]] }];
    const [late] = await db.collection<{ _id: string }>("readings").find({ device: ATTIC }).toArray();
    const fold = { kind: "fold", device: ATTIC, hours: counted, days: counted, ids: [late?._id] };
    await db.collection<{ _id: string }>("jobs").insertMany([
      { _id: "erase-hall-x", ...{ kind: "erase", device: HALL, fromMs, toMs, metrics: ["temperature"] } },
      { _id: "delete-cellar", ...{ kind: "delete", device: "cellar", belowLife: 1 } },
      { _id: `fold-attic-${startMs}`, ...fold },
    ]);
    await db.collection<{ _id: string }>("devices").deleteOne({ _id: "cellar" });

    const log = createMemoryLog();
    const options = { url, hubId: "hub", clock: systemClock, log, onDead: () => {} };
    const store = await openMongoStore(options);
    onTestFinished(() => store.close());
    await until("all are done", async () => (await db.collection("jobs").countDocuments()) === 0);
    expect(await readingsOf(store, HALL)).toEqual(withoutTemperature(before, toMs));
    expect(await db.collection("readings").countDocuments({ device: "cellar" })).toBe(0);
    expect(await readingsOf(store, ATTIC)).toEqual([]);
    for (const level of ["hour", "day"] as const) {
      const day = { fromMs: startMs, toMs: startMs + DAY_MS };
      const rows = await store.rollups({ deviceId: ATTIC, level, ...day, metrics: undefined });
      expect(rows).toEqual([{ startMs, metric: "temperature", rollup: sums }]);
    }
  });
});
