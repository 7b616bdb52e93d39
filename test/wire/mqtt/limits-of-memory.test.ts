/** The limits of what the broker keeps for its clients: each acts, is counted, and takes nothing from others. */
import { expect, test } from "vitest";
import { type Connected, connectWire } from "../../support/clients/wire-client.ts";
import { endOf, payloadsOf, publishWell, subscribed } from "../../support/clients/wire-exchanges.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { refusedCount } from "../../support/hub/rest.ts";
import { DISCONNECT_PACKET, idOf, type Packet, PUBLISH, PUBREC, SUBACK } from "../../support/packets/packets.ts";
import {
  ackOf,
  disconnectOf,
  property,
  publishOf,
  readPublish,
  subscribeOf,
  type Version,
} from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

const VERSIONS = [4, 5] as const;

/** A session that its client has left, with a subscription to `t`. */
async function leaveSession(hub: HubAddress, version: Version, clientId = "away"): Promise<void> {
  const client = await connectWire(hub, version, {
    clientId,
    clean: false,
    properties: [property.sessionExpiryS(3_600)],
  });
  client.send(subscribeOf(version, 1, [["t", 1]]));
  await client.first("the SUBACK", ({ type }) => type === SUBACK);
  client.send(disconnectOf(version));
  await within("it has left", client.closed);
}

async function comeBack(hub: HubAddress, version: Version, clientId = "away"): Promise<Connected> {
  return connectWire(hub, version, { clientId, clean: false, properties: [property.sessionExpiryS(3_600)] });
}

/** What a new subscriber to everything is sent of retained messages. */
async function retainedOf(hub: HubAddress): Promise<string[]> {
  const late = await connectWire(hub, 4, { clientId: "late" });
  late.send(subscribeOf(4, 1, [["r/#", 0]]));
  await late.first("the SUBACK", ({ type }) => type === SUBACK);
  await late.ping();
  late.send(DISCONNECT_PACKET);
  await late.closed;
  return late.received
    .filter(({ type }) => type === PUBLISH)
    .map((packet) => readPublish(4, packet))
    .filter(({ retain }) => retain)
    .map(({ topic, payload }) => `${topic}=${payload.toString().trim()}`)
    .sort();
}

