/** MQTT 3.1.1, sections 4.1 to 4.5: session state, and what QoS 1 and 2 promise. */
import { describe, expect, test } from "vitest";
import { pubackPacket, pubcompPacket, publishPacket, pubrecPacket, pubrelPacket } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { messagesAt, payloadsOf } from "../steps.ts";

overTransports(({ connect, unique }) => {
  /** Clean Session 0, subscribed to the topic with QoS 2. */
  const subscribed = async (clientId: string, topic: string) => {
    const client = await connect({ clientId, clean: false });
    await client.subscribe([[topic, 2]]);
    return client;
  };

  test("[MQTT-4.1.0-1] a session keeps its subscriptions, its queue and what is open in both directions", async () => {
    const [clientId, topic] = [unique(), unique()];
    const [first, publisher] = [await subscribed(clientId, topic), await connect()];
    first.send(publishPacket({ topic: `${topic}/own`, qos: 2, packetId: 77, payload: "open inwards" }));
    await first.expectPacket("pubrec");
    await publisher.publish({ topic, qos: 2, payload: "open outwards" });
    const open = await first.expectPacket("publish");
    await first.vanish();
    await publisher.publish({ topic, qos: 1, payload: "queued" });
    const second = await connect({ clientId, clean: false });
    expect(await second.expectMessage()).toMatchObject({ payload: "open outwards", packetId: open.packetId });
    expect(await second.expectMessage()).toMatchObject({ payload: "queued" });
    second.send(pubrelPacket(77));
    expect(await second.expectPacket("pubcomp")).toMatchObject({ packetId: 77 });
    await publisher.publish({ topic, qos: 1, payload: "subscribed" });
    expect(await second.expectMessage()).toMatchObject({ payload: "subscribed" });
  });

  test("[MQTT-4.1.0-2] a session lasts as long as its connection, Clean Session or not", async () => {
    const topic = unique();
    const [publisher, clean] = [await connect(), await connect({ clean: true })];
    const kept = await subscribed(unique(), topic);
    await clean.subscribe([[topic, 2]]);
    for (const payload of ["soon", "later"]) {
      await publisher.publish({ topic, qos: 2, payload });
      for (const client of [clean, kept]) expect((await client.expectMessage()).payload).toBe(payload);
      await (await connect()).disconnect(); // others come and go
    }
  });

  describe("QoS 1", () => {
    test("[MQTT-4.3.2-1] is sent with an unused identifier and DUP 0, and is open until PUBACK", async () => {
      const [clientId, topic] = [unique(), unique()];
      const [first, publisher] = [await subscribed(clientId, topic), await connect()];
      const ids = new Set<number>();
      for (let count = 0; count < 10; count += 1) {
        await publisher.publish({ topic, qos: 1, payload: String(count) });
        const message = await first.expectPacket("publish");
        expect(message).toMatchObject({ qos: 1, dup: false, payload: String(count) });
        ids.add(message.packetId);
        if (count === 4) first.send(pubackPacket(message.packetId)); // the others stay open
      }
      expect(ids.size).toBeGreaterThan(8); // that of the fifth may come again
      await first.ping();
      await first.vanish();
      const second = await connect({ clientId, clean: false });
      const again = await messagesAt(second, publisher);
      expect(payloadsOf(again)).toEqual(["0", "1", "2", "3", "5", "6", "7", "8", "9"]);
      expect(again.every(({ dup }) => dup)).toBe(true);
      await second.disconnect();
      expect(await messagesAt(await connect({ clientId, clean: false }), publisher)).toEqual([]);
    });

    test("[MQTT-4.3.2-2] is answered with PUBACK; the same identifier afterwards is a new message, DUP or not", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await subscribed(unique(), topic), await connect()];
      for (const dup of [false, true, false]) {
        await publisher.publish({ topic, qos: 1, packetId: 5, dup, payload: "the same" });
        expect(await subscriber.expectMessage()).toMatchObject({ payload: "the same", dup: false });
      }
      expect(await messagesAt(subscriber, publisher)).toEqual([]);
    });
  });

  describe("QoS 2", () => {
    test("[MQTT-4.3.3-1] is sent as PUBLISH until PUBREC, then as PUBREL until PUBCOMP", async () => {
      const [clientId, topic] = [unique(), unique()];
      const [first, publisher] = [await subscribed(clientId, topic), await connect()];
      await publisher.publish({ topic, qos: 2, payload: "two" });
      const { packetId, dup } = await first.expectPacket("publish");
      expect(dup).toBe(false);
      await first.vanish();
      const second = await connect({ clientId, clean: false });
      expect(await second.expectPacket("publish")).toMatchObject({ packetId, dup: true, payload: "two" });
      second.send(pubrecPacket(packetId));
      expect(await second.expectPacket("pubrel")).toMatchObject({ packetId });
      await second.vanish();
      const third = await connect({ clientId, clean: false });
      expect(await third.next()).toMatchObject({ type: "pubrel", packetId });
      third.send(pubcompPacket(packetId));
      await third.expectNothing();
      await third.vanish();
      await (await connect({ clientId, clean: false })).expectNothing();
    });

    test("[MQTT-4.3.3-2] is answered with PUBREC again and again until PUBREL, and goes on once", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await subscribed(unique(), topic), await connect()];
      for (const dup of [false, true, true]) {
        publisher.send(publishPacket({ topic, qos: 2, packetId: 6, dup, payload: "once" }));
        expect(await publisher.next()).toMatchObject({ type: "pubrec", packetId: 6 });
      }
      publisher.send(pubrelPacket(6));
      expect(await publisher.next()).toMatchObject({ type: "pubcomp", packetId: 6 });
      expect(payloadsOf(await messagesAt(subscriber, publisher))).toEqual(["once"]);
      await publisher.publish({ topic, qos: 2, packetId: 6, dup: true, payload: "a new one" });
      expect(payloadsOf(await messagesAt(subscriber, publisher))).toEqual(["a new one"]);
    });

    test("[MQTT-4.3.3-2] goes on once also where the publisher's connection failed before PUBREL", async () => {
      const [clientId, topic] = [unique(), unique()];
      const subscriber = await subscribed(unique(), topic);
      const first = await connect({ clientId, clean: false });
      first.send(publishPacket({ topic, qos: 2, packetId: 6, payload: "once" }));
      await first.expectPacket("pubrec");
      await first.vanish();
      const second = await connect({ clientId, clean: false });
      await second.publish({ topic, qos: 2, packetId: 6, dup: true, payload: "once" });
      expect(payloadsOf(await messagesAt(subscriber, second))).toEqual(["once"]);
    });

    test("[MQTT-4.3.3-2] a PUBREL of an identifier that is not open is answered with PUBCOMP", async () => {
      const client = await connect();
      client.send(pubrelPacket(4_711));
      expect(await client.next()).toMatchObject({ type: "pubcomp", packetId: 4_711 });
    });
  });

  test("[MQTT-4.4.0-1] a resumed session sends what is open again, with its identifiers", async () => {
    const [clientId, topic] = [unique(), unique()];
    const [first, publisher] = [await subscribed(clientId, topic), await connect()];
    for (const qos of [1, 2, 2] as const) await publisher.publish({ topic, qos, payload: "open" });
    const one = await first.expectPacket("publish");
    const two = await first.expectPacket("publish");
    const released = await first.expectPacket("publish");
    first.send(pubrecPacket(released.packetId));
    await first.expectPacket("pubrel");
    for (let connects = 0; connects < 2; connects += 1) {
      const again = await connect({ clientId, clean: false });
      const packets = [await again.next(), await again.next(), await again.next()];
      const found = packets.map((each) => [each.type, "packetId" in each ? each.packetId : 0]);
      expect(new Set(found.map(String))).toEqual(
        new Set(
          [
            ["publish", one.packetId],
            ["publish", two.packetId],
            ["pubrel", released.packetId],
          ].map(String),
        ),
      );
      await again.expectNothing();
      await again.vanish();
    }
  });

  test("[MQTT-4.5.0-1] a message goes to all clients whose subscriptions match, present or not", async () => {
    const topic = unique();
    const [publisher, present, other] = [await connect(), await connect(), await connect()];
    const absentId = unique();
    await (await subscribed(absentId, `${topic}/+`)).disconnect();
    await present.subscribe([[`${topic}/#`, 1]]);
    await other.subscribe([[`${topic}/b`, 1]]);
    await publisher.subscribe([[`${topic}/a`, 1]]);
    await publisher.publish({ topic: `${topic}/a`, qos: 1, payload: "to three" });
    expect(payloadsOf(await messagesAt(present, publisher))).toEqual(["to three"]);
    expect(payloadsOf(await messagesAt(publisher, present))).toEqual(["to three"]);
    expect(await messagesAt(other, publisher)).toEqual([]);
    const absent = await connect({ clientId: absentId, clean: false });
    expect(payloadsOf(await messagesAt(absent, publisher))).toEqual(["to three"]);
  });
});
