/** A hub's start with an address of MongoDB that cannot work, and with one where nothing answers yet. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { createBoard } from "../../support/clients/board.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { clockOfHub } from "../../support/clock/shifted-clock.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { runServer, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { admin, databaseUrl, isMongodSkipped, launchMongod } from "../../support/mongodb/mongod.ts";
import { until } from "../../support/until.ts";

/** The hub looks at each second at what waits for 10 s: nobody waits as long here. */
const STALL_CHECK_MS = 1_000;
const LEAST_OUTBOX_BYTES = 16_777_216;
/** Nearly as much as a packet may be. */
const LONG = JSON.stringify(Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`text${at}`, "x".repeat(250)])));

test.each([
  ["postgres://hub:geheim@db.example/aerie", "AERIE_MONGODB_URL: expected mongodb://"],
  ["mongodb://hub:geheim@db.example/aerie?writeConcernn=1", "AERIE_MONGODB_URL is invalid"],
])("%s ends the start with 2, says why, and not the password", async (url, why) => {
  const server = runServer({ args: ["--data-dir", tempDir()], env: { AERIE_MONGODB_URL: url } });

  expect(await server.exited).toBe(2);
  expect(server.stderr()).toContain(why);
  expect(server.stderr() + server.stdout()).not.toContain("geheim");
});

describe.skipIf(isMongodSkipped)("with a MongoDB", () => {
  test("a login that fails ends the start, and says so", async () => {
    const mongod = await launchMongod({ args: ["--auth"] });
    onTestFinished(() => mongod.dispose());
    await admin(mongod.port, (command) => command({ createUser: "hub", pwd: "right-one", roles: ["root"] }));
    const url = `mongodb://hub:geheim@127.0.0.1:${mongod.port}/aerie?authSource=admin`;

    const server = runServer({ args: ["--data-dir", tempDir()], env: { AERIE_MONGODB_URL: url } });

    expect(await server.exited).toBe(2);
    expect(server.stderr()).toMatch(/login|Authentication/i);
    expect(server.stderr() + server.stdout()).not.toContain("geheim");
  });

  test("where nothing answers the hub starts; an outbox that is full acknowledges nothing, and work goes on when MongoDB is there", {
    timeout: 120_000,
  }, async () => {
    const mongod = await launchMongod();
    onTestFinished(() => mongod.dispose());
    await mongod.kill();
    const clock = clockOfHub();
    const outbox = { AERIE_MAX_OUTBOX_BYTES: String(LEAST_OUTBOX_BYTES) };
    const env = { AERIE_MONGODB_URL: databaseUrl(mongod), ...outbox, ...clock.env };
    const hub = await spawnHub({ env });
    const readiness = async () => (await ask<Readiness>(hub, "/readyz")).body;
    const atFirst = await readiness();

    const filler = await connectJs(hub.mqttUrl);
    let promised = 0;
    let isFull = false;
    filler.client.on("close", () => {
      isFull = true;
    });
    while (!isFull) {
      const many = Array.from({ length: 50 }, () =>
        filler.client.publishAsync("devices/filler/telemetry", LONG, { qos: 1 }).then(() => promised++),
      );
      let isTaken = false;
      void Promise.allSettled(many).then(() => {
        isTaken = true;
      });
      await until("they are acknowledged, or the outbox is full", async () => {
        isFull ||= !(await readiness()).ready;
        return isFull || isTaken;
      });
    }
    const full = await readiness();
    const board = createBoard({ deviceId: "late", timed: false, window: 5 });
    await board.connect(hub);
    await until("the board is let go", async () => {
      await clock.skip(STALL_CHECK_MS);
      return !board.isConnected();
    });
    const silent = await refusedCount(hub, "KEEP_ALIVE_EXPIRED");
    const refused = board.acknowledged.length;

    await mongod.start();
    await until("all is sent", async () => (await readiness()).degraded === undefined, { withinMs: 30_000 });
    await board.connect(hub);
    await until("the board is acknowledged", () => board.acknowledged.length > 20);
    board.rest();
    await until("all of it", () => board.isSettled());

    expect(atFirst.ready).toBe(true);
    expect(atFirst.degraded).toMatchObject({ waiting: 0, reason: expect.stringContaining("MongoDB") });
    expect(full.problems.map(({ problem }) => problem).join()).toContain("AERIE_MAX_OUTBOX_BYTES");
    expect(promised).toBeGreaterThan(100);
    expect(silent).toBe(0); // it was let go because it waited
    expect(refused).toBe(0);
    expect((await readiness()).ready).toBe(true);
    expect(await compareAll(hub, "late", board.acknowledged)).toEqual(NO_DIFFERENCES);
    const there = await ask<{ readings: unknown[] }>(hub, "/api/devices/filler/readings?limit=10000");
    expect(there.body.readings.length).toBeGreaterThanOrEqual(promised);
    expect(there.body.readings.length).toBeLessThanOrEqual(promised + 100); // what was on its way when it was full
  });
});
