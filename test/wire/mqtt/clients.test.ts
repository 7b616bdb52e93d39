/** Every MQTT client that people have, in each version, does with the hub what it does with any broker. */
import { describe, expect, test } from "vitest";
import websocketStream from "websocket-stream";
import type { ClientKind, SeenMessage, UsedClient } from "../../support/clients/client-kind.ts";
import { CLIENT_KINDS } from "../../support/clients/client-kinds.ts";
import { versionOptions } from "../../support/clients/js-kind.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import type { HubAddress } from "../../support/hub/hub.ts";
import { hubOfFile, unique } from "../../support/hub/hub-of-file.ts";
import {
  CONNACK,
  connectPacket,
  deliveryOf,
  type Packet,
  PUBLISH,
  packetReader,
  publishPacket,
  SUBACK,
  subscribePacket,
} from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

const ALL_QOS = [0, 1, 2] as const;
const hubOf = hubOfFile();

/** mqtt.js in the other version, so that each test crosses from one to the other. */
const otherVersion = (hub: HubAddress, kind: ClientKind): Promise<JsClient> =>
  connectJs(hub.mqttUrl, versionOptions(kind.version === 5 ? 4 : 5, false));

const messageOf = (client: Pick<UsedClient, "received">, topic: string): Promise<SeenMessage> =>
  until(`a message of ${topic}`, () => client.received.find((each) => each.topic === topic), { everyMs: 2 });

const payloadsOf = (client: Pick<UsedClient, "received">, topic: string): string[] =>
  client.received.filter((each) => each.topic === topic).map(({ payload }) => payload);

