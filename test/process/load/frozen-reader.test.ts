/** Subscribers that stop reading, or never acknowledge: nobody else waits for them, and what they hold is bounded. */
import { expect, test } from "vitest";
import { SETTINGS } from "../../../src/config/settings.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectWire } from "../../support/clients/wire-client.ts";
import { clockOfHub } from "../../support/clock/shifted-clock.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { freshMetricsOf } from "../../support/hub/metrics.ts";
import { ask } from "../../support/hub/rest.ts";
import { flood, numbered, startRoundTrips } from "../../support/load/flood.ts";
import { SMALL_HEAP, watchMemory } from "../../support/load/memory-watch.ts";
import { startStallMeter } from "../../support/load/stall-meter.ts";
import { idOf, type Packet, PUBACK, PUBLISH, SUBACK } from "../../support/packets/packets.ts";
import {
  ackOf,
  property,
  publishOf,
  readPublish,
  subscribeOf,
  VERSIONS,
  type Version,
} from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

/** `npm run soak` sets 400. At least three times what a queue, the messages in flight and the system's buffers hold together. */
const FLOOD_MB = Number(process.env["AERIE_TEST_FLOOD_MB"] ?? 120);
const FLOOD_BYTES = FLOOD_MB * 1_000_000;
const PUBLISHERS = 150;
/** What garbage collection and the allocator may take above the warmed-up hub, more on a faster machine; a buffered flood would be all of it. */
const MOST_GROWTH_MB = Math.min(130, 0.75 * FLOOD_MB);
const LONGEST_TRIP_MS = 500;
/** A reader that takes nothing for 20 s is cut off. */
const PATIENCE_MS = 20_000;

/** A quarter of what follows, to one who reads: so that heap and buffers have their working size before they are measured. */
async function warmUp(hub: SpawnedHub, qos: 0 | 1, payloadBytes = 4_000): Promise<void> {
  const reader = await connectWire(hub, 4, { clientId: "warm-reader" });
  reader.send(subscribeOf(4, 1, [["warm/#", 0]]));
  await reader.first("the SUBACK", ({ type }) => type === SUBACK);
  const messages = FLOOD_BYTES / 4 / payloadBytes;
  await flood(hub, { publishers: PUBLISHERS, versions: VERSIONS, topic: "warm", qos, messages, payloadBytes });
  reader.destroy();
}

/** Of all clients, since the start. */
const dropped = async (hub: SpawnedHub): Promise<number> => (await freshMetricsOf(hub, "aerie_queue_dropped_total"))[0];

/** Why that client was refused something. */
async function refusalsOf(hub: SpawnedHub, clientId: string): Promise<string[]> {
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  return body.rejections.filter((each) => each.clientId === clientId).map(({ code }) => code);
}

test.each([
  { flow: "QoS 0 over TCP", qos: 0, version: 5, transport: "tcp", payloadBytes: 4_000 },
  // So large that what may be in flight is more than the kernel buffers: the hub's writes block at QoS 1, too.
  { flow: "QoS 1 over WebSocket", qos: 1, version: 4, transport: "websocket", payloadBytes: 20_000 },
] as const)(
  `a subscriber that stops reading in a flood of ${FLOOD_MB} MB at $flow: others notice nothing, memory is flat, it is cut off and its loss counted`,
  { timeout: 240_000 },
  async ({ qos, version, transport, payloadBytes }) => {
    const clock = clockOfHub(SMALL_HEAP);
    const hub = await spawnHub({ env: clock.env });
    await warmUp(hub, qos, payloadBytes);
    const droppedBefore = await dropped(hub);
    const frozen = await connectWire(hub, version, { clientId: "frozen", transport });
    frozen.send(subscribeOf(version, 1, [["flood/#", qos]]));
    await frozen.first("the SUBACK", ({ type }) => type === SUBACK);
    frozen.stream.pause();
    const memory = await watchMemory(hub);
    const trips = await startRoundTrips(hub, startStallMeter());

    const messages = FLOOD_BYTES / payloadBytes;
    await flood(hub, { publishers: PUBLISHERS, versions: VERSIONS, topic: "flood", qos, messages, payloadBytes });
    await clock.skip(PATIENCE_MS);
    await until("the frozen one is cut off", async () => (await refusalsOf(hub, "frozen")).includes("READER_TOO_SLOW"));
    await trips.stop();
    memory.stop();
    frozen.stream.resume();
    await within("the frozen one sees it", frozen.closed);

    expect(trips.tookMs.length).toBeGreaterThan(10);
    expect(Math.max(...trips.tookMs)).toBeLessThan(LONGEST_TRIP_MS);
    expect(memory.growthMb()).toBeLessThan(MOST_GROWTH_MB);
    expect(await refusalsOf(hub, "frozen")).toContain("QUEUE_FULL");
    // Most of it was for the frozen one alone, beyond what its queue and the system's buffers hold.
    expect((await dropped(hub)) - droppedBefore).toBeGreaterThan(messages / 2);
  },
);

