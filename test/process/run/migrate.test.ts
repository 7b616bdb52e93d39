/** `aerie migrate`: from the embedded store to MongoDB and back, the command itself, on real files and a real server. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { Log } from "../../../src/core/ports/log.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { KEEP_ALL, rollupsOf, upkeepAll } from "../../contract/cases/history-contract.ts";
import { delivery, journal, message, ofDelivery } from "../../contract/cases/journal-contract.ts";
import {
  attributes,
  boiler,
  cellar,
  deviceId,
  readAll,
  stateOf,
  status,
  T0,
  timed,
  untimed,
} from "../../contract/cases/writes.ts";
import { runServer, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { databaseUrl, isMongodSkipped } from "../../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../../support/mongodb/shared-mongod.ts";

const built = (file: string): string => new URL(`../../../dist/src/store/${file}`, import.meta.url).href;
const { openSqliteStore } = (await import(
  built("sqlite/sqlite-store.js")
)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");
const { openMongoStore } = (await import(
  built("mongo/mongo-store.js")
)) as typeof import("../../../src/store/mongo/mongo-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const DAY_MS = 24 * 3_600_000;
const tank = deviceId("tank");

const embedded = (dataDir: string): Promise<Store> => openSqliteStore({ dataDir, log: quiet, onDead: () => {} });
const inMongo = (url: string): Promise<Store> =>
  openMongoStore({ url, hubId: randomUUID(), clock: systemClock, log: quiet, onDead: () => {} });

/** Some of everything that can be stored. */
async function fill(store: Store): Promise<void> {
  await store.append([
    [attributes({ model: "B1", floors: 2 }), timed(T0, { t: 20.5, on: true, mode: "éco", "bme280.p": 1013 })],
    [timed(T0, { t: 99 })],
    [timed(T0, { t: 98 }, { deviceId: cellar }), status(false, T0 + 5, { deviceId: cellar })],
    [untimed(T0 + 7, { t: 1 }), untimed(T0 + 7, { t: 1 }, { element: 1 } as never)],
    [journal({ of: "session", clientId: "b", value: { version: 5, expiryS: 60, disconnectedAtMs: T0 } })],
    [journal(ofDelivery("b", 3, delivery())), journal({ of: "retained", topic: "home/hall", value: message() })],
  ]);
  // Eight days and some hours.
  for (let first = 0; first < 6_000; first += 1_000) {
    await store.append(
      Array.from({ length: 1_000 }, (_, i) => [
        timed(T0 + (first + i) * 120_000, { t: first + i, level: i / 7 }, { deviceId: tank }),
      ]),
    );
  }
  await store.nameDevice(boiler, { name: "Boiler", place: "Cellar" });
  await store.setRetention(cellar, { rawDays: 400 });
  for (const device of [boiler, cellar, tank]) await store.saveState([stateOf(device, {})]);
  // The first days of the tank are forgotten, of the very first the hours, too.
  await store.setRetention(boiler, { rawDays: 0 });
  await upkeepAll(store, T0 + 9 * DAY_MS, { ...KEEP_ALL, rawDays: 4, hourDays: 0 });
  await store.erase({ deviceId: tank, fromMs: T0 + 6.5 * DAY_MS, toMs: T0 + 7 * DAY_MS, metrics: undefined });
}

/** What can be asked of a store, as text. */
async function picture(store: Store): Promise<unknown> {
  const devices = (await store.load()).sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
  return {
    devices: devices.map(({ deviceId: id, name, place, attributes: said, status: last, retention }) => {
      return { id, name, place, attributes: [...said].sort(), status: last, retention };
    }),
    readings: await Promise.all(
      devices.map(async ({ deviceId: id }) =>
        (await readAll(store, id)).map(({ atMs, n, body }) => [atMs, n, JSON.parse(body)]),
      ),
    ),
    hours: (await rollupsOf(store, tank, "hour")).map(({ startMs, metric, rollup: { sum: _, ...rest } }) => [
      startMs,
      metric,
      rest,
    ]),
    days: (await rollupsOf(store, tank, "day")).map(({ startMs, metric, rollup: { sum: _, ...rest } }) => [
      startMs,
      metric,
      rest,
    ]),
    journal: await store.loadJournal(),
  };
}