describe.each(CLIENT_KINDS)("$name", (kind) => {
  test("receives at each QoS what the other version publishes", async () => {
    const hub = hubOf();
    const room = unique("room");
    const reader = await kind.connect(hub, { clientId: `reader-${room}`, filters: [{ filter: `${room}/#`, qos: 2 }] });
    const writer = await otherVersion(hub, kind);

    for (const qos of ALL_QOS) await writer.publish(`${room}/${qos}`, `at ${qos}`, { qos });

    for (const qos of ALL_QOS) {
      expect(await messageOf(reader, `${room}/${qos}`)).toMatchObject({ payload: `at ${qos}`, qos, retain: false });
    }
  });

  test("publishes at each QoS what the other version receives, once", async () => {
    const hub = hubOf();
    const room = unique("room");
    const reader = await otherVersion(hub, kind);
    await reader.subscribe(`${room}/#`, 2);
    const writer = await kind.connect(hub, { clientId: `writer-${room}` });

    for (const qos of ALL_QOS) await writer.publish(`${room}/${qos}`, `at ${qos} ✓`, { qos });

    for (const qos of ALL_QOS) {
      expect(await reader.message(`${room}/${qos}`)).toMatchObject({ payload: `at ${qos} ✓`, qos, retain: false });
    }
    expect(reader.received).toHaveLength(ALL_QOS.length);
  });

  test("sets and clears a retained message", async () => {
    const hub = hubOf();
    const room = unique("room");
    const writer = await kind.connect(hub, { clientId: `writer-${room}` });

    await writer.publish(`${room}/lamp`, "on", { qos: 1, retain: true });
    const early = await otherVersion(hub, kind);
    await early.subscribe(`${room}/#`, 1);
    const retained = await early.message(`${room}/lamp`);
    await writer.publish(`${room}/lamp`, "", { qos: 1, retain: true });
    await until("the clearing is forwarded", () => early.received.length === 2);
    const late = await otherVersion(hub, kind);
    await late.subscribe(`${room}/#`, 1);
    await late.publish(`${room}/marker`, "x", { qos: 1 });
    await late.message(`${room}/marker`);

    expect(retained).toMatchObject({ payload: "on", qos: 1, retain: true });
    expect(early.received[1]).toMatchObject({ topic: `${room}/lamp`, payload: "", retain: false });
    expect(late.received.map(({ topic }) => topic)).toEqual([`${room}/marker`]);
  });

  test("is given at SUBSCRIBE what was retained, marked so, and later changes unmarked", async () => {
    const hub = hubOf();
    const room = unique("room");
    const writer = await otherVersion(hub, kind);
    await writer.publish(`${room}/lamp`, "on", { qos: 1, retain: true });
    await writer.publish(`${room}/door`, "open", { qos: 1, retain: true });
    await writer.publish(`${room}/door`, "", { qos: 1, retain: true });

    const reader = await kind.connect(hub, { clientId: `reader-${room}`, filters: [{ filter: `${room}/#`, qos: 1 }] });
    await messageOf(reader, `${room}/lamp`);
    await writer.publish(`${room}/lamp`, "off", { qos: 1, retain: true });
    await until("the change", () => payloadsOf(reader, `${room}/lamp`).includes("off"));

    expect(reader.received).toMatchObject([
      { topic: `${room}/lamp`, payload: "on", qos: 1, retain: true },
      { topic: `${room}/lamp`, payload: "off", qos: 1, retain: false },
    ]);
  });

  test("leaves its last will when it vanishes, and it is retained where it asked for that", async () => {
    const hub = hubOf();
    const boards = unique("boards");
    const listener = await otherVersion(hub, kind);
    await listener.subscribe(`${boards}/#`, 1);
    const will = { topic: `${boards}/status`, payload: "offline", qos: 1, retain: true } as const;
    const board = await kind.connect(hub, { clientId: `board-${boards}`, will });

    await board.vanish();

    expect(await listener.message(will.topic)).toMatchObject({ payload: "offline", qos: 1, retain: false });
    const late = await otherVersion(hub, kind);
    await late.subscribe(`${boards}/#`, 1);
    expect(await late.message(will.topic)).toMatchObject({ payload: "offline", retain: true });
  });

  test("leaves no last will when it says goodbye", async () => {
    const hub = hubOf();
    const boards = unique("boards");
    const listener = await otherVersion(hub, kind);
    await listener.subscribe(`${boards}/#`, 1);
    const will = { topic: `${boards}/status`, payload: "offline", qos: 1, retain: false } as const;

    await kind.visit(hub, { clientId: `board-${boards}`, will });
    // By the same id: had the will been left, it would come before this one.
    const second = await kind.connect(hub, { clientId: `board-${boards}`, will: { ...will, payload: "second" } });
    await second.vanish();

    await until("the second will", () => payloadsOf(listener, will.topic).includes("second"));
    expect(payloadsOf(listener, will.topic)).toEqual(["second"]);
  });

  test("gets at its return what was published while it was away: in order, once, without subscribing again", async () => {
    const hub = hubOf();
    const room = unique("room");
    const [clientId, keep] = [`panel-${room}`, true];
    await kind.visit(hub, { clientId, keep, filters: [{ filter: `${room}/#`, qos: 2 }] });
    const writer = await otherVersion(hub, kind);
    const away = Array.from({ length: 40 }, (_, index) => String(index));
    for (const payload of away) await writer.publish(`${room}/1`, payload, { qos: Number(payload) % 2 === 0 ? 1 : 2 });

    const back = await kind.connect(hub, { clientId, keep });
    await until("all came", () => back.received.length >= away.length);
    await writer.publish(`${room}/1`, "live", { qos: 1 });
    await until("it is live again", () => payloadsOf(back, `${room}/1`).includes("live"));

    // MQTT 3.1 has no such flag.
    if (kind.version > 3) expect(back.sessionPresent ?? true).toBe(true);
    // A QoS 2 message is shown at PUBREL, so order is by QoS.
    const shown = (qos: number) => back.received.filter((each) => each.qos === qos).map(({ payload }) => payload);
    expect(shown(1)).toEqual([...away.filter((each) => Number(each) % 2 === 0), "live"]);
    expect(shown(2)).toEqual(away.filter((each) => Number(each) % 2 === 1));
  });

  test("shares a subscription: each message goes to exactly one member", async () => {
    const hub = hubOf();
    const room = unique("room");
    const filters = [
      { filter: `$share/workers/${room}/jobs/#`, qos: 1 },
      { filter: `${room}/end`, qos: 1 },
    ] as const;
    const members = [
      await kind.connect(hub, { clientId: `worker-1-${room}`, filters }),
      await kind.connect(hub, { clientId: `worker-2-${room}`, filters }),
      await jsMember(hub, kind, room),
    ];
    const writer = await otherVersion(hub, kind);
    const jobs = Array.from({ length: 90 }, (_, index) => `${room}/jobs/${index}`);

    for (const topic of jobs) await writer.publish(topic, "do it", { qos: 1 });
    await writer.publish(`${room}/end`, "of jobs", { qos: 1 });
    for (const member of members) await messageOf(member, `${room}/end`);

    const taken = members.map(({ received }) =>
      received.map(({ topic }) => topic).filter((each) => each !== `${room}/end`),
    );
    expect(taken.flat().sort()).toEqual([...jobs].sort());
    expect(taken.every((list) => list.length > 0)).toBe(true);
  });
});

/** A member of the other version in the same group. */
async function jsMember(hub: HubAddress, kind: ClientKind, room: string): Promise<JsClient> {
  const member = await otherVersion(hub, kind);
  await member.subscribe(`$share/workers/${room}/jobs/#`, 1);
  await member.subscribe(`${room}/end`, 1);
  return member;
}

test("a client built on websocket-stream connects with subprotocol mqtt, publishes and receives", async () => {
  const hub = hubOf();
  const stream = websocketStream(hub.wsUrl, "mqtt");
  const received: Packet[] = [];
  stream.on(
    "data",
    packetReader((packet) => received.push(packet)),
  );
  const come = (type: number) => until(`a packet of type ${type}`, () => received.find((each) => each.type === type));

  stream.write(connectPacket({ clientId: "old" }));
  await come(CONNACK);
  stream.write(subscribePacket(1, "old/#"));
  await come(SUBACK);
  stream.write(publishPacket({ topic: "old/1", payload: "hello" }));

  expect(deliveryOf(await come(PUBLISH))).toMatchObject({ topic: "old/1", payload: "hello" });
  stream.destroy();
});
