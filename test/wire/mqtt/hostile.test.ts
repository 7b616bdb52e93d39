/** Clients that mean harm, or do not know better: one of them cannot stop the hub or the others. */
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw, openRaw, type RawClient, type Transport } from "../../support/clients/raw-client.ts";
import { type HubAddress, type InProcessHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf, refusedCount } from "../../support/hub/rest.ts";
import {
  CONNACK,
  connectPacket,
  deliveryOf,
  lengthBytes,
  PINGREQ_PACKET,
  PINGRESP,
  PUBACK,
  PUBLISH,
  pubackPacket,
  publishPacket,
  SUBACK,
  subscribePacket,
} from "../../support/packets/packets.ts";
import { until, within } from "../../support/until.ts";

const TRANSPORTS = ["tcp", "websocket"] as const;

/** A message goes through, and HTTP answers. */
async function expectWell(hub: HubAddress): Promise<void> {
  const client = await connectJs(hub.mqttUrl);
  await client.subscribe("well/#");
  await client.publish("well/being", "yes", { qos: 1 });
  await client.message("well/being", 2_000);
  expect((await ask(hub, "/readyz")).status).toBe(200);
}

async function expectAlive(client: RawClient): Promise<void> {
  const before = client.received.filter(({ type }) => type === PINGRESP).length;
  client.send(PINGREQ_PACKET);
  await client.packets(PINGRESP, before + 1, 2_000);
}

test.each([0, 1] as const)(
  "a QoS %i publish to $SYS/…/new/clients does not throw out the client that it names",
  async (qos) => {
    const hub = await startHub();
    const victim = await connectRaw(hub, { clientId: "victim" });
    const attacker = await connectRaw(hub, { clientId: "attacker" });

    attacker.publish({ topic: "$SYS/some-other-broker/new/clients", payload: "victim", qos, packetId: 1 });
    attacker.publish({ topic: "marker", payload: "", qos: 1, packetId: 2 });
    await attacker.packets(PUBACK, qos + 1);

    await expectAlive(victim);
    await expectAlive(attacker);
    expect(await refusedCount(hub, "TOPIC_RESERVED")).toBe(1);
  },
);

test.each([
  { will: "of QoS 3", wish: { topic: "wills/bad", payload: "gone", qos: 3, retain: true } },
  { will: "to a wildcard", wish: { topic: "wills/#", payload: "gone" } },
  { will: "to an empty topic", wish: { topic: "", payload: "gone" } },
  { will: "to a topic with NUL", wish: { topic: "wills/\0", payload: "gone" } },
])("a connection with a last will $will is refused, and nobody's else suffers", async ({ wish }) => {
  const hub = await startHub();
  const listener = await connectRaw(hub, { clientId: "listener" });
  listener.send(subscribePacket(1, "#", 1));
  await listener.packets(SUBACK, 1);

  const board = openRaw(hub);
  board.send(connectPacket({ clientId: "board", will: wish }));
  await within("the connection is closed", board.closed);

  await expectAlive(listener);
  expect(board.received.filter(({ type, body }) => type === CONNACK && body[1] === 0)).toEqual([]);
  expect(await refusedCount(hub, "PROTOCOL_VIOLATION")).toBe(1);
  await expectWell(hub);
});

const LIMIT = 4 * 1024 * 1024;
const header = (firstByte: number, announced: number): Buffer =>
  Buffer.concat([Buffer.from([firstByte]), lengthBytes(announced)]);
/** Sends the header a byte at a time, as a slow link delivers it. */
function sendSingly(client: RawClient, bytes: Buffer): void {
  for (const byte of bytes) client.send(Buffer.from([byte]));
}

test.each(TRANSPORTS)(
  "over %s a packet announced as larger than 4 MiB cuts its connection before its bytes are gathered",
  async (transport) => {
    const hub = await startHub();
    const connected = await connectRaw(hub, { clientId: "large" }, transport);
    const alone = await connectRaw(hub, { clientId: "larger" }, transport);
    const stranger = openRaw(hub, transport);

    connected.send(header(0x32, LIMIT + 1), Buffer.from("devices"));
    sendSingly(alone, header(0x30, 100_000_000));
    stranger.send(header(0x10, 268_435_455)); // a CONNECT of 256 MB: nobody has said who he is

    await within("all three are closed", Promise.all([connected.closed, alone.closed, stranger.closed]));
    expect(await refusedCount(hub, "PAYLOAD_TOO_LARGE")).toBe(2);
    expect(await refusedCount(hub, "CONNECT_TOO_LARGE")).toBe(1);
    await expectWell(hub);
  },
);

