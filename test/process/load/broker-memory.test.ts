/** What the broker must not forget, over kills and stops: sessions, subscriptions, queues, handshakes, retained, wills. */
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type Engine, onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, type SpawnedHub, spawnHub, startHub } from "../../support/hub/hub.ts";
import { type BrokerLoad, createBrokerLoad, expectAllKept } from "../../support/load/broker-load.ts";
import { PROPERTY } from "../../support/packets/bytes.ts";
import { keptSession, openLink } from "../../support/steady/packet-link.ts";
import { createSubscriber } from "../../support/steady/steady-subscriber.ts";
import { pause, until } from "../../support/until.ts";

/** `npm run soak` sets 200. Three: in the third, who is absent looks in. */
const KILLS = Number(process.env["AERIE_TEST_KILLS"] ?? 3);
/** Each in order, so that chance has less to do with it. */
const STOPS = 2;
const LEAST_LOAD_MS = 20;
const MOST_LOAD_MS = 300;
/** Who is absent looks in so often, and is cut off with the hub like the others. */
const LOOKS_IN_EVERY = 3;

const nextLifeOf = ({ dataDir, httpPort, mqttPort }: SpawnedHub, engine: Engine): Promise<SpawnedHub> =>
  spawnHub({ dataDir, httpPort, mqttPort, env: engine.env() });

/** One life of the hub under load, until the signal. */
async function liveAndEnd(hub: SpawnedHub, load: BrokerLoad, life: number, signal: NodeJS.Signals) {
  await load.expectRetained(hub);
  await load.resume(hub);
  if (life % LOOKS_IN_EVERY === 0) for (const subscriber of load.absent) await subscriber.connect(hub);
  await pause(LEAST_LOAD_MS + Math.random() * (MOST_LOAD_MS - LEAST_LOAD_MS)); // the moment of an end is chance
  const code = await hub.kill(signal);
  await load.untilAlone();
  return code;
}

/** For a hub whose clock is moved on: mqtt.js pings by the machine's. */
const SILENT = { keepalive: 0 };

const willOf = (clientId: string) => ({ topic: `wills/${clientId}`, payload: clientId, qos: 1 });

/** Connected clients with a will, and what they leave when their hub ends. */
async function connectBoards(hub: HubAddress): Promise<void> {
  const short = { clientId: "short", version: 4, keepAliveS: 20 } as const;
  const long = { clientId: "long", version: 5, keepAliveS: 60 } as const;
  const none = { clientId: "none", version: 4, keepAliveS: 0 } as const;
  for (const wish of [short, long, none]) await openLink(hub, { ...wish, will: willOf(wish.clientId) });
  for (const version of [4, 5] as const) {
    const clientId = `back-${version}`;
    await openLink(hub, { ...keptSession(version, clientId), keepAliveS: 20, will: willOf(clientId) });
  }
  const delayed = { ...willOf("delayed"), properties: [[PROPERTY.willDelay, 200]] } as const;
  await openLink(hub, { ...keptSession(5, "delayed"), keepAliveS: 20, will: delayed });
  await untilWritten(hub);
}

/** What the broker has to remember is written in order, and a SUBACK for a kept session says that all before it is. */
async function untilWritten(hub: HubAddress): Promise<void> {
  const witness = createSubscriber("witness", 4);
  await witness.connect(hub);
  await witness.subscribe("nothing");
}

onEachEngine((engine) => {
  test(`after ${KILLS} SIGKILLs no acknowledged message is lost to a kept session, and none of QoS 2 came twice`, {
    timeout: 120_000 + KILLS * 10_000,
  }, async () => {
    const load = createBrokerLoad();
    let hub = await spawnHub({ env: engine.env() });
    await load.begin(hub);

    for (let life = 1; life <= KILLS; life += 1) {
      await liveAndEnd(hub, load, life, "SIGKILL");
      hub = await nextLifeOf(hub, engine);
    }

    await expectAllKept(hub, load);
  });

  test("SIGTERM under load keeps sessions, queues and retained messages, and tells clients of MQTT 5 why", async () => {
    const load = createBrokerLoad();
    let hub = await spawnHub({ env: engine.env() });
    await load.begin(hub);

    for (let life = 1; life <= STOPS; life += 1) {
      expect(await liveAndEnd(hub, load, life, "SIGTERM")).toBe(0);
      hub = await nextLifeOf(hub, engine);
    }

    await expectAllKept(hub, load);
    const [present4, present5] = load.present;
    expect(present4?.disconnects).toEqual([]);
    expect(present5?.disconnects).toEqual(Array(STOPS).fill(0x8b));
  });

  test.each(["SIGKILL", "SIGTERM"] as const)(
    "after %s the wills of connected clients wait 1.5 times their keep-alive, at least a minute; who is back leaves none",
    async (signal) => {
      const before = await spawnHub({ env: engine.env() });
      await connectBoards(before);
      await before.kill(signal);

      const clock = createShiftedClock();
      const hub = await startHub({ settings: { ...engine.settings(), dataDir: before.dataDir }, clock });
      const listener = await connectJs(hub.mqttUrl, SILENT);
      await listener.subscribe("wills/#", 1);
      const wills = (): string[] =>
        listener.received.flatMap(({ topic, payload }) => (topic === "fence" ? [] : [payload])).sort();
      for (const version of [4, 5] as const) {
        const back = await openLink(hub, { ...keptSession(version, `back-${version}`), keepAliveS: 20 });
        expect(back.connack.sessionPresent).toBe(true);
      }

      clock.skip(57_000); // what is due was looked at when this returns, and comes before what is published now
      await listener.subscribe("fence", 1);
      await listener.publish("fence", "", { qos: 1 });
      await listener.message("fence");
      expect(wills()).toEqual([]);
      clock.skip(4_000);
      await until("the minute is over", () => wills().length >= 2);
      expect(wills()).toEqual(["none", "short"]);
      clock.skip(31_000);
      await until("1.5 × 60 s are over", () => wills().length >= 3);
      expect(wills()).toEqual(["long", "none", "short"]);
      clock.skip(300_000);
      await until("the delay is over too", () => wills().length >= 4);
      expect(wills()).toEqual(["delayed", "long", "none", "short"]);
    },
  );

  test("a will that waits for its delay when the hub is killed is published once after the restart, never again", async () => {
    const before = await spawnHub({ env: engine.env() });
    const panel = createSubscriber("panel", 4);
    await panel.connect(before);
    await panel.subscribe("wills/#");
    await panel.leave();
    const properties = [[PROPERTY.willDelay, 100]] as const;
    const will = { ...willOf("board"), properties };
    const board = await openLink(before, { ...keptSession(5, "board"), keepAliveS: 20, will });
    await untilWritten(before);
    await board.vanish();
    await before.kill();

    const clock = createShiftedClock();
    const hub = await startHub({ settings: { ...engine.settings(), dataDir: before.dataDir }, clock });
    const listener = await connectJs(hub.mqttUrl, SILENT);
    await listener.subscribe("wills/#", 1);
    // Either the hub saw the end of the connection, or it was killed first and gives the board a minute more.
    clock.skip(200_000);
    await listener.message("wills/board");
    await hub.close();
    const again = await startHub({ settings: { ...engine.settings(), dataDir: before.dataDir }, clock });
    clock.skip(1_000_000);
    await panel.connect(again);
    await until("the will came", () => panel.deliveries.length > 0);
    await panel.subscribe("other"); // behind its answer nothing is left that waited

    expect(listener.received).toHaveLength(1);
    expect(panel.deliveries.map(({ payload }) => payload)).toEqual(["board"]);
  });
});
