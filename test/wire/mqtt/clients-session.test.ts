/** Sessions of real clients: kept, ended, taken over, and carried from one version of MQTT to another. */
import { expect, test } from "vitest";
import { versionOptions } from "../../support/clients/js-kind.ts";
import { mosquittoSub } from "../../support/clients/mosquitto-sub.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { connectPaho } from "../../support/clients/paho-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { until, within } from "../../support/until.ts";

type Version = 3 | 4 | 5;

/** Hubs whose clock is moved on must not wait for pings: mqtt.js sends them by the machine's clock. */
const SILENT = { keepalive: 0 };

/** A kept session of that client id. */
const comeAs = (hub: HubAddress, version: Version, clientId = "panel"): Promise<JsClient> =>
  connectJs(hub.mqttUrl, { ...versionOptions(version, true), ...SILENT, clientId });

const payloads = ({ received }: Pick<JsClient, "received">, qos: number): string[] =>
  received.filter((each) => each.qos === qos).map(({ payload }) => payload);

const CHANGES: [from: Version, to: Version][] = [
  [4, 5],
  [5, 4],
  [3, 5],
  [3, 4],
];

test.each(CHANGES)(
  "a session of version %i that comes back as version %i has its subscriptions and all that waited for it",
  async (from, to) => {
    const hub = await startHub();
    const before = await comeAs(hub, from);
    await before.subscribe("room/+", 2);
    await before.subscribe("$share/group/jobs/#", 1);
    await before.vanish();
    const writer = await connectJs(hub.mqttUrl, versionOptions(5, false));
    const properties = { userProperties: { floor: "2" } };
    const numbers = Array.from({ length: 25 }, (_, index) => String(index));
    for (const number of numbers) {
      await writer.publish("room/1", number, { qos: 1, properties });
      await writer.publish("room/2", number, { qos: 2, properties });
      await writer.publish("jobs/1", number, { qos: 1, properties });
    }

    const after = await comeAs(hub, to);
    await until("all came", () => after.received.length >= 3 * numbers.length);
    await writer.publish("room/1", "live", { qos: 1 });
    await until("it is live", () => payloads(after, 1).includes("live"));

    expect(after.connack.sessionPresent).toBe(true);
    const qos1 = (topic: string) =>
      after.received.filter((each) => each.qos === 1 && each.topic === topic).map(({ payload }) => payload);
    expect(qos1("room/1")).toEqual([...numbers, "live"]);
    expect(qos1("jobs/1")).toEqual(numbers);
    expect(payloads(after, 2)).toEqual(numbers);
    const seen = { ...after.received[0]?.properties?.userProperties };
    expect(seen).toEqual(to === 5 ? properties.userProperties : {});
  },
);

test("a session goes from 3.1.1 to 5 and back while messages come, and none is lost or twice", async () => {
  const hub = await startHub();
  const seen: string[] = [];
  const first = await comeAs(hub, 4);
  await first.subscribe("room/1", 2);
  await first.leave();
  const writer = await connectJs(hub.mqttUrl, versionOptions(4, false));
  const rounds = [5, 4, 5, 4, 5] as const;
  for (const [round, version] of rounds.entries()) {
    for (let count = 0; count < 20; count += 1) await writer.publish("room/1", `${round}.${count}`, { qos: 2 });
    const panel = await comeAs(hub, version);
    await until("all of this round", () => panel.received.length >= 20);
    seen.push(...panel.received.map(({ payload }) => payload));
    await panel.leave();
  }

  expect(seen).toEqual(rounds.flatMap((_, round) => Array.from({ length: 20 }, (_, count) => `${round}.${count}`)));
});

test.each([4, 5] as const)(
  "a clean start of version %i ends what was kept: no session present, nothing of the past",
  async (version) => {
    const hub = await startHub();
    const before = await comeAs(hub, version);
    await before.subscribe("room/#", 1);
    await before.vanish();
    const writer = await connectJs(hub.mqttUrl);
    await writer.publish("room/1", "of the past", { qos: 1 });

    const clean = await connectJs(hub.mqttUrl, { ...versionOptions(version, false), clientId: "panel" });
    await clean.subscribe("end", 1);
    await writer.publish("room/1", "unheard", { qos: 1 });
    await writer.publish("end", "", { qos: 1 });
    await clean.message("end");
    await clean.leave();
    const again = await comeAs(hub, version);

    expect(clean.connack.sessionPresent).toBe(false);
    expect(clean.received.map(({ topic }) => topic)).toEqual(["end"]);
    expect(again.connack.sessionPresent).toBe(false);
  },
);

test("a session of MQTT 5 lives for its expiry interval and no longer; DISCONNECT may change it", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const comeFor = (sessionExpiryInterval: number) =>
    connectJs(hub.mqttUrl, {
      ...versionOptions(5, true),
      ...SILENT,
      clientId: "panel",
      properties: { sessionExpiryInterval },
    });

  await (await comeFor(100)).leave();
  clock.skip(90_000);
  const inTime = await comeFor(100);
  await inTime.leave({ properties: { sessionExpiryInterval: 20 } });
  clock.skip(30_000);
  const late = await comeFor(0);
  await late.leave();
  const afterNone = await comeFor(0);

  expect(inTime.connack.sessionPresent).toBe(true);
  expect(late.connack.sessionPresent).toBe(false);
  expect(afterNone.connack.sessionPresent).toBe(false);
});

