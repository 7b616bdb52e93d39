/** The limits of what comes in: connections, packets, topics, subscriptions. Each acts and is counted; who stays within is served. */
import { expect, test } from "vitest";
import { connectWire, openWire, type WireOptions } from "../../support/clients/wire-client.ts";
import { endOf, payloadsOf, publishWell, subscribed } from "../../support/clients/wire-exchanges.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { refusedCount } from "../../support/hub/rest.ts";
import { CONNACK, idOf, lengthBytes, type Packet, PUBACK, PUBLISH, SUBACK } from "../../support/packets/packets.ts";
import {
  connectOf,
  DISCONNECT,
  property,
  publishOf,
  readConnack,
  readSuback,
  reasonOf,
  subscribeOf,
  UNSUBACK,
  unsubscribeOf,
  type Version,
} from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

const VERSIONS = [4, 5] as const;

/** CONNECT, and what became of it: the code of its CONNACK, or that the connection was closed without one. */
async function tryConnect(
  hub: HubAddress,
  version: Version,
  clientId: string,
  options: WireOptions = {},
): Promise<number | "closed"> {
  const client = openWire(hub, options);
  client.send(connectOf(version, { clientId }));
  const answer = client
    .first("a CONNACK", ({ type }) => type === CONNACK)
    .then((packet) => readConnack(version, packet).code);
  const code = await Promise.race([answer, client.closed.then(() => "closed" as const)]);
  answer.catch(() => undefined);
  if (code !== 0) await within("who is refused is closed", client.closed);
  return code;
}

test("maxConnections: one more than that is not let in, and is when another has left", async () => {
  const hub = await startHub({ settings: { maxConnections: 3 } });
  const [first, ...others] = await Promise.all(
    [3, 4, 5].map((version) => connectWire(hub, version as Version, { clientId: `in-${version}` })),
  );

  const refused = [await tryConnect(hub, 4, "late"), await tryConnect(hub, 5, "late", { transport: "websocket" })];
  await Promise.all(others.map((client) => client.ping()));
  first?.destroy();
  await until("there is room again", async () => (await tryConnect(hub, 4, "in-time")) === 0);

  expect(refused).not.toContain(0);
  expect(await refusedCount(hub, "TOO_MANY_CONNECTIONS")).toBeGreaterThanOrEqual(2);
});

// Elsewhere 127.0.0.2 is not this machine.
test.runIf(process.platform === "linux")(
  "maxConnectionsPerAddress: one more from the same address is not let in, one from another is",
  async () => {
    const hub = await startHub({ settings: { maxConnectionsPerAddress: 2 } });
    const inside = await Promise.all([1, 2].map((index) => connectWire(hub, 4, { clientId: `in-${index}` })));

    const refused = [await tryConnect(hub, 4, "late"), await tryConnect(hub, 5, "late", { transport: "websocket" })];
    const elsewhere = await tryConnect(hub, 4, "elsewhere", { localAddress: "127.0.0.2" });
    await Promise.all(inside.map((client) => client.ping()));

    expect(refused).not.toContain(0);
    expect(elsewhere).toBe(0);
    expect(await refusedCount(hub, "TOO_MANY_CONNECTIONS_OF_ADDRESS")).toBe(2);
  },
);

test("connectTimeoutMs: who has not said CONNECT by then is closed, also who says it byte by byte", async () => {
  const connectTimeoutMs = 500;
  const hub = await startHub({ settings: { connectTimeoutMs } });
  const welcome = await connectWire(hub, 4, { clientId: "welcome" });
  const openedAtMs = performance.now();
  const silent = [openWire(hub), openWire(hub, { transport: "websocket" })];
  const dripping = openWire(hub);
  const bytes = connectOf(5, { clientId: "dripping" });
  let sent = 0;
  const drip = setInterval(() => dripping.isOpen() && dripping.send(bytes.subarray(sent, ++sent)), 100);

  await within("all are closed", Promise.all([...silent, dripping].map(({ closed }) => closed)));
  clearInterval(drip);
  const closedAfterMs = performance.now() - openedAtMs;
  await welcome.ping();

  expect(closedAfterMs).toBeGreaterThan(connectTimeoutMs - 50);
  expect(await refusedCount(hub, "CONNECT_TIMEOUT")).toBe(3);
});

