/** MQTT 3.1.1, sections 3.8 to 3.14: SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT. */
import { describe, expect, test } from "vitest";
import {
  disconnectPacket,
  packet,
  pingreqPacket,
  pubcompPacket,
  publishPacket,
  pubrecPacket,
  subscribePacket,
  text,
  u8,
  u16,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, messagesAt, payloadsOf } from "../steps.ts";

const ILL_FORMED = Buffer.from([0x61, 0xed, 0xa0, 0x80]);

overTransports(({ connect, unique }) => {
  describe("SUBSCRIBE", () => {
    test("[MQTT-3.8.1-1] other flags than 0010 close the connection", async () => {
      for (const flags of [0, 1, 3, 6, 10]) {
        await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[unique(), 0]], flags }));
      }
    });

    test("[MQTT-3.8.3-1] an ill-formed filter closes the connection, wherever it stands", async () => {
      await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[ILL_FORMED, 0]] }));
      const second = [[unique(), 0] as const, [ILL_FORMED, 0] as const];
      await expectCut(await connect(), subscribePacket({ packetId: 1, filters: second }));
    });

    test("[MQTT-3.8.3-3] a SUBSCRIBE without a filter closes the connection", async () => {
      await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [] }));
      await expectCut(await connect(), packet(0x82, u16(1), text(unique()))); // and without its QoS
    });

    test("[MQTT-3.8.3-4] reserved bits, or QoS 3, close the connection", async () => {
      for (const options of [3, 4, 0x11, 0x80]) {
        await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[unique(), options]] }));
      }
    });

    test("[MQTT-3.8.4-1] [MQTT-3.8.4-2] is answered with a SUBACK of the same identifier", async () => {
      const client = await connect();
      for (const packetId of [1, 2, 256, 65_535, 1]) {
        client.send(subscribePacket({ packetId, filters: [[unique(), 0]] }));
        expect(await client.next()).toMatchObject({ type: "suback", packetId });
      }
    });

    test("[MQTT-3.8.4-3] the same filter again replaces the subscription, and brings retained messages again", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      await publisher.publish({ topic, qos: 1, payload: "retained", retain: true });
      for (const qos of [2, 0]) {
        expect((await subscriber.subscribe([[topic, qos]])).codes).toEqual([qos]);
        expect(await messagesAt(subscriber, publisher)).toMatchObject([{ payload: "retained", retain: true }]);
      }
      await publisher.publish({ topic, qos: 2, payload: "live" });
      expect(await messagesAt(subscriber, publisher)).toMatchObject([{ payload: "live", qos: 0 }]);
    });

    test("[MQTT-3.8.4-3] replacing a subscription does not interrupt the flow of messages", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      await subscriber.subscribe([[topic, 1]]);
      for (let count = 0; count < 50; count += 1) {
        publisher.send(publishPacket({ topic, qos: 1, packetId: count + 1, payload: String(count) }));
        subscriber.send(subscribePacket({ packetId: count + 100, filters: [[topic, 1]] }));
      }
      for (let count = 0; count < 50; count += 1) await publisher.expectPacket("puback");
      const payloads = payloadsOf(await messagesAt(subscriber, publisher));
      expect(payloads).toEqual(Array.from({ length: 50 }, (_, count) => String(count)));
    });

    test("[MQTT-3.8.4-4] several filters are several subscriptions with one SUBACK", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      for (const level of ["a", "b"]) {
        await publisher.publish({ topic: `${topic}/${level}`, qos: 1, payload: level, retain: true });
      }
      const { codes, packetId } = await subscriber.subscribe([
        [`${topic}/a`, 2],
        [`${topic}/b`, 1],
        [`${topic}/a`, 0],
      ]);
      expect(codes).toEqual([2, 1, 0]);
      const retained = payloadsOf(await messagesAt(subscriber, publisher));
      expect(new Set(retained)).toEqual(new Set(["a", "b"]));
      await publisher.publish({ topic: `${topic}/a`, qos: 2, payload: "live" });
      expect(await messagesAt(subscriber, publisher)).toMatchObject([{ payload: "live", qos: 0 }]); // the later one holds
      const answers = subscriber.received.filter((each) => each.type === "suback" && each.packetId === packetId);
      expect(answers).toHaveLength(1);
    });

    test("[MQTT-3.8.4-5] [MQTT-3.9.3-1] [MQTT-3.9.3-2] SUBACK has a code of 0, 1, 2 or 0x80 for each filter, in order", async () => {
      const client = await connect();
      const filters = [2, 0, 1, 1, 0, 2].map((qos) => [unique(), qos] as const);
      expect((await client.subscribe(filters)).codes).toEqual([2, 0, 1, 1, 0, 2]);
      const { codes } = await client.subscribe([
        [unique(), 1],
        [`$${unique()}`, 1],
        ["$SYS/#", 0],
        [unique(), 2],
      ]);
      expect(codes).toHaveLength(4);
      for (const code of codes) expect([0, 1, 2, 0x80]).toContain(code);
      expect([codes[0], codes[3]]).toEqual([1, 2]);
    });

    test("[MQTT-3.8.4-6] a delivery's QoS is the lower of the message's and the granted one", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      for (const granted of [0, 1, 2]) {
        await subscriber.subscribe([[topic, granted]]);
        for (const qos of [0, 1, 2] as const) {
          await publisher.publish({ topic, qos, payload: `${qos}` });
          expect(await subscriber.expectMessage()).toMatchObject({ payload: `${qos}`, qos: Math.min(qos, granted) });
        }
      }
    });
  });

  describe("UNSUBSCRIBE", () => {
    test("[MQTT-3.10.1-1] other flags than 0010 close the connection", async () => {
      for (const flags of [0, 1, 3, 6, 10]) {
        await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [unique()], flags }));
      }
    });

    test("[MQTT-3.10.3-1] an ill-formed filter closes the connection, and so does one cut short", async () => {
      await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [unique(), ILL_FORMED] }));
      await expectCut(await connect(), packet(0xa2, u16(1), text(unique()), u16(9), Buffer.from("short")));
      await expectCut(await connect(), packet(0xa2, u16(1), text(unique()), u8(0)));
    });

    test("[MQTT-3.10.3-2] an UNSUBSCRIBE without a filter closes the connection", async () => {
      await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [] }));
    });

    test("[MQTT-3.10.4-1] [MQTT-3.10.4-2] only the very filter is deleted, and then brings nothing more", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      await subscriber.subscribe([[`${topic}/+`, 1]]);
      for (const other of [`${topic}/a`, `${topic}/#`, `${topic}/+/`, `${topic}/+/#`, "#"]) {
        await subscriber.unsubscribe([other]);
      }
      await publisher.publish({ topic: `${topic}/a`, qos: 1, payload: "subscribed still" });
      expect((await subscriber.expectMessage()).payload).toBe("subscribed still");
      await subscriber.unsubscribe([`${topic}/+`]);
      await publisher.publish({ topic: `${topic}/a`, qos: 1, payload: "not to come" });
      expect(await messagesAt(subscriber, publisher)).toEqual([]);
    });

    test("[MQTT-3.10.4-3] deliveries that have begun are completed", async () => {
      const topic = unique();
      const clientId = unique();
      const [subscriber, publisher] = [await connect({ clientId, clean: false }), await connect()];
      await subscriber.subscribe([[topic, 2]]);
      for (const qos of [1, 2] as const) await publisher.publish({ topic, qos, payload: `QoS ${qos}` });
      const [, second] = [await subscriber.expectPacket("publish"), await subscriber.expectPacket("publish")];
      await subscriber.unsubscribe([topic]);
      subscriber.send(pubrecPacket(second.packetId));
      await subscriber.expectPacket("pubrel", ({ packetId }) => packetId === second.packetId);
      subscriber.send(pubcompPacket(second.packetId));
      await subscriber.ping();
      await subscriber.vanish();
      const again = await connect({ clientId, clean: false });
      expect(await messagesAt(again, publisher)).toMatchObject([{ payload: "QoS 1", dup: true }]);
    });

    test("[MQTT-3.10.4-4] [MQTT-3.10.4-5] is answered with an UNSUBACK of the same identifier, whatever was deleted", async () => {
      const topic = unique();
      const client = await connect();
      await client.subscribe([[topic, 0]]);
      for (const packetId of [9, 10, 65_535]) {
        client.send(unsubscribePacket({ packetId, filters: [topic] }));
        expect((await client.next()).bytes).toEqual(packet(0xb0, u16(packetId)));
      }
    });

    test("[MQTT-3.10.4-6] several filters are deleted with one UNSUBACK", async () => {
      const topic = unique();
      const [subscriber, publisher] = [await connect(), await connect()];
      const filters = [`${topic}/a`, `${topic}/+`, `${topic}/#`];
      await subscriber.subscribe(filters.map((filter) => [filter, 1] as const));
      await subscriber.unsubscribe([...filters, unique()]);
      await publisher.publish({ topic: `${topic}/a`, qos: 1 });
      expect(await messagesAt(subscriber, publisher)).toEqual([]);
      expect(subscriber.received.filter(({ type }) => type === "unsuback")).toHaveLength(1);
    });
  });

  test("[MQTT-3.12.4-1] each PINGREQ is answered with a PINGRESP", async () => {
    const client = await connect();
    client.send(pingreqPacket(), pingreqPacket(), pingreqPacket());
    for (let count = 0; count < 3; count += 1) expect((await client.next()).bytes).toEqual(packet(0xd0));
    await client.expectNothing();
  });

  test("[MQTT-3.14.1-1] reserved bits of DISCONNECT close the connection as a failed one", async () => {
    const topic = unique();
    const watcher = await connect();
    await watcher.subscribe([[topic, 0]]);
    for (const flags of [1, 2, 4, 8]) {
      await expectCut(await connect({ will: { topic, payload: `flags ${flags}` } }), disconnectPacket({ flags }));
      expect((await watcher.expectMessage()).payload).toBe(`flags ${flags}`);
    }
  });
});
