/** What only the MongoDB engine can do wrong: its address, its login, its shape, its lease, answers that never come. Runs what was built. */
import { randomUUID } from "node:crypto";
import { type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Log } from "../../src/core/ports/log.ts";
import type { AssignedGroup, RemoteStore } from "../../src/core/ports/outbox.ts";
import type { WritesOfMessage } from "../../src/core/ports/writes.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { databaseUrl, isMongodSkipped, launchMongod } from "../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../support/mongodb/shared-mongod.ts";
import { startTcpProxy } from "../support/mongodb/tcp-proxy.ts";
import { until } from "../support/until.ts";
import { KEEP_ALL, upkeepAll } from "./cases/history-contract.ts";
import { boiler, duplicate, packet, readAll, seriesOf, stateOf, stored, T0, timed, untimed } from "./cases/writes.ts";

const built = new URL("../../dist/src/store/mongo/mongo-store.js", import.meta.url).href;
const { openMongoStore } = (await import(built)) as typeof import("../../src/store/mongo/mongo-store.ts");

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const DAY_MS = 24 * 3_600_000;

async function open(url: string, hubId: string = randomUUID()): Promise<RemoteStore> {
  const store = await openMongoStore({ url, hubId, clock: systemClock, log: quiet, onDead: () => {} });
  onTestFinished(() => store.close());
  return store;
}