async function migrate(
  to: "mongodb" | "embedded",
  dataDir: string,
  url: string,
): Promise<{ code: unknown; said: string }> {
  const server = runServer({ args: ["migrate", "--to", to, "--data-dir", dataDir], env: { AERIE_MONGODB_URL: url } });
  return { code: await server.exited, said: server.stderr() };
}

describe.skipIf(isMongodSkipped)("aerie migrate", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  test("moves everything to MongoDB, says that nothing differs, moves nothing the second time, and everything back", async () => {
    const url = databaseUrl(mongod);
    const dataDir = tempDir();
    const first = await embedded(dataDir);
    await fill(first);
    const expected = await picture(first);
    await first.close();

    const moved = await migrate("mongodb", dataDir, url);
    expect(moved.said).toContain("Done: both stores hold the same");
    expect(moved.code).toBe(0);
    const mongo = await inMongo(url);
    expect(await picture(mongo)).toEqual(expected);
    await mongo.close();

    const again = await migrate("mongodb", dataDir, url);
    expect([again.code, again.said]).toEqual([0, expect.stringContaining("0 were copied in this run")]);

    const other = tempDir();
    const back = await migrate("embedded", other, url);
    expect(back.said).toContain("Done: both stores hold the same");
    expect(back.code).toBe(0);
    const second = await embedded(other);
    expect(await picture(second)).toEqual(expected);
    await second.close();
  });

  test("resumes where it was stopped, and says so when what is there differs", async () => {
    const url = databaseUrl(mongod);
    const dataDir = tempDir();
    const first = await embedded(dataDir);
    await fill(first);
    const readings = (await first.stats()).readings;
    await first.close();
    const server = runServer({
      args: ["migrate", "--to", "mongodb", "--data-dir", dataDir],
      env: { AERIE_MONGODB_URL: url },
    });
    const mongo = await inMongoWhen(url, 1_000);
    await server.kill();
    expect(mongo).toBeGreaterThan(0);
    const gone = await migrate("mongodb", dataDir, url);
    expect([gone.code, gone.said]).toEqual([0, expect.stringContaining("Done: both stores hold the same")]);
    const store = await inMongo(url);
    expect((await store.stats()).readings).toBe(readings);
    // Of another one that came meanwhile it is said, and nothing of it is taken away.
    await store.append([[timed(T0 + 1, { t: 5 })]]);
    await store.close();
    const differs = await migrate("mongodb", dataDir, url);
    expect([differs.code, differs.said]).toEqual([1, expect.stringContaining("boiler: ")]);
  });

  test("is not done while a hub runs, without an address, or to nowhere", async () => {
    const hub = await spawnHub();
    const running = await migrate("mongodb", hub.dataDir, databaseUrl(mongod));
    expect([running.code, running.said]).toEqual([1, expect.stringMatching(/hub|process/)]);
    await hub.kill("SIGTERM");
    expect(await migrate("mongodb", hub.dataDir, "")).toMatchObject({
      code: 2,
      said: expect.stringContaining("AERIE_MONGODB_URL"),
    });
    const nowhere = await migrate("mongodb", tempDir(), "mongodb://127.0.0.1:1/aerie");
    expect([nowhere.code, nowhere.said]).toEqual([1, expect.stringContaining("MongoDB cannot be reached")]);
  });
});

/** Asked past the command: it holds the lease. */
async function inMongoWhen(url: string, many: number): Promise<number> {
  const { MongoClient } = await import("mongodb");
  const { until } = await import("../../support/until.ts");
  const client = new MongoClient(url);
  try {
    // Hours come first, each with several durable writes: on a busy disk that takes longer than the usual ten seconds.
    return await until(
      "some readings are there",
      async () => {
        const count = await client.db().collection("readings").countDocuments();
        return count >= many ? count : undefined;
      },
      { withinMs: 60_000 },
    );
  } finally {
    await client.close();
  }
}