test("a message of which the expiry has passed comes to nobody; what is left of it is sent to who comes in time", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  for (const version of [4, 5] as const) {
    const panel = await comeAs(hub, version, `panel-${version}`);
    await panel.subscribe("room/#", 1);
    await panel.leave();
  }
  const writer = await connectJs(hub.mqttUrl, { ...versionOptions(5, false), ...SILENT });
  const publish = (payload: string, messageExpiryInterval: number, retain = false) =>
    writer.publish(`room/${payload}`, payload, { qos: 1, retain, properties: { messageExpiryInterval } });
  await publish("short", 30);
  await publish("long", 300);
  await publish("short-retained", 30, true);
  await publish("long-retained", 300, true);

  clock.skip(100_000);
  const back = [await comeAs(hub, 4, "panel-4"), await comeAs(hub, 5, "panel-5")];
  const stranger = await connectJs(hub.mqttUrl, { ...versionOptions(5, false), ...SILENT });
  await stranger.subscribe("#", 1);
  await writer.publish("room/end", "end", { qos: 1 });
  for (const client of [...back, stranger]) await client.message("room/end");

  for (const { received } of back) {
    expect(received.map(({ payload }) => payload)).toEqual(["long", "long-retained", "end"]);
  }
  expect(stranger.received.map(({ payload }) => payload)).toEqual(["long-retained", "end"]);
  for (const left of [back[1]?.received[0], stranger.received[0]]) {
    expect(left?.properties?.messageExpiryInterval).toBeGreaterThan(180);
    expect(left?.properties?.messageExpiryInterval).toBeLessThanOrEqual(200);
  }
});

const TAKEOVERS: [old: Version, young: Version][] = [
  [4, 4],
  [4, 5],
  [5, 4],
  [5, 5],
  [3, 5],
];

test.each(TAKEOVERS)(
  "a connection of version %i is closed when the same client connects as version %i, which goes on with its session",
  async (oldVersion, youngVersion) => {
    const hub = await startHub();
    const old = await comeAs(hub, oldVersion);
    await old.subscribe("room/#", 1);
    const oldIsClosed = new Promise<void>((resolve) => void old.client.once("close", () => resolve()));

    const young = await comeAs(hub, youngVersion);
    await within("the old one is closed", oldIsClosed);
    await young.publish("room/1", "hello", { qos: 1 });

    expect(await young.message("room/1")).toMatchObject({ payload: "hello" });
    expect(young.connack.sessionPresent).toBe(true);
    expect(old.received).toEqual([]);
    expect(old.disconnect()?.reasonCode).toBe(oldVersion === 5 ? 0x8e : undefined);
  },
);

test("paho is cut off by a take-over, and mosquitto_sub has its session", async () => {
  const hub = await startHub();
  const paho = await connectPaho(hub, { clientId: "panel", keep: true, version: 5 });
  await paho.order({ do: "subscribe", filter: "room/1", qos: 1 });

  const mosquitto = await mosquittoSub(hub, "-V", "mqttv5", "-c", "-i", "panel", "-t", "other/#", "-q", "1");
  const writer = await connectJs(hub.mqttUrl);
  await writer.publish("room/1", "hello", { qos: 1 });
  await until("mosquitto_sub has it", () => mosquitto.received.length > 0);

  await paho.disconnected(); // of a DISCONNECT without properties it does not read the reason code
  expect(mosquitto.received).toMatchObject([{ topic: "room/1", payload: "hello" }]);
});

test("a take-over publishes the old connection's will, but not one whose delay the session outlives", async () => {
  const hub = await startHub();
  const listener = await connectJs(hub.mqttUrl);
  await listener.subscribe("wills/#", 1);
  const boardWith = (clientId: string, willDelayInterval: number): Promise<JsClient> =>
    connectJs(hub.mqttUrl, {
      ...versionOptions(5, true),
      clientId,
      will: {
        topic: `wills/${clientId}`,
        payload: Buffer.from("gone"),
        qos: 1,
        retain: false,
        properties: { willDelayInterval },
      },
    });
  for (const [clientId, delayS] of [
    ["patient", 60],
    ["hasty", 0],
  ] as const) {
    await boardWith(clientId, delayS);
    const young = await comeAs(hub, 5, clientId);
    expect(young.connack.sessionPresent).toBe(true);
  }

  await listener.message("wills/hasty");

  expect(listener.received.map(({ topic }) => topic)).toEqual(["wills/hasty"]);
});

test("a will is delayed as long as it asks, and the client that comes back in time leaves none", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const listener = await connectJs(hub.mqttUrl, SILENT);
  await listener.subscribe("wills/#", 1);
  for (const clientId of ["back", "lost"]) {
    const will = { topic: `wills/${clientId}`, payload: Buffer.from("gone"), qos: 1, retain: false } as const;
    const board = await connectJs(hub.mqttUrl, {
      ...versionOptions(5, true),
      ...SILENT,
      clientId,
      will: { ...will, properties: { willDelayInterval: 30 } },
    });
    await board.vanish();
  }

  await comeAs(hub, 5, "back");
  clock.skip(31_000);
  await listener.message("wills/lost");

  expect(listener.received.map(({ topic }) => topic)).toEqual(["wills/lost"]);
});
