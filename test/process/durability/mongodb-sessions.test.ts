/**
 * What the broker must not forget, while MongoDB goes and comes: sessions, queues, handshakes and retained messages are as promised
 * after each, also where the hub is killed meanwhile or starts before its database.
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { createBrokerLoad, expectAllKept } from "../../support/load/broker-load.ts";
import { databaseUrl, isMongodSkipped, launchMongod, type Mongod } from "../../support/mongodb/mongod.ts";
import { createSubscriber } from "../../support/steady/steady-subscriber.ts";
import { until } from "../../support/until.ts";

/** `npm run soak` sets 10. */
const OUTAGES = Number(process.env["AERIE_TEST_OUTAGES"] ?? 1);

describe.skipIf(isMongodSkipped)("what the broker remembers in MongoDB", () => {
  let mongod: Mongod;
  beforeAll(async () => {
    mongod = await launchMongod();
  });
  afterAll(() => mongod.dispose());

  const degradedOf = async (hub: SpawnedHub) => (await ask<Readiness>(hub, "/readyz")).body.degraded;
  const isAway = (hub: SpawnedHub) =>
    until("MongoDB is away", async () => (await degradedOf(hub)) !== undefined, { withinMs: 15_000 });
  const isWhole = (hub: SpawnedHub) =>
    until("all is sent", async () => (await degradedOf(hub)) === undefined, { withinMs: 60_000 });

  test(`is there after mongod was killed and came back under load, and the hub was killed too, ${OUTAGES} times`, {
    timeout: 60_000 + OUTAGES * 40_000,
  }, async () => {
    const env = { AERIE_MONGODB_URL: databaseUrl(mongod) };
    const load = createBrokerLoad();
    let hub = await spawnHub({ env });
    await load.begin(hub);

    for (let outage = 0; outage < OUTAGES; outage += 1) {
      await load.resume(hub);
      await mongod.kill();
      await isAway(hub);
      await load.expectRetained(hub);
      await load.more();
      for (const subscriber of load.absent) await subscriber.connect(hub);
      await load.more();
      await mongod.start();
      await isWhole(hub);
      await load.more();
      await hub.kill();
      await load.untilAlone();
      hub = await spawnHub({ dataDir: hub.dataDir, httpPort: hub.httpPort, mqttPort: hub.mqttPort, env });
    }

    await expectAllKept(hub, load);
  });

  test("waits on the hub's disk when the hub is killed too, and is sent once by the next one", async () => {
    const env = { AERIE_MONGODB_URL: databaseUrl(mongod) };
    const load = createBrokerLoad();
    let hub = await spawnHub({ env });
    const logs = [hub.logged];
    onTestFailed(() => console.log(logs.map((lines) => lines.slice(-20))));
    await load.begin(hub);
    await load.resume(hub);
    await mongod.kill();
    await isAway(hub);
    await load.more();
    await load.settle();
    await hub.kill();
    await load.untilAlone();

    await mongod.start();
    hub = await spawnHub({ dataDir: hub.dataDir, httpPort: hub.httpPort, mqttPort: hub.mqttPort, env });
    logs.push(hub.logged);
    await isWhole(hub);

    await expectAllKept(hub, load);
  });

  test("is there where it waited in the outbox for a session in MongoDB, and the next hub starts before MongoDB", async () => {
    const env = { AERIE_MONGODB_URL: databaseUrl(mongod) };
    const before = await spawnHub({ env });
    const away = createSubscriber("away", 4);
    await away.connect(before);
    await away.subscribe("news");
    await away.leave();
    const publisher = await connectJs(before.mqttUrl);
    await publisher.publish("news", "stored in MongoDB", { qos: 1 });
    await mongod.kill();
    await publisher.publish("news", "in the outbox", { qos: 1 });
    await before.kill();

    const hub = await spawnHub({ dataDir: before.dataDir, env });
    expect(await degradedOf(hub)).toBeDefined();
    await mongod.start();
    await isWhole(hub);
    await away.connect(hub);
    const texts = (): string[] => away.deliveries.map(({ payload }) => payload);
    await until("all is delivered", () => texts().length >= 2);
    expect(texts()).toEqual(["stored in MongoDB", "in the outbox"]);
    expect(away.sessionsPresent).toEqual([false, true]);
  });

  test("comes back with MongoDB where the hub starts first: queues, retained messages, and who is new meanwhile stays", async () => {
    const env = { AERIE_MONGODB_URL: databaseUrl(mongod) };
    const before = await spawnHub({ env });
    const away = createSubscriber("away", 4);
    await away.connect(before);
    await away.subscribe("news");
    await away.leave();
    const publisher = await connectJs(before.mqttUrl);
    await publisher.publish("news", "before", { qos: 1 });
    await publisher.publish("state/old", "old", { qos: 1, retain: true });
    await publisher.publish("state/both", "old", { qos: 1, retain: true });
    await before.kill();
    await mongod.kill();

    const hub = await spawnHub({ dataDir: before.dataDir, env });
    expect(await degradedOf(hub)).toBeDefined();
    const later = await connectJs(hub.mqttUrl);
    await later.publish("state/both", "new", { qos: 1, retain: true });
    const panel = createSubscriber("panel", 5);
    await panel.connect(hub);
    await panel.subscribe("news");
    await panel.leave();
    await mongod.start();
    await isWhole(hub);
    await later.publish("news", "after", { qos: 1 });
    await hub.kill();

    const last = await spawnHub({ dataDir: before.dataDir, env });
    await away.connect(last);
    await panel.connect(last);
    const textsOf = (subscriber: typeof away): string[] => subscriber.deliveries.map(({ payload }) => payload);
    await until("all is delivered", () => textsOf(away).length >= 2 && textsOf(panel).length >= 1);
    expect(away.sessionsPresent).toEqual([false, true]);
    expect(panel.sessionsPresent).toEqual([false, true]);
    expect(textsOf(away)).toEqual(["before", "after"]);
    expect(textsOf(panel)).toEqual(["after"]);
    const reader = await connectJs(last.mqttUrl);
    await reader.subscribe("state/#", 1);
    expect((await reader.message("state/old")).payload).toBe("old");
    expect((await reader.message("state/both")).payload).toBe("new");
  });
});