test.each(TRANSPORTS)("over %s a packet of exactly 4 MiB is taken", async (transport) => {
  const hub = await startHub();
  const client = await connectRaw(hub, { clientId: "large" }, transport);
  const topic = "elsewhere/large";

  client.publish({ topic, payload: Buffer.alloc(LIMIT - 2 - topic.length - 2), qos: 1, packetId: 1 });

  await client.packets(PUBACK, 1);
});

test("who sends hundreds of megabytes without end is cut off, and the hub answers others meanwhile", async () => {
  const hub = await startHub();
  const flood = openRaw(hub);
  flood.send(connectPacket({ clientId: "flood" }), header(0x30, 200_000_000));
  const chunk = Buffer.alloc(1_000_000, 0x41);
  let sent = 0;
  const pump = (): void => {
    while (flood.isOpen() && sent < 200 && flood.stream.write(chunk)) sent += 1;
    if (flood.isOpen()) flood.stream.once("drain", pump);
  };
  pump();

  await expectWell(hub);
  await within("the flood is cut off", flood.closed);
  expect(sent).toBeLessThan(20);
});

test("a frame of more than 8 MiB closes its WebSocket", async () => {
  const hub = await startHub();
  const socket = new WebSocket(hub.wsUrl, "mqtt");
  socket.on("error", () => undefined);
  await within("the WebSocket opens", new Promise((resolve) => socket.once("open", resolve)));

  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  socket.send(Buffer.alloc(8_400_000));

  expect(await within("the WebSocket is closed", closed)).toBe(1009);
  await expectWell(hub);
});

