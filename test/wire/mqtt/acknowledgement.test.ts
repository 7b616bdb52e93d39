/** What a PUBACK says, when it comes, and in which order. */
import { expect, test } from "vitest";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw, openRaw } from "../../support/clients/raw-client.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import {
  CONNACK,
  connectPacket,
  deliveryOf,
  idOf,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  publishPacket,
  pubrelPacket,
  SUBACK,
  subscribePacket,
} from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

const COMMIT_DELAY_MS = 200;
const telemetry = (value: number): string => JSON.stringify({ temperature: value });

test("a PUBACK comes only after the commit, and its reading is in REST by then", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: COMMIT_DELAY_MS } });
  const board = await connectRaw(hub, { clientId: "board" });

  const sentAtMs = performance.now();
  board.publish({ topic: "devices/board/telemetry", payload: telemetry(21), qos: 1, packetId: 7 });
  const [puback] = await board.packets(PUBACK, 1);
  const waitedMs = performance.now() - sentAtMs;
  const readings = await readingsOf(hub, "board");

  expect(puback && idOf(puback)).toBe(7);
  expect(waitedMs).toBeGreaterThanOrEqual(COMMIT_DELAY_MS - 5);
  expect(readings.map(({ metrics }) => metrics)).toEqual([{ temperature: 21 }]);
});

test("a PUBREC comes only after the commit, and its reading is in REST by then", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: COMMIT_DELAY_MS } });
  const board = await connectRaw(hub, { clientId: "board" });

  const sentAtMs = performance.now();
  board.publish({ topic: "devices/board/telemetry", payload: telemetry(21), qos: 2, packetId: 7 });
  await board.packets(PUBREC, 1);
  const waitedMs = performance.now() - sentAtMs;
  const readings = await readingsOf(hub, "board");
  board.send(pubrelPacket(7));
  const [pubcomp] = await board.packets(PUBCOMP, 1);

  expect(waitedMs).toBeGreaterThanOrEqual(COMMIT_DELAY_MS - 5);
  expect(readings).toHaveLength(1);
  expect(pubcomp && idOf(pubcomp)).toBe(7);
});

test("attributes and status are on disk before their PUBACK", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: COMMIT_DELAY_MS } });
  const board = await connectRaw(hub, { clientId: "board" });

  const sentAtMs = performance.now();
  board.publish({ topic: "devices/board/attributes", payload: '{"model":"esp32"}', qos: 1, packetId: 1 });
  board.publish({ topic: "devices/board/status", payload: "online", qos: 1, packetId: 2, retain: true });
  await board.packets(PUBACK, 2);
  const waitedMs = performance.now() - sentAtMs;
  const device = await ask<{ attributes: unknown }>(hub, "/api/devices/board");

  expect(waitedMs).toBeGreaterThanOrEqual(COMMIT_DELAY_MS - 5);
  expect(device.body.attributes).toEqual({ model: "esp32" });
});

/** Each answered at another time: stored after a commit, carried at once, refused at once, denied at once. */
const MIXED = [
  { topic: "devices/mixed/telemetry", payload: telemetry(1) },
  { topic: "elsewhere/chatter", payload: "hello" },
  { topic: "devices/mixed/telemetry", payload: "not json" },
  { topic: "$SYS/denied", payload: "x" },
  { topic: "devices/mixed/telemetry/humidity", payload: "55" },
  { topic: "devices/mixed/status", payload: "neither" },
  { topic: "devices/mixed/attributes", payload: '{"model":"esp32"}' },
] as const;
const ids = Array.from({ length: 70 }, (_, index) => index + 1);
const mixed = (packetId: number, qos: 1 | 2) => ({ ...(MIXED[packetId % MIXED.length] ?? MIXED[0]), packetId, qos });

test.each(["tcp", "websocket"] as const)(
  "PUBACKs over %s keep the order of arrival, whatever becomes of the messages",
  async (transport) => {
    const hub = await startHub({ storeLimits: { commitDelayMs: 20 } });
    const board = await connectRaw(hub, { clientId: "mixed" }, transport);

    board.send(...ids.map((id) => publishPacket(mixed(id, 1)))); // in one piece
    const first = await board.packets(PUBACK, ids.length);
    for (const id of ids) board.publish(mixed(id, 1)); // one by one
    const both = await board.packets(PUBACK, 2 * ids.length);

    expect(first.map(idOf)).toEqual(ids);
    expect(both.slice(ids.length).map(idOf)).toEqual(ids);
  },
);

test("PUBRECs keep the order of arrival, whatever becomes of the messages", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: 20 } });
  const board = await connectRaw(hub, { clientId: "mixed" });

  board.send(...ids.map((id) => publishPacket(mixed(id, 2))));
  const pubrecs = await board.packets(PUBREC, ids.length);

  expect(pubrecs.map(idOf)).toEqual(ids);
});

test("a backlog that a board sends right behind CONNECT is stored and acknowledged in order", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: 20 } });
  const board = openRaw(hub);
  const backlog = Array.from({ length: 900 }, (_, index) => index + 1);
  const reading = (packetId: number): string => JSON.stringify({ seq: packetId, note: "x".repeat(150) });

  board.send(
    connectPacket({ clientId: "backlog" }),
    ...backlog.map((packetId) =>
      publishPacket({ topic: "devices/backlog/telemetry", payload: reading(packetId), qos: 1, packetId }),
    ),
  );
  const acks = await board.packets(PUBACK, backlog.length);

  expect(board.received[0]?.type).toBe(CONNACK);
  expect(acks.map(idOf)).toEqual(backlog);
  expect((await readingsOf(hub, "backlog")).map(({ metrics }) => metrics["seq"])).toEqual(backlog);
});