test.each(VERSIONS)(
  "maxPacketBytes: version %i learns it, a packet of that size is taken, a larger one ends its connection",
  async (version) => {
    const maxPacketBytes = 10_000;
    const hub = await startHub({ settings: { maxPacketBytes } });
    const client = await connectWire(hub, version, { clientId: "large" });
    const sizeOf = (payloadBytes: number): Buffer =>
      publishOf(version, { topic: "large", payload: Buffer.alloc(payloadBytes), qos: 1, packetId: 1 });
    const overhead = sizeOf(9_000).length - 9_000;

    client.send(sizeOf(maxPacketBytes - overhead));
    await client.first("the PUBACK", ({ type }) => type === PUBACK);
    client.send(Buffer.from([0x32]), lengthBytes(maxPacketBytes + 1), Buffer.from("only its beginning"));

    expect(await endOf(client)).toBe(version === 5 ? 0x95 : undefined);
    expect(client.connack.numbers.get(0x27)).toBe(version === 5 ? maxPacketBytes : undefined);
    expect(await refusedCount(hub, "PAYLOAD_TOO_LARGE")).toBe(1);
  },
);

test("maxConnectBytes: before somebody is let in, a packet is smaller", async () => {
  const hub = await startHub({ settings: { maxConnectBytes: 1_000 } });
  const connect = (version: Version, willBytes: number): Buffer =>
    connectOf(version, { clientId: "wordy", will: { topic: "will", payload: "x".repeat(willBytes) } });
  const strangers = VERSIONS.map((version) => ({ version, client: openWire(hub) }));

  // Its header is enough to know.
  for (const { version, client } of strangers) client.send(connect(version, 2_000).subarray(0, 20));
  await within("the strangers are closed", Promise.all(strangers.map(({ client }) => client.closed)));
  const friend = openWire(hub);
  friend.send(connect(4, 500), publishOf(4, { topic: "large", payload: Buffer.alloc(5_000), qos: 1, packetId: 1 }));
  await friend.first("the PUBACK", ({ type }) => type === PUBACK);

  expect(await refusedCount(hub, "CONNECT_TOO_LARGE")).toBe(2);
  expect(await refusedCount(hub, "PAYLOAD_TOO_LARGE")).toBe(0);
});

const LONG_TOPICS = [
  { setting: { maxTopicBytes: 20 }, fits: "t".repeat(20), tooLong: "t".repeat(21) },
  { setting: { maxTopicLevels: 4 }, fits: "t/t/t/t", tooLong: "t/t/t/t/t" },
];

test.each(
  LONG_TOPICS.flatMap((each) => VERSIONS.map((version) => ({ ...each, name: Object.keys(each.setting)[0], version }))),
)(
  "$name: a message of version $version to a longer topic is not delivered",
  async ({ setting, fits, tooLong, version }) => {
    const hub = await startHub({ settings: setting });
    const listener = await subscribed(hub, 4, "#");
    const careless = await connectWire(hub, version, { clientId: "careless" });
    const careful = await connectWire(hub, version, { clientId: "careful" });

    careless.send(publishOf(version, { topic: tooLong, payload: "too long", qos: 1, packetId: 1 }));
    const isEnd = ({ type }: Packet): boolean => type === PUBACK || type === DISCONNECT;
    const answer = await Promise.race([careless.first("an answer", isEnd).catch(() => undefined), careless.closed]);
    await publishWell(careful, fits, 1, { payload: "fits" });
    await listener.first("a message", ({ type }) => type === PUBLISH);

    expect(payloadsOf(listener)).toEqual(["fits"]);
    if (version === 5) expect(answer && reasonOf(answer)).toBeGreaterThanOrEqual(0x80);
    expect(await refusedCount(hub, "TOPIC_TOO_LONG")).toBe(1);
  },
);

test.each(
  LONG_TOPICS.flatMap((each) => VERSIONS.map((version) => ({ ...each, name: Object.keys(each.setting)[0], version }))),
)("$name: a longer filter of version $version is refused", async ({ setting, fits, tooLong, version }) => {
  const hub = await startHub({ settings: setting });
  const client = await connectWire(hub, version, { clientId: "client" });

  client.send(
    subscribeOf(version, 1, [
      [fits, 0],
      [tooLong, 0],
    ]),
  );
  const suback = await client.first("the SUBACK", ({ type }) => type === SUBACK);

  const [granted, refused] = readSuback(version, suback);
  expect(granted).toBe(0);
  expect(refused).toBeGreaterThanOrEqual(0x80);
  expect(await refusedCount(hub, "TOPIC_TOO_LONG")).toBe(1);
});

