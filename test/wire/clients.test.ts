/** The MQTT clients that people have, on both transports: what they publish arrives, retained messages and wills too. */
import { expect, test } from "vitest";
import websocketStream from "websocket-stream";
import { startHub } from "../support/hub.ts";
import { connectJs, mosquittoPub, mosquittoSub } from "../support/mqtt-clients.ts";
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
} from "../support/packets.ts";
import { connectRaw } from "../support/raw-client.ts";
import { until, within } from "../support/until.ts";

type Way = "mqttUrl" | "wsUrl";
const WAYS: [from: Way, to: Way][] = [
  ["mqttUrl", "mqttUrl"],
  ["mqttUrl", "wsUrl"],
  ["wsUrl", "mqttUrl"],
  ["wsUrl", "wsUrl"],
];

test.each(WAYS)("mqtt.js on %s reaches mqtt.js on %s at QoS 0, 1 and 2", async (from, to) => {
  const hub = await startHub();
  const listener = await connectJs(hub[to]);
  await listener.subscribe("room/#", 2);
  const speaker = await connectJs(hub[from]);

  for (const qos of [0, 1, 2] as const) await speaker.publish(`room/${qos}`, `at ${qos}`, { qos });

  for (const qos of [0, 1, 2] as const) {
    expect(await listener.message(`room/${qos}`)).toEqual({
      topic: `room/${qos}`,
      payload: `at ${qos}`,
      qos,
      retain: false,
    });
  }
});

test.each(WAYS)(
  "a message retained by %s is given to who subscribes later on %s, until it is cleared",
  async (from, to) => {
    const hub = await startHub();
    const speaker = await connectJs(hub[from]);
    await speaker.publish("room/lamp", "on", { qos: 1, retain: true });
    const early = await connectJs(hub[to]);
    await early.subscribe("room/#", 1);
    const retained = await early.message("room/lamp");

    await speaker.publish("room/lamp", "", { qos: 1, retain: true });
    const late = await connectJs(hub[to]);
    await late.subscribe("#", 1);
    await late.publish("marker", "x", { qos: 1 });
    await late.message("marker");

    expect(retained).toMatchObject({ payload: "on", retain: true });
    expect(late.received.map(({ topic }) => topic)).toEqual(["marker"]);
  },
);

test.each([
  ["tcp", "wsUrl"],
  ["websocket", "mqttUrl"],
] as const)("the last will of a board that vanishes on %s reaches who listens on %s", async (from, to) => {
  const hub = await startHub();
  const listener = await connectJs(hub[to]);
  await listener.subscribe("devices/#", 1);
  const will = { topic: "devices/board/status", payload: "offline", qos: 1, retain: true };
  const board = await connectRaw(hub, { clientId: "board", will }, from);

  await board.vanish();

  expect(await listener.message(will.topic)).toMatchObject({ payload: "offline", qos: 1 });
});

test("mosquitto_sub gets what mosquitto_pub publishes, at each QoS", async () => {
  const hub = await startHub();
  const listener = await mosquittoSub(hub, "room/#", 3, 2);

  for (const qos of ["0", "1", "2"]) await mosquittoPub(hub, "-t", `room/${qos}`, "-m", `at ${qos}`, "-q", qos);

  const lines = await within("all three came", listener.lines);
  expect(lines.sort()).toEqual(["room/0 at 0", "room/1 at 1", "room/2 at 2"]);
});

test("a client built on websocket-stream connects with subprotocol mqtt, publishes and receives", async () => {
  const hub = await startHub();
  const stream = websocketStream(hub.wsUrl, "mqtt");
  const received: Packet[] = [];
  stream.on(
    "data",
    packetReader((packet) => received.push(packet)),
  );
  const come = (type: number) => until(`a packet of type ${type}`, () => received.find((each) => each.type === type));

  stream.write(connectPacket({ clientId: "old" }));
  await come(CONNACK);
  stream.write(subscribePacket(1, "room/#"));
  await come(SUBACK);
  stream.write(publishPacket({ topic: "room/1", payload: "hello" }));

  expect(deliveryOf(await come(PUBLISH))).toMatchObject({ topic: "room/1", payload: "hello" });
  stream.destroy();
});

test("a session that asked to be kept gets at its return what was published meanwhile", async () => {
  const hub = await startHub();
  const first = await connectRaw(hub, { clientId: "panel", clean: false });
  first.send(subscribePacket(1, "room/#", 1));
  await first.packets(SUBACK, 1);
  await first.vanish();
  const speaker = await connectJs(hub.mqttUrl);
  for (let count = 1; count <= 3; count += 1) await speaker.publish("room/1", `${count}`, { qos: 1 });

  const second = await connectRaw(hub, { clientId: "panel", clean: false });
  const deliveries = await second.packets(PUBLISH, 3);

  expect(second.received[0]?.body[0]).toBe(1); // session present [MQTT-3.2.2-2]
  expect(deliveries.map((each) => deliveryOf(each).payload)).toEqual(["1", "2", "3"]);
});