onEachEngine((engine) => {
  test("maxInflight: a publisher of version 5 is notified, and cut off when it begins more QoS 2 than that", async () => {
    const maxInflight = 5;
    const hub = await startHub({ settings: { ...engine.settings(), maxInflight } });
    const client = await connectWire(hub, 5, { clientId: "hasty" });
    const begin = (packetId: number): Buffer => publishOf(5, { topic: "t", payload: "", qos: 2, packetId });

    client.send(...[1, 2, 3, 4, 5].map(begin));
    await client.first("the last PUBREC", (packet) => packet.type === PUBREC && idOf(packet) === maxInflight);
    client.send(begin(6));

    expect(await endOf(client)).toBe(0x93);
    expect(client.connack.numbers.get(0x21)).toBe(maxInflight);
    expect(await refusedCount(hub, "TOO_MANY_IN_FLIGHT")).toBe(1);
  });

  test.each(VERSIONS)(
    "maxInflight: a subscriber of version %i is sent so many before it acknowledges, then the rest",
    async (version) => {
      const hub = await startHub({ settings: { ...engine.settings(), maxInflight: 5 } });
      const listener = await subscribed(hub, version, "t");
      const publisher = await connectWire(hub, version, { clientId: "publisher" });

      for (let packetId = 1; packetId <= 20; packetId += 1)
        await publishWell(publisher, "t", packetId, { payload: String(packetId) });
      await listener.ping();
      const before = payloadsOf(listener);
      const acknowledge = (packet: Packet): void => {
        if (packet.type === PUBLISH) listener.send(ackOf(version, "puback", readPublish(version, packet).packetId));
      };
      listener.onPacket(acknowledge);
      listener.received.forEach(acknowledge);
      await until("all came", () => payloadsOf(listener).length === 20);

      expect(before).toEqual(["1", "2", "3", "4", "5"]);
      expect(payloadsOf(listener)).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
    },
  );

  test.each(VERSIONS)(
    "maxQueueMessages: for a subscriber of version %i that is away the newest are kept",
    async (version) => {
      const hub = await startHub({ settings: { ...engine.settings(), maxQueueMessages: 10 } });
      await leaveSession(hub, version);
      const publisher = await connectWire(hub, 4, { clientId: "publisher" });

      for (let packetId = 1; packetId <= 25; packetId += 1)
        await publishWell(publisher, "t", packetId, { payload: String(packetId) });
      const back = await comeBack(hub, version);
      await back.first(
        "the newest",
        (packet) => packet.type === PUBLISH && readPublish(version, packet).payload.toString() === "25",
      );

      expect(payloadsOf(back)).toEqual(Array.from({ length: 10 }, (_, index) => String(16 + index)));
      await until("the owner is told", async () => (await refusedCount(hub, "QUEUE_FULL")) > 0);
      expect(await metricsOf(hub, "aerie_queue_dropped_total")).toEqual([15]);
    },
  );

  test.each(VERSIONS)(
    "maxQueueBytes: for a subscriber of version %i that is away the newest are kept",
    async (version) => {
      const hub = await startHub({ settings: { ...engine.settings(), maxQueueBytes: 10_000 } });
      await leaveSession(hub, version);
      const publisher = await connectWire(hub, 4, { clientId: "publisher" });

      for (let packetId = 1; packetId <= 25; packetId += 1)
        await publishWell(publisher, "t", packetId, { payload: String(packetId).padEnd(1_000, " ") });
      const back = await comeBack(hub, version);
      await back.first(
        "the newest",
        (packet) => packet.type === PUBLISH && readPublish(version, packet).payload.toString().startsWith("25 "),
      );

      const kept = payloadsOf(back).map((payload) => Number(payload.trim()));
      expect(kept.length).toBeGreaterThanOrEqual(5);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept).toEqual(kept.map((_, index) => 26 - kept.length + index));
      await until("the owner is told", async () => (await refusedCount(hub, "QUEUE_FULL")) > 0);
      expect(await metricsOf(hub, "aerie_queue_dropped_total")).toEqual([25 - kept.length]);
    },
  );

  test("maxQueuesBytes: what waits for all absent clients together is bounded, and what is new is delivered all the same", async () => {
    const hub = await startHub({ settings: { ...engine.settings(), maxQueuesBytes: 20_000 } });
    const clientIds = ["away-1", "away-2", "away-3", "away-4"];
    for (const clientId of clientIds) await leaveSession(hub, 4, clientId);
    const listener = await subscribed(hub, 4, "t", 0);
    const publisher = await connectWire(hub, 4, { clientId: "publisher" });

    for (let packetId = 1; packetId <= 20; packetId += 1)
      await publishWell(publisher, "t", packetId, { payload: String(packetId).padEnd(1_000, " ") });
    const kept: number[] = [];
    for (const clientId of clientIds) {
      const back = await comeBack(hub, 4, clientId);
      await back.ping();
      kept.push(payloadsOf(back).length);
    }
    const total = kept.reduce((sum, count) => sum + count, 0);

    expect(payloadsOf(listener)).toHaveLength(20);
    expect(total).toBeGreaterThanOrEqual(10);
    expect(total).toBeLessThanOrEqual(20);
    expect(await metricsOf(hub, "aerie_queue_dropped_total")).toEqual([4 * 20 - total]);
  });

  test("maxRetained: one more is delivered and not kept; a kept one can be changed and taken away", async () => {
    const hub = await startHub({ settings: { ...engine.settings(), maxRetained: 3 } });
    const listener = await subscribed(hub, 4, "r/#");
    const publisher = await connectWire(hub, 5, { clientId: "publisher" });
    const retain = (topic: string, packetId: number, payload: string): Promise<number> =>
      publishWell(publisher, topic, packetId, { payload, retain: true });

    for (const [index, topic] of ["r/a", "r/b", "r/c", "r/d"].entries()) await retain(topic, index + 1, "1");
    await retain("r/a", 5, "2");
    await listener.first(
      "the last message",
      (packet) => packet.type === PUBLISH && payloadsOf(listener).at(-1) === "2",
    );
    const full = await retainedOf(hub);
    await retain("r/b", 6, "");
    await retain("r/d", 7, "3");

    expect(payloadsOf(listener).slice(0, 5)).toEqual(["1", "1", "1", "1", "2"]);
    expect(full).toEqual(["r/a=2", "r/b=1", "r/c=1"]);
    expect(await retainedOf(hub)).toEqual(["r/a=2", "r/c=1", "r/d=3"]);
    expect(await refusedCount(hub, "TOO_MANY_RETAINED")).toBe(1);
  });

  test("maxRetainedBytes: what is beyond it is not kept", async () => {
    const hub = await startHub({ settings: { ...engine.settings(), maxRetainedBytes: 10_000 } });
    const publisher = await connectWire(hub, 4, { clientId: "publisher" });

    for (let index = 1; index <= 20; index += 1) {
      const payload = String(index).padEnd(1_000, " ");
      await publishWell(publisher, `r/${String(index).padStart(2, "0")}`, index, { payload, retain: true });
    }

    const kept = await retainedOf(hub);
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(kept).toEqual(kept.map((_, index) => `r/${String(index + 1).padStart(2, "0")}=${index + 1}`));
    expect(await refusedCount(hub, "TOO_MANY_RETAINED")).toBe(20 - kept.length);
  });

  test.each(VERSIONS)(
    "maxSessions: beyond it a client of version %i is served and its session ends with its connection; none is lost for it",
    async (version) => {
      const hub = await startHub({ settings: { ...engine.settings(), maxSessions: 2 } });
      await leaveSession(hub, version, "first");
      await leaveSession(hub, version, "second");

      await leaveSession(hub, version, "third");
      const third = await comeBack(hub, version, "third");
      const present = [await comeBack(hub, version, "first"), await comeBack(hub, version, "second")];

      expect(third.connack).toMatchObject({ code: 0, sessionPresent: false });
      expect(third.connack.numbers.get(0x11)).toBe(version === 5 ? 0 : undefined);
      expect(present.map(({ connack }) => connack.sessionPresent)).toEqual([true, true]);
      expect(await refusedCount(hub, "TOO_MANY_SESSIONS")).toBe(2);
    },
  );

  test("maxSessionExpiryS: sessions that would last for ever end by then, and MQTT 5 learns when", async () => {
    const clock = createShiftedClock();
    const hub = await startHub({ settings: { ...engine.settings(), maxSessionExpiryS: 60 }, clock });
    const visit = async (version: Version): Promise<Connected> => {
      const properties = [property.sessionExpiryS(0xffff_ffff)];
      const client = await connectWire(hub, version, { clientId: `forever-${version}`, clean: false, properties });
      client.send(disconnectOf(version));
      await client.closed;
      return client;
    };

    const first = await Promise.all(VERSIONS.map(visit));
    clock.skip(59_000);
    const soon = await Promise.all(VERSIONS.map(visit));
    clock.skip(61_000);
    const late = await Promise.all(VERSIONS.map(visit));

    expect(first.map(({ connack }) => connack.numbers.get(0x11))).toEqual([undefined, 60]);
    expect(soon.map(({ connack }) => connack.sessionPresent)).toEqual([true, true]);
    expect(late.map(({ connack }) => connack.sessionPresent)).toEqual([false, false]);
  });
});