describe.skipIf(isMongodSkipped)("the MongoDB engine", () => {
  let mongod: SharedMongod;
  let admin: MongoClient;
  beforeAll(async () => {
    mongod = await sharedMongod();
    admin = new MongoClient(mongod.url);
  });
  afterAll(() => admin?.close());

  test.each([
    ["nothing://127.0.0.1/aerie", "AERIE_MONGODB_URL is invalid"],
    ["mongodb://127.0.0.1/aerie?retryWirtes=true", "retrywirtes"],
    ["mongodb://hub:se cret@:1/aerie", "AERIE_MONGODB_URL is invalid"],
  ])("refuses to start with %s, and says why", async (url, why) => {
    const opening = open(url);
    await expect(opening).rejects.toMatchObject({
      name: "StartError",
      exitCode: 2,
      message: expect.stringContaining(why),
    });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("se cret") });
  });

  test("refuses to start where the login fails, without the password in its words", async () => {
    const locked = await launchMongod({ args: ["--auth"] });
    onTestFinished(() => locked.dispose());
    const local = new MongoClient(`mongodb://127.0.0.1:${locked.port}/`);
    await local.db("admin").command({ createUser: "owner", pwd: "right-one", roles: ["root"] });
    await local.close();
    const url = (password: string) => `mongodb://owner:${password}@127.0.0.1:${locked.port}/aerie?authSource=admin`;
    const opening = open(url("wrong-one"));
    await expect(opening).rejects.toMatchObject({
      name: "StartError",
      exitCode: 2,
      message: expect.stringContaining("denies access"),
    });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("wrong-one") });
    const store = await open(url("right-one"));
    expect((await store.append([[timed(T0, { t: 1 })]])).flat()).toEqual([stored(0)]);
    // Rights that are taken away may come back.
    const owner = new MongoClient(url("right-one"));
    onTestFinished(() => owner.close());
    await owner.db("admin").command({ createUser: "other", pwd: "x", roles: ["root"] });
    await owner.db("admin").command({ dropUser: "owner" });
    await expect(store.append([[timed(T0 + 1, { t: 1 })]])).rejects.toMatchObject({
      name: "StoreError",
      passing: true,
    });
  });

  const wrong: [string, (url: string) => Promise<unknown>, string][] = [
    [
      "a time-series collection",
      (url) => of(url).createCollection("readings", { timeseries: { timeField: "at" } }),
      "readings is a time-series collection",
    ],
    [
      "a capped collection",
      (url) => of(url).createCollection("rollups", { capped: true, size: 4_096 }),
      "rollups is a capped collection",
    ],
    [
      "another index of that name",
      (url) => of(url).collection("readings").createIndex({ at: 1 }, { name: "by_device_and_instant" }),
      "by_device_and_instant",
    ],
    [
      "a newer version",
      (url) => of(url).collection<{ _id: string; version: number }>("meta").insertOne({ _id: "schema", version: 99 }),
      "newer Aerie (schema 99",
    ],
  ];
  const of = (url: string) => admin.db(new URL(url).pathname.slice(1));

  test.each(wrong)("refuses %s by name", async (_, spoil, why) => {
    const url = databaseUrl(mongod);
    await spoil(url);
    await expect(open(url)).rejects.toMatchObject({
      name: "StartError",
      exitCode: 1,
      message: expect.stringContaining(why),
    });
  });

  test("makes its collections with zstd, and takes the owner's own index of the same keys for its own", async () => {
    const url = databaseUrl(mongod);
    await of(url).collection("readings").createIndex({ device: 1, at: 1, n: 1 }, { name: "mine" });
    await open(url);
    const rollups = (await of(url).listCollections({ name: "rollups" }).toArray()) as Document[];
    expect(JSON.stringify(rollups)).toContain("block_compressor=zstd");
    expect((await of(url).collection("readings").indexes()).map(({ name }) => name).sort()).toEqual(["_id_", "mine"]);
  });

  test("one hub a database: another is refused, itself after a kill is not", async () => {
    const url = databaseUrl(mongod);
    const mine = randomUUID();
    await open(url, mine);
    await expect(open(url)).rejects.toMatchObject({
      name: "StartError",
      isTaken: true,
      message: expect.stringContaining(String(process.pid)),
    });
    await expect(open(url, mine)).resolves.toBeDefined();
  });

  test("opens where nothing answers, refuses everything for the time being, and goes on when it can", async () => {
    const other = await launchMongod();
    onTestFinished(() => other.dispose());
    const url = databaseUrl(other);
    await other.kill();
    const store = await open(url);
    await expect(store.append([[timed(T0, { t: 1 })]])).rejects.toMatchObject({ name: "StoreError", passing: true });
    await expect(store.load()).rejects.toMatchObject({ passing: true });
    await expect(store.probe()).rejects.toMatchObject({ passing: true });
    await other.start();
    await store.probe();
    expect((await store.append([[timed(T0, { t: 1 })]])).flat()).toEqual([stored(0)]);
  });

  test.each(["before", "after"] as const)(
    "a group whose connection is cut %s the server has it is stored once when it is sent again",
    async (where) => {
      const proxy = await startTcpProxy(mongod.port);
      onTestFinished(proxy.close);
      const url = databaseUrl(mongod);
      const store = await open(
        databaseUrl({ url: `mongodb://127.0.0.1:${proxy.port}/` }, new URL(url).pathname.slice(1)),
      );
      const group = (at: number): WritesOfMessage[] => [
        [timed(at, { t: 1 }), timed(at, { t: 1 }, { element: 1 })],
        [untimed(at, { t: 1 }, { packet: packet(7, false) })],
        [untimed(at + 1, { t: 2 })],
      ];
      expect((await store.append(group(T0))).flat()).toEqual([stored(0), stored(1), stored(2), stored(0)]);
      proxy.cut(where, 1);
      let assigned: AssignedGroup | undefined;
      const note = (now: AssignedGroup): void => {
        assigned = now;
      };
      await expect(store.append(group(T0 + 5_000), note)).rejects.toMatchObject({ passing: true });
      expect(proxy.cuts()).toBe(1);
      await until("it answers again", () => store.probe().then(() => true));
      expect((await store.repeat(assigned as AssignedGroup)).flat()).toEqual([
        stored(0),
        stored(1),
        stored(2),
        stored(0),
      ]);
      expect((await store.repeat(assigned as AssignedGroup)).flat()).toEqual([
        stored(0),
        stored(1),
        stored(2),
        stored(0),
      ]);
      expect(await readAll(store)).toHaveLength(8);
      expect((await store.append([[untimed(T0 + 5_000, { t: 1 }, { packet: packet(7, true) })]])).flat()).toEqual([
        duplicate,
      ]);
    },
  );

  test.each([
    ["due", "before"],
    ["due", "after"],
    ["devices", "before"],
    ["devices", "after"],
    ["aerie_deliveries", "before"],
    ["aerie_deliveries", "after"],
  ] as const)(
    "a group whose write to %s is cut %s the server has it may be sent again, and nothing of it is refused",
    async (collection, where) => {
      const proxy = await startTcpProxy(mongod.port);
      onTestFinished(proxy.close);
      const name = new URL(databaseUrl(mongod)).pathname.slice(1);
      const store = await open(databaseUrl({ url: `mongodb://127.0.0.1:${proxy.port}/` }, name));
      const message = {
        topic: "t",
        payload: Buffer.from("hello"),
        qos: 1,
        retain: false,
        properties: new Uint8Array(),
        expiresAtMs: undefined,
        publisher: undefined,
      } as const;
      const value = { message, qos: 1, retain: false, subscriptionIds: [], share: undefined } as const;
      const group: WritesOfMessage[] = [
        [timed(T0, { t: 1 })],
        [{ kind: "journal", entry: { of: "delivery", clientId: "away", order: 1, value } }],
      ];
      proxy.cut(where, 1, collection);
      let assigned: AssignedGroup | undefined;
      const note = (now: AssignedGroup): void => {
        assigned = now;
      };
      await expect(store.append(group, note)).rejects.toMatchObject({ passing: true });
      expect(proxy.cuts()).toBe(1);
      await until("it answers again", () => store.probe().then(() => true));
      expect((await store.repeat(assigned as AssignedGroup)).flat()).toEqual([stored(0), stored(0)]);
      expect(await readAll(store)).toHaveLength(1);
      expect((await store.loadJournal()).deliveries).toHaveLength(1);
    },
  );

  test("a reading whose answer never came is in the hours, charts and latest values of the next run, which does not know of it", async () => {
    const proxy = await startTcpProxy(mongod.port);
    onTestFinished(proxy.close);
    const url = databaseUrl(mongod);
    const hubId = randomUUID();
    const name = new URL(url).pathname.slice(1);
    const first = await open(databaseUrl({ url: `mongodb://127.0.0.1:${proxy.port}/` }, name), hubId);
    await first.append([[timed(T0, { t: 1 })]]);
    await first.saveState([stateOf(boiler, { t: [1, T0] })]);
    await upkeepAll(first, T0 + 30 * DAY_MS, KEEP_ALL);
    const laterMs = T0 + 2 * DAY_MS;
    proxy.cut("after", 1);
    await expect(first.append([[timed(laterMs, { t: 5 })]])).rejects.toMatchObject({ passing: true });
    await first.close();

    const next = await open(url, hubId);
    const [device] = await next.load();
    const query = {
      deviceId: boiler,
      level: "hour",
      metrics: ["t"],
      fromMs: T0 - DAY_MS,
      toMs: laterMs + DAY_MS,
    } as const;
    const hours = async () => (await next.rollups(query)).map(({ rollup }) => [rollup.count, rollup.sum]);
    expect(device?.latest.get("t")).toEqual({ value: 5, atMs: laterMs });
    expect(await hours()).toEqual([
      [1, 1],
      [1, 5],
    ]);
    await upkeepAll(next, T0 + 30 * DAY_MS, KEEP_ALL);
    expect(await hours()).toEqual([
      [1, 1],
      [1, 5],
    ]);
  });

  test("a place that another reading has taken meanwhile is left to it", async () => {
    const store = await open(databaseUrl(mongod));
    let assigned: AssignedGroup | undefined;
    await store.append([[untimed(T0, { t: 1 })]], (now) => {
      assigned = now;
    });
    const other = {
      outcomes: (assigned as AssignedGroup | undefined)?.outcomes ?? [],
      messages: [[{ ...untimed(T0, { t: 2 }), n: 0 }]],
    };
    expect((await store.repeat(other)).flat()).toEqual([stored(1)]);
    expect((await readAll(store)).map(({ n, body }) => [n, body])).toEqual([
      [0, '{"t":1}'],
      [1, '{"t":2}'],
    ]);
  });

  test("many groups in flight at once: each reading once, newest and latest true", async () => {
    const url = databaseUrl(mongod);
    const hubId = randomUUID();
    const store = await open(url, hubId);
    const groups = Array.from({ length: 40 }, (_, group) =>
      Array.from({ length: 50 }, (_x, i) => [timed(T0 + (group % 10) * 100 + i, { v: group * 50 + i })]),
    );
    const outcomes = (await Promise.all(groups.map((each) => store.append(each)))).flat(2);
    expect(outcomes.every(({ kind }) => kind === "stored")).toBe(true);
    expect(await readAll(store)).toHaveLength(2_000);
    await store.close();
    const [device] = await (await open(url, hubId)).load();
    const newest = (await readAll(await open(url, hubId))).at(-1);
    expect(device?.latest.get("v")?.value).toBe(JSON.parse(newest?.body ?? "{}").v);
  });

  test("what the hub asks again and again is answered by an index", async () => {
    const url = databaseUrl(mongod);
    const store = await open(url);
    await store.append(Array.from({ length: 3_000 }, (_, i) => [timed(T0 + i * 60_000, { t: i, on: i % 2 === 0 })]));
    await of(url).command({ profile: 2 });
    await store.append([[timed(T0, { t: 0, on: true })], [untimed(T0, { t: 5 }, { packet: packet(1, true) })]]);
    const range = { deviceId: boiler, fromMs: T0, toMs: T0 + 3 * DAY_MS };
    await store.readings({ ...range, limit: 10, order: "desc", behind: { atMs: T0 + DAY_MS, n: 0 } });
    await seriesOf(store, { ...range, metrics: ["t", "on"], points: 100 });
    await store.rollups({ ...range, level: "day", metrics: ["t"] });
    await store.latestOf(boiler, ["t"]);
    await store.exportChunk({ ...range, metrics: undefined, format: "ndjson", behind: undefined });
    await store.saveState([stateOf(boiler, {})]);
    await upkeepAll(store, T0 + 30 * DAY_MS, { ...KEEP_ALL, rawDays: 29 });
    await seriesOf(store, { ...range, metrics: ["t"], points: 3 });
    await store.erase({ ...range, fromMs: T0 + 2 * DAY_MS, metrics: ["on"] });
    await of(url).command({ profile: 0 });
    const scans = await of(url)
      .collection("system.profile")
      .find({ planSummary: /COLLSCAN/, ns: /\.(?:readings|rollups|due)$/ })
      .toArray();
    expect(scans.map(({ ns, command }) => [ns, JSON.stringify(command).slice(0, 300)])).toEqual([]);
  });
});
