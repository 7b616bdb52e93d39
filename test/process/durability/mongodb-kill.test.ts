/** What MongoDB has acknowledged to the hub is on its disk: how each write asks for that, and kills of the server while writes are under way. */
import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Log } from "../../../src/core/ports/log.ts";
import type { RemoteStore } from "../../../src/core/ports/outbox.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { KEEP_ALL, upkeepAll } from "../../contract/cases/history-contract.ts";
import { delivery, journal, message, ofDelivery } from "../../contract/cases/journal-contract.ts";
import { attributes, boiler, cellar, stateOf, T0, timed } from "../../contract/cases/writes.ts";
import { isMongodSkipped, launchMongod, type Mongod } from "../../support/mongodb/mongod.ts";
import { until } from "../../support/until.ts";

const built = new URL("../../../dist/src/store/mongo/mongo-store.js", import.meta.url).href;
const { openMongoStore } = (await import(built)) as typeof import("../../../src/store/mongo/mongo-store.ts");

/** `npm run soak` sets 100. */
const KILLS = Number(process.env["AERIE_TEST_KILLS"] ?? 5);
const WRITERS = 4;
const DATABASE = "aerie";
const HOUR_MS = 3_600_000;
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function urlOf({ url }: Mongod): string {
  const whole = new URL(url);
  whole.pathname = `/${DATABASE}`;
  return whole.href;
}

async function open(mongod: Mongod): Promise<RemoteStore> {
  const parts = { hubId: randomUUID(), clock: systemClock, log: quiet, onDead: () => {} };
  const store = await openMongoStore({ url: urlOf(mongod), ...parts });
  onTestFinished(() => store.close());
  return store;
}

const retained = (topic: string) =>
  journal({ of: "retained", topic, value: message({ topic, retain: true, payload: Uint8Array.of(1) }) });

const ofQos2 = delivery({ qos: 2, message: message({ qos: 2, publisher: "publisher" }) });

/** One of everything that writes. */
async function writeAll(store: RemoteStore): Promise<void> {
  await store.append([
    [timed(T0, { t: 1 }), attributes({ a: 1 })],
    [timed(T0, { t: 2 }, { deviceId: cellar })],
    [
      journal({ of: "session", clientId: "panel", value: { version: 5, expiryS: 60, disconnectedAtMs: undefined } }),
      journal(ofDelivery("panel", 0, ofQos2)),
      journal({ of: "inbound", clientId: "publisher", packetId: 1, value: true }),
      retained("state"),
    ],
  ]);
  await store.saveState([stateOf(boiler, { t: [1, T0] })]);
  await store.nameDevice(boiler, { name: "Boiler", place: "hall" });
  await store.setRetention(boiler, { rawDays: 30 });
  await upkeepAll(store, T0 + 40 * HOUR_MS, KEEP_ALL);
  await store.erase({ deviceId: boiler, metrics: undefined, fromMs: T0, toMs: T0 + 1 });
  await store.deleteDevice(cellar);
  await upkeepAll(store, T0 + 80 * HOUR_MS, KEEP_ALL);
  await store.probe();
}

interface LoggedCommand {
  readonly $db?: string;
  readonly writeConcern?: { readonly w?: unknown; readonly j?: unknown };
  readonly pipeline?: readonly Record<string, unknown>[];
  readonly [field: string]: unknown;
}

/** Commands that write into the hub's databases, as the server logged them. */
function writesOf(mongod: Mongod): LoggedCommand[] {
  const commands = mongod
    .log()
    .split("\n")
    .filter((line) => line.includes("About to run the command"))
    .map((line) => (JSON.parse(line) as { attr: { commandArgs: LoggedCommand } }).attr.commandArgs);
  return commands.filter(({ $db, pipeline, ...command }) => {
    if ($db !== DATABASE && $db !== `${DATABASE}_mqtt`) return false;
    const isMerge = pipeline?.some((stage) => "$merge" in stage || "$out" in stage) === true;
    return isMerge || ["insert", "update", "delete", "findAndModify"].some((name) => name in command);
  });
}

describe.skipIf(isMongodSkipped)("what MongoDB has acknowledged", () => {
  test.each([
    ["a single server", false, { w: 1, j: true }],
    ["a replica set", true, { w: "majority", j: true }],
  ])("is asked of %s so that it is on disk", { timeout: 120_000 }, async (_what, replicaSet, concern) => {
    const args = ["--setParameter", "logComponentVerbosity={command: {verbosity: 2}}"];
    const mongod = await launchMongod({ replicaSet, args });
    onTestFinished(() => mongod.dispose());
    await writeAll(await open(mongod));
    const writes = writesOf(mongod);
    const names = new Set(writes.map((command) => Object.keys(command)[0]));
    expect([...names].sort()).toEqual(["aggregate", "delete", "findAndModify", "insert", "update"]);
    const otherwise = writes.filter(({ writeConcern: { w, j } = {} }) => w !== concern.w || j !== concern.j);
    expect(otherwise).toEqual([]);
  });

  /** Most kills come between two flushes of the journal, which a server that does not wait for them loses. */
  test(`is there after ${KILLS} kills of a single server`, { timeout: 60_000 + KILLS * 10_000 }, async () => {
    const mongod = await launchMongod();
    onTestFinished(() => mongod.dispose());
    const store = await open(mongod);
    const client = new MongoClient(mongod.url);
    onTestFinished(() => client.close());
    let count = 0;

    for (let kill = 0; kill < KILLS; kill += 1) {
      const acknowledged: { instants: number[]; topics: string[] } = { instants: [], topics: [] };
      let isKilled = false;
      const write = async (): Promise<void> => {
        while (!isKilled) {
          count += 1;
          const [atMs, topic] = [T0 + count, `state/${count}`];
          const isStored = await store.append([[timed(atMs, { t: count })], [retained(topic)]]).then(
            () => true,
            () => false,
          );
          if (!isStored) continue;
          acknowledged.instants.push(atMs);
          acknowledged.topics.push(topic);
        }
      };
      const writers = Array.from({ length: WRITERS }, write);
      await until("some are written", () => acknowledged.instants.length >= 20 + kill, { everyMs: 1 });
      await mongod.kill();
      isKilled = true;
      await mongod.start();
      await Promise.all(writers);

      const readings = await client.db(DATABASE).collection("readings").find().toArray();
      const messages = await client.db(`${DATABASE}_mqtt`).collection("retained").find().toArray();
      const instants = new Set(readings.map((reading) => (reading["at"] as Date).getTime()));
      const topics = new Set(messages.map((each) => each["topic"] as string));
      expect(acknowledged.instants.filter((atMs) => !instants.has(atMs))).toEqual([]);
      expect(acknowledged.topics.filter((topic) => !topics.has(topic))).toEqual([]);
    }
  });
});
