/** MQTT 3.1.1, chapters 1 and 2: text, flags, packet identifiers. */
import { describe, expect, test } from "vitest";
import {
  connectPacket,
  disconnectPacket,
  packet,
  pingreqPacket,
  pubackPacket,
  pubcompPacket,
  publishPacket,
  pubrecPacket,
  pubrelPacket,
  subscribePacket,
  text,
  u16,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, messagesAt } from "../steps.ts";

const ILL_FORMED: Record<string, Buffer> = {
  "a lone continuation byte": Buffer.from([0x61, 0x80]),
  "a sequence cut short": Buffer.from([0x61, 0xe2, 0x82]),
  "an overlong form": Buffer.from([0xc0, 0xaf]),
  "a surrogate": Buffer.from([0xed, 0xa0, 0x80]),
  "a code point above U+10FFFF": Buffer.from([0xf4, 0x90, 0x80, 0x80]),
};

overTransports(({ open, connect, unique }) => {
  test.each(Object.entries(ILL_FORMED))("[MQTT-1.5.3-1] %s in text closes the connection", async (_, bytes) => {
    await expectCut(open(), connectPacket({ clientId: bytes }));
    await expectCut(await connect(), publishPacket({ topic: bytes }));
    await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[bytes, 0]] }));
    await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [bytes] }));
  });

  test("[MQTT-1.5.3-2] U+0000 in text closes the connection", async () => {
    await expectCut(open(), connectPacket({ clientId: "a\0b" }));
    await expectCut(open(), connectPacket({ clientId: unique(), will: { topic: "a\0b" } }));
    await expectCut(open(), connectPacket({ clientId: unique(), userName: "a\0b" }));
    await expectCut(await connect(), publishPacket({ topic: "a\0b" }));
    await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [["a\0b", 0]] }));
    await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: ["a\0b"] }));
  });

  test("[MQTT-1.5.3-3] EF BB BF in a topic is U+FEFF, kept, and tells it from the topic without", async () => {
    const topic = unique();
    const [withMark, without, publisher] = [await connect(), await connect(), await connect()];
    await withMark.subscribe([[`\ufeff${topic}`, 0]]);
    await without.subscribe([[topic, 0]]);
    await publisher.publish({ topic: Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from(topic)]) });
    const message = await withMark.expectMessage();
    expect(message.bytes.indexOf(Buffer.from([0xef, 0xbb, 0xbf]))).toBe(4);
    expect(message.topic).toBe(`\ufeff${topic}`);
    expect(await messagesAt(without, publisher)).toEqual([]);
  });

  test("[MQTT-2.2.2-1] what the server sends has reserved flags as the table says", async () => {
    const topic = unique();
    const client = await connect();
    await client.subscribe([[topic, 2]]);
    for (const qos of [1, 2] as const) {
      await client.publish({ topic, qos });
      await client.expectMessage();
    }
    await client.unsubscribe([topic]);
    await client.ping();
    const expected = { connack: 0, suback: 0, unsuback: 0, puback: 0, pubrec: 0, pubrel: 2, pubcomp: 0, pingresp: 0 };
    const seen = client.received.filter(({ type }) => type !== "publish").map(({ type, flags }) => [type, flags]);
    expect(Object.fromEntries(seen)).toEqual(expected);
  });

  describe("invalid flags close the connection", () => {
    const wrong: Record<string, Buffer> = {
      PUBACK: pubackPacket(1, { flags: 1 }),
      PUBREC: pubrecPacket(1, { flags: 2 }),
      PUBREL: pubrelPacket(1, { flags: 0 }),
      PUBCOMP: pubcompPacket(1, { flags: 8 }),
      SUBSCRIBE: subscribePacket({ packetId: 1, filters: [["a", 0]], flags: 3 }),
      UNSUBSCRIBE: unsubscribePacket({ packetId: 1, filters: ["a"], flags: 0 }),
      PINGREQ: pingreqPacket(4),
      DISCONNECT: disconnectPacket({ flags: 1 }),
    };
    test.each(Object.entries(wrong))("[MQTT-2.2.2-2] those of %s", async (_, bytes) => {
      await expectCut(await connect(), bytes);
    });

    test("[MQTT-2.2.2-2] those of CONNECT", async () => {
      await expectCut(open(), connectPacket({ clientId: unique(), firstByte: 0x11 }));
    });
  });

  test("[MQTT-2.3.1-1] packet identifier 0, or none, closes the connection", async () => {
    const topic = unique();
    await expectCut(await connect(), publishPacket({ topic, qos: 1, packetId: 0 }));
    await expectCut(await connect(), publishPacket({ topic, qos: 2, packetId: 0 }));
    await expectCut(await connect(), subscribePacket({ packetId: 0, filters: [[topic, 0]] }));
    await expectCut(await connect(), unsubscribePacket({ packetId: 0, filters: [topic] }));
    await expectCut(await connect(), packet(0x32, text(topic)));
  });

  test("[MQTT-2.3.1-4] the server gives each open message an identifier of its own, and keeps it when it sends again", async () => {
    const [clientId, topic] = [unique(), unique()];
    const subscriber = await connect({ clientId, clean: false });
    await subscriber.subscribe([[topic, 2]]);
    const publisher = await connect();
    for (const qos of [1, 2, 1, 2] as const) await publisher.publish({ topic, qos });
    const first = [];
    for (let count = 0; count < 4; count += 1) first.push(await subscriber.expectPacket("publish"));
    const ids = first.map(({ packetId }) => packetId);
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain(0);
    await subscriber.vanish();
    const again = await connect({ clientId, clean: false });
    const second = [];
    for (let count = 0; count < 4; count += 1) second.push(await again.expectMessage());
    expect(second.map(({ packetId }) => packetId)).toEqual(ids);
    await publisher.publish({ topic, qos: 1 });
    expect((await again.expectMessage()).packetId).toBeGreaterThan(0);
  });

  test("[MQTT-2.3.1-5] a PUBLISH of QoS 0 has no packet identifier, in and out", async () => {
    const topic = unique();
    const client = await connect();
    await client.subscribe([[topic, 0]]);
    client.send(packet(0x30, text(topic), Buffer.from("payload")));
    expect((await client.expectPacket("publish")).bytes).toEqual(packet(0x30, text(topic), Buffer.from("payload")));
  });

  test("[MQTT-2.3.1-6] PUBACK, PUBREC, PUBREL and PUBCOMP carry the identifier of their PUBLISH", async () => {
    const topic = unique();
    const client = await connect();
    client.send(publishPacket({ topic, qos: 1, packetId: 0x1234 }));
    expect((await client.next()).bytes).toEqual(packet(0x40, u16(0x1234)));
    client.send(publishPacket({ topic, qos: 2, packetId: 0xfffe }));
    expect((await client.next()).bytes).toEqual(packet(0x50, u16(0xfffe)));
    client.send(pubrelPacket(0xfffe));
    expect((await client.next()).bytes).toEqual(packet(0x70, u16(0xfffe)));
    const subscriber = await connect();
    await subscriber.subscribe([[topic, 2]]);
    await client.publish({ topic, qos: 2 });
    const { packetId } = await subscriber.expectPacket("publish");
    subscriber.send(pubrecPacket(packetId));
    expect((await subscriber.next()).bytes).toEqual(packet(0x62, u16(packetId)));
  });

  test("[MQTT-2.3.1-7] SUBACK and UNSUBACK carry the identifier of their request", async () => {
    const topic = unique();
    const client = await connect();
    client.send(subscribePacket({ packetId: 0xabcd, filters: [[topic, 1]] }));
    expect((await client.next()).bytes).toEqual(packet(0x90, u16(0xabcd), Buffer.from([1])));
    client.send(unsubscribePacket({ packetId: 0xabce, filters: [topic] }));
    expect((await client.next()).bytes).toEqual(packet(0xb0, u16(0xabce)));
  });
});