/** Of a kilobyte; more than a queue takes. */
const UNACKNOWLEDGED = 125 * FLOOD_MB;

test.each([
  { version: 5, properties: [property.receiveMaximum(1)], window: 1 },
  { version: 4, properties: [], window: Number(SETTINGS.maxInflight.fallback) },
] as const)(
  "a subscriber of version $version that never acknowledges holds a bounded queue, and gets the newest when it does at last",
  { timeout: 180_000 },
  async ({ version, properties, window }) => {
    const hub = await spawnHub({ env: { NODE_OPTIONS: SMALL_HEAP } });
    await warmUp(hub, 1);
    const droppedBefore = await dropped(hub);
    const silent = await connectWire(hub, version, { clientId: "silent", properties });
    silent.send(subscribeOf(version, 1, [["never", 1]]));
    await silent.first("the SUBACK", ({ type }) => type === SUBACK);
    const memory = await watchMemory(hub);

    await publishInOrder(hub, UNACKNOWLEDGED);
    await silent.ping();
    memory.stop();
    const inFlight = deliveriesOf(version, silent.received);

    expect(memory.growthMb()).toBeLessThan(MOST_GROWTH_MB);
    expect(inFlight.map(({ seq }) => seq)).toEqual(inFlight.map((_, index) => index));
    expect(inFlight.length).toBeGreaterThan(0);
    expect(inFlight.length).toBeLessThanOrEqual(window);
    const queued = UNACKNOWLEDGED - inFlight.length - ((await dropped(hub)) - droppedBefore);
    expect(queued).toBeGreaterThan(0);
    expect(queued).toBeLessThanOrEqual(Number(SETTINGS.maxQueueMessages.fallback));
    await until("it is noted", async () => (await refusalsOf(hub, "silent")).includes("QUEUE_FULL"));

    const acknowledge = (packet: Packet): void => {
      if (packet.type === PUBLISH) silent.send(ackOf(version, "puback", readPublish(version, packet).packetId));
    };
    silent.onPacket(acknowledge);
    silent.received.forEach(acknowledge);
    const isLast = (packet: Packet): boolean =>
      packet.type === PUBLISH && seqOf(version, packet) === UNACKNOWLEDGED - 1;
    await silent.first("the newest message", isLast);

    // The oldest of the queue were given up: behind what was in flight come the newest, each once and in order.
    const late = deliveriesOf(version, silent.received).slice(inFlight.length);
    const newest = Array.from({ length: queued }, (_, index) => UNACKNOWLEDGED - queued + index);
    expect(late.map(({ seq }) => seq)).toEqual(newest);
  },
);

const seqOf = (version: Version, packet: Packet): number =>
  Number(readPublish(version, packet).payload.toString("latin1", 0, 8));

const deliveriesOf = (version: Version, packets: readonly Packet[]): { seq: number }[] =>
  packets.filter(({ type }) => type === PUBLISH).map((packet) => ({ seq: seqOf(version, packet) }));

/** One publisher, so that there is one order; 500 in flight. */
async function publishInOrder(hub: SpawnedHub, messages: number): Promise<void> {
  const publisher = await connectWire(hub, 4, { clientId: "in-order" });
  let sent = 0;
  const next = (): Buffer =>
    publishOf(4, { topic: "never", payload: numbered(sent, 1_000), qos: 1, packetId: 1 + (sent++ % 60_000) });
  let acknowledged = 0;
  publisher.onPacket(({ type }) => {
    if (type !== PUBACK) return;
    acknowledged += 1;
    if (sent < messages) publisher.send(next());
  });
  publisher.send(...Array.from({ length: 500 }, next));
  await publisher.first(
    "the last PUBACK",
    (packet) => packet.type === PUBACK && acknowledged === messages && idOf(packet) > 0,
    120_000,
  );
}