test.each([
  { version: 4, code: 0x80 },
  { version: 5, code: 0x97 },
] as const)(
  "maxSubscriptions: version $version is granted so many; changing one and giving one back is always possible",
  async ({ version, code }) => {
    const hub = await startHub({ settings: { maxSubscriptions: 3 } });
    const client = await connectWire(hub, version, { clientId: "greedy" });
    const subscribe = async (packetId: number, filters: readonly string[]): Promise<number[]> => {
      client.send(
        subscribeOf(
          version,
          packetId,
          filters.map((filter) => [filter, 1] as const),
        ),
      );
      return readSuback(
        version,
        await client.first("a SUBACK", (packet) => packet.type === SUBACK && idOf(packet) === packetId),
      );
    };

    expect(await subscribe(1, ["a", "b", "c", "d"])).toEqual([1, 1, 1, code]);
    expect(await subscribe(2, ["a"])).toEqual([1]);
    await publishWell(client, "c", 3);
    await publishWell(client, "d", 4);
    await client.first("the message", ({ type }) => type === PUBLISH);
    client.send(unsubscribeOf(version, 5, ["a"]));
    await client.first("the UNSUBACK", ({ type }) => type === UNSUBACK);
    expect(await subscribe(6, ["d", "e"])).toEqual([1, code]);

    expect(payloadsOf(client)).toHaveLength(1);
    expect(await refusedCount(hub, "TOO_MANY_SUBSCRIPTIONS")).toBe(2);
  },
);

test.each([
  { version: 3, code: 2 },
  { version: 4, code: 2 },
  { version: 5, code: 0x85 },
] as const)(
  "maxClientIdBytes: a longer client id of version $version is refused with $code",
  async ({ version, code }) => {
    const hub = await startHub({ settings: { maxClientIdBytes: 20 } });

    const fits = await tryConnect(hub, version, "c".repeat(20));
    const tooLong = await tryConnect(hub, version, "c".repeat(21));

    expect(fits).toBe(0);
    expect(tooLong).toBe(code);
    expect(await refusedCount(hub, "CLIENT_ID_INVALID")).toBe(1);
  },
);

test.each([0, 3_600])(
  "maxKeepAliveS: a client of version 5 that asks for %i s is told a shorter one, and held to it",
  async (keepAliveS) => {
    const clock = createShiftedClock();
    const hub = await startHub({ settings: { maxKeepAliveS: 10 }, clock });
    const client = await connectWire(hub, 5, { clientId: "sleepy", keepAliveS });

    clock.pass(14_000);
    await client.ping();
    clock.pass(16_000);

    expect(await endOf(client)).toBe(0x8d);
    expect(client.connack.numbers.get(0x13)).toBe(10);
    expect(await refusedCount(hub, "KEEP_ALIVE_EXPIRED")).toBe(1);
  },
);

test("a client of 3.1.1 that is silent for one and a half times its keep-alive is let go and counted", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const client = await connectWire(hub, 4, { clientId: "asleep", keepAliveS: 10 });

  clock.pass(14_000);
  await client.ping();
  clock.pass(16_000);
  await within("it is closed", client.closed);

  expect(await refusedCount(hub, "KEEP_ALIVE_EXPIRED")).toBe(1);
});

test("a version that the hub does not speak is refused and counted", async () => {
  const hub = await startHub();

  const code = await tryConnect(hub, 6 as Version, "from-the-future");

  expect(code).not.toBe(0);
  expect(await refusedCount(hub, "VERSION_UNSUPPORTED")).toBe(1);
});

test("enhanced authentication is refused as the standard says, and counted", async () => {
  const hub = await startHub();
  const client = openWire(hub);

  client.send(connectOf(5, { clientId: "scram", properties: [property.authMethod("SCRAM-SHA-1")] }));
  const connack = await client.first("the CONNACK", ({ type }) => type === CONNACK);
  await within("it is closed", client.closed);

  expect(readConnack(5, connack).code).toBe(0x8c);
  expect(await refusedCount(hub, "AUTH_METHOD_UNSUPPORTED")).toBe(1);
});