const long = (count: number): string => "x".repeat(count);
const TOPICS: (string | Uint8Array)[] = [
  "",
  "/",
  "//",
  "devices",
  "devices/",
  "devices//telemetry",
  "devices/./telemetry",
  "devices/../telemetry",
  "devices/__proto__/telemetry",
  "devices/constructor/telemetry",
  "devices/a/telemetry/__proto__",
  "devices/a/telemetry/constructor",
  "devices/a/telemetry/toString",
  "devices/a/telemetry/",
  "devices/a/telemetry/b/c",
  "devices/a/__proto__",
  "devices/a/commands",
  "devices/a/commands/1",
  "devices/ä/telemetry",
  "devices/a\0b/telemetry",
  `devices/${long(65)}/telemetry`,
  long(60_000),
  "/".repeat(99),
  "/".repeat(200),
  "a/#",
  "a/+",
  "$",
  "$SYS",
  "$share/g/t",
  "$aerie/refused",
  Buffer.from([0x64, 0xff, 0xfe]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0]),
];
const PAYLOADS: (string | Uint8Array)[] = [
  "",
  " ",
  "null",
  "true",
  "0",
  "-0",
  "1e999",
  "NaN",
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '""',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3}',
  '{"values":[]}',
  '{"values":{"values":{"a":1}}}',
  '{"timestamp":{},"a":1}',
  '{"timestamp":[],"a":1}',
  '{"ts":1e400,"a":1}',
  '{"ts":-1,"a":1}',
  '{"ts":"9999-12-31T23:59:59Z","a":1}',
  '{"a":"\\ud800"}',
  '{"a":1e-400}',
  '{"":1}',
  '{"a":',
  `{"a":"${long(300)}"}`,
  `{${Array.from({ length: 300 }, (_, index) => `"m${index}":1`).join(",")}}`,
  `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  `[${Array.from({ length: 1_001 }, () => "{}").join(",")}]`,
  Buffer.from([0xff, 0xfe, 0xfd]),
  Buffer.alloc(1_000),
];
const CHANNELS = [
  "telemetry",
  "telemetry/temperature",
  "telemetry/flameDetected",
  "status",
  "attributes",
  "commands/1/reply",
];

test("no topic and no payload stops the hub or its other clients", { timeout: 120_000 }, async () => {
  const hub = await startHub();
  const listener = await connectRaw(hub, { clientId: "listener" });
  listener.send(subscribePacket(1, "#", 1));
  await listener.packets(SUBACK, 1);
  listener.onPacket((packet) => {
    const packetId = packet.type === PUBLISH ? deliveryOf(packet).packetId : undefined;
    if (packetId !== undefined) listener.send(pubackPacket(packetId));
  });
  const messages = [
    ...TOPICS.flatMap((topic) => ["", '{"temperature":1}', "21"].map((payload) => ({ topic, payload }))),
    ...CHANNELS.flatMap((channel) => PAYLOADS.map((payload) => ({ topic: `devices/odd/${channel}`, payload }))),
  ];

  let serial = 0;
  for (const qos of [0, 1, 2] as const) {
    for (const retain of [false, true]) {
      for (const message of messages)
        await sendAlone(hub, `odd-${serial++}`, publishPacket({ ...message, qos, retain, packetId: 1 }));
    }
  }

  await expectAlive(listener);
  await expectWell(hub);
  expect(seriousOf(hub)).toEqual([]);
  expect(await readingsOf(hub, "odd")).not.toHaveLength(0);
});

/** One packet on a connection of its own, since some end theirs; settles when the hub has dealt with it. */
async function sendAlone(
  hub: HubAddress,
  clientId: string,
  bytes: Buffer,
  transport: Transport = "tcp",
): Promise<void> {
  const client = openRaw(hub, transport);
  client.send(connectPacket({ clientId }), bytes, PINGREQ_PACKET);
  await until(
    "the hub answers or closes",
    () => !client.isOpen() || client.received.some(({ type }) => type === PINGRESP),
    { everyMs: 1 },
  );
  client.stream.destroy();
}

const seriousOf = (hub: InProcessHub): unknown[] =>
  hub.logged.filter(({ level }) => level === "error" || level === "fatal");

const PACKETS: Buffer[] = [
  Buffer.from([0x00, 0x00]),
  Buffer.from([0xf0, 0x00]),
  Buffer.from([0x30, 0x00]),
  Buffer.from([0x32, 0x02, 0x00, 0x00]),
  Buffer.from([0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01]), // QoS 3
  Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]), // a fifth length byte
  Buffer.from([0x40, 0x02, 0x00, 0x07]), // PUBACK of nothing
  Buffer.from([0x62, 0x02, 0x00, 0x07]), // PUBREL of nothing
  Buffer.from([0x70, 0x02, 0x00, 0x07]),
  Buffer.from([0x82, 0x02, 0x00, 0x01]), // SUBSCRIBE to nothing
  subscribePacket(0, "a"),
  subscribePacket(1, ""),
  subscribePacket(1, "a#"),
  subscribePacket(1, "$share/g/t"),
  subscribePacket(1, "$aerie/refused"),
  subscribePacket(1, "a", 3),
  subscribePacket(1, "/".repeat(300)),
  Buffer.from([0xa2, 0x02, 0x00, 0x01]),
  connectPacket({ clientId: "second CONNECT" }),
  connectPacket({ clientId: "" }),
  Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]), // TLS
];

test.each(TRANSPORTS)(
  "no packet over %s stops the hub or its other clients, before CONNECT or after",
  async (transport) => {
    const hub = await startHub();
    const bystander = await connectRaw(hub, { clientId: "bystander" });

    for (const [index, bytes] of PACKETS.entries()) {
      await sendAlone(hub, `packet-${index}`, bytes, transport);
      const stranger = openRaw(hub, transport);
      stranger.send(bytes, PINGREQ_PACKET);
      stranger.stream.end();
      await within("the hub closes it", stranger.closed);
    }

    await expectAlive(bystander);
    await expectWell(hub);
    expect(seriousOf(hub)).toEqual([]);
  },
);

test("a refused kind is one line of a bounded list, however often it comes", async () => {
  const hub = await startHub();
  const board = await connectRaw(hub, { clientId: "board" });

  board.send(
    ...Array.from({ length: 300 }, (_, index) =>
      publishPacket({ topic: "devices/board/telemetry", payload: "?", qos: 1, packetId: index + 1 }),
    ),
  );
  board.send(
    ...Array.from({ length: 600 }, (_, index) =>
      publishPacket({ topic: `devices/board/odd${index}`, payload: "?", qos: 1, packetId: index + 301 }),
    ),
  );
  await board.packets(PUBACK, 900);

  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  expect(body.counts).toEqual({ PAYLOAD_NOT_JSON: 300, TOPIC_UNKNOWN: 600 });
  expect(body.rejections).toHaveLength(500);
  expect(body.rejections[0]?.topic).toBe("devices/board/odd599");
});