test("a large message right behind CONNECT is taken under its client's own name", async () => {
  const hub = await startHub();
  const board = openRaw(hub);
  // More than one read of a socket, so that its end comes when CONNECT is already being dealt with.
  const payload = JSON.stringify({ temperature: 21, padding: "x".repeat(150_000) });

  board.send(
    connectPacket({ clientId: "board" }),
    publishPacket({ topic: "devices/board/telemetry", payload, qos: 1, packetId: 1 }),
  );
  const [puback] = await board.packets(PUBACK, 1);

  expect(puback && idOf(puback)).toBe(1);
  expect(board.received[0]?.type).toBe(CONNACK);
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  expect(body.rejections).toMatchObject([{ code: "METRIC_TEXT_TOO_LONG", clientId: "board", metric: "padding" }]);
  expect((await readingsOf(hub, "board")).map(({ metrics }) => metrics)).toEqual([{ temperature: 21 }]);
});

test.each([
  { fault: "no JSON", channel: "telemetry", payload: "{temperature", code: "PAYLOAD_NOT_JSON" },
  { fault: "an unknown channel", channel: "weather", payload: "{}", code: "TOPIC_UNKNOWN" },
  { fault: "no UTF-8", channel: "telemetry", payload: Buffer.from([0xff, 0xfe]), code: "PAYLOAD_NOT_UTF8" },
  { fault: "only unusable metrics", channel: "telemetry", payload: '{"a":[1]}', code: "METRIC_VALUE_INVALID" },
  { fault: "an unknown status", channel: "status", payload: "maybe", code: "STATUS_INVALID" },
] as const)(
  "a message with $fault is acknowledged, counted, and not forwarded; its connection lives",
  async ({ channel, payload, code }) => {
    const hub = await startHub();
    const listener = await connectJs(hub.mqttUrl);
    await listener.subscribe("#", 1);
    const board = await connectRaw(hub, { clientId: "careless" });
    const topic = `devices/careless/${channel}`;

    board.publish({ topic, payload, qos: 1, packetId: 1, retain: true });
    board.publish({ topic: "devices/careless/telemetry", payload: telemetry(20), qos: 1, packetId: 2 });
    const acks = await board.packets(PUBACK, 2);
    await listener.message("devices/careless/telemetry");
    const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
    const late = await connectJs(hub.mqttUrl);
    await late.subscribe("#", 1);
    await late.publish("marker", "x");
    await late.message("marker");

    expect(acks.map(idOf)).toEqual([1, 2]);
    expect(board.isOpen()).toBe(true);
    expect(listener.received.map((each) => each.payload)).toEqual([telemetry(20), "x"]);
    expect(late.received.map((each) => each.topic)).toEqual(["marker"]); // nothing was retained
    expect(body.counts).toEqual({ [code]: 1 });
    expect(body.rejections).toMatchObject([{ code, kind: "message", clientId: "careless", topic, count: 1 }]);
  },
);

test("what is good of a message is kept, forwarded and acknowledged; what is not is named", async () => {
  const hub = await startHub();
  const listener = await connectJs(hub.mqttUrl);
  await listener.subscribe("devices/#");
  const board = await connectJs(hub.mqttUrl);

  const payload = '{"temperature":20,"humidity":"wet","list":[1]}';
  await board.publish("devices/half/telemetry", payload, { qos: 1 });

  expect((await listener.message("devices/half/telemetry")).payload).toBe(payload);
  const [reading] = await readingsOf(hub, "half");
  expect(reading?.metrics).toEqual({ temperature: 20 });
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  expect(body.rejections.map(({ code, metric }) => [code, metric]).sort()).toEqual([
    ["METRIC_VALUE_INVALID", "list"],
    ["METRIC_WRONG_TYPE", "humidity"],
  ]);
});

test("a redelivery whose first copy was stored but never forwarded reaches MQTT subscribers", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: COMMIT_DELAY_MS } });
  const listener = await connectRaw(hub, { clientId: "listener" });
  listener.send(subscribePacket(1, "devices/#", 1));
  await listener.packets(SUBACK, 1);
  const message = { topic: "devices/board/telemetry", payload: telemetry(21), qos: 1, packetId: 9 } as const;

  const first = await connectRaw(hub, { clientId: "board", clean: false });
  await new Promise<void>((written) => first.stream.write(publishPacket(message), () => written()));
  await untilOneWaits(hub);
  await first.vanish(); // before the commit: the broker forwards nothing of a connection that is gone
  const second = await connectRaw(hub, { clientId: "board", clean: false });
  second.publish({ ...message, dup: true });
  await second.packets(PUBACK, 1);
  const [delivery] = await listener.packets(PUBLISH, 1);

  expect(delivery && deliveryOf(delivery)).toMatchObject({ topic: message.topic, payload: message.payload });
  expect(await readingsOf(hub, "board")).toHaveLength(1);
});

/** The hub has the message and waits for its commit. */
async function untilOneWaits(hub: HubAddress): Promise<void> {
  await until("a message waits to become durable", async () => {
    const { text } = await ask(hub, "/metrics");
    return !/^aerie_waiting_bytes 0$/m.test(text);
  });
}
