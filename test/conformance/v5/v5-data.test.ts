/** MQTT 5.0, chapters 1 and 2: data types, flags, packet identifiers, property length. */
import { expect, test } from "vitest";
import {
  PROPERTY,
  type PropertyValue,
  packet,
  publishPacket,
  pubrelPacket,
  subscribePacket,
  text,
  u8,
  u16,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { expectDisconnect, expectNothingFrom, ILL_FORMED, overTransports5, subscriberOf } from "../v5-support.ts";

const pairOf = (name: Buffer, value: Buffer): Buffer =>
  Buffer.concat([u8(PROPERTY.userProperty), text(name), text(value)]);

overTransports5((wire) => {
  const { connect, unique } = wire;

  test("[MQTT-1.5.4-1] a topic that is not well-formed UTF-8 is a malformed packet", async () => {
    for (const topic of ILL_FORMED) {
      const client = await connect();
      client.send(publishPacket({ topic }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-1.5.4-2] a topic with U+0000 is a malformed packet", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: `${unique()}\0x` }, 5));
    await expectDisconnect(client, 0x81);
  });

  test("[MQTT-1.5.4-3] EF BB BF in a topic stays and makes another topic", async () => {
    const topic = unique();
    const marked = `\uFEFF${topic}`;
    const both = await connect();
    await both.subscribe([[marked, 0]]);
    await both.publish({ topic, qos: 1 });
    await both.publish({ topic: marked, qos: 1 });
    expect((await both.expectMessage()).topic).toBe(marked);
    await both.expectNothing();
  });

  test("[MQTT-1.5.5-1] what the broker sends has the shortest Remaining Length, and one of five bytes is refused", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 0);
    const headBytes = text(topic).length + 1;
    for (const remaining of [127, 128, 16_383, 16_384]) {
      await client.publish({ topic, payload: Buffer.alloc(remaining - headBytes) });
      const { bytes } = await client.expectMessage();
      expect(bytes.length).toBe(remaining + (remaining < 128 ? 2 : remaining < 16_384 ? 3 : 4));
    }
    client.send(Buffer.from("30ffffffff01", "hex"));
    await expectDisconnect(client, 0x81);
  });

  test("[MQTT-1.5.7-1] a user property whose name or value is not well-formed UTF-8 is a malformed packet", async () => {
    const good = Buffer.from("good");
    for (const wrong of ILL_FORMED) {
      for (const properties of [pairOf(wrong, good), pairOf(good, wrong)]) {
        const client = await connect();
        client.send(publishPacket({ topic: unique(), properties }, 5));
        await expectDisconnect(client, 0x81);
      }
    }
  });

  test("[MQTT-2.1.3-1] a reserved flag that is set makes a malformed packet", async () => {
    const wrong = {
      PUBACK: packet(0x41, u16(1)),
      PUBREC: packet(0x58, u16(1)),
      PUBCOMP: packet(0x72, u16(1)),
      PINGREQ: packet(0xc1),
      DISCONNECT: packet(0xe4),
    };
    for (const bytes of Object.values(wrong)) {
      const client = await connect();
      client.send(bytes);
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-2.2.1-2] a delivery of QoS 0 has no packet identifier", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    await client.publish({ topic, payload: "x" });
    const { bytes } = await client.expectMessage();
    expect(bytes).toEqual(publishPacket({ topic, payload: "x" }, 5));
  });

  test("[MQTT-2.2.1-3] a packet identifier of 0 is refused", async () => {
    const topic = unique();
    const wrong = [
      publishPacket({ topic, qos: 1, packetId: 0 }, 5),
      publishPacket({ topic, qos: 2, packetId: 0 }, 5),
      subscribePacket({ packetId: 0, filters: [[topic, 0]] }, 5),
      unsubscribePacket({ packetId: 0, filters: [topic] }, 5),
    ];
    for (const bytes of wrong) {
      const client = await connect();
      client.send(bytes);
      await expectDisconnect(client, 0x81, 0x82);
    }
  });

  test("[MQTT-2.2.1-4] deliveries that wait for their acknowledgement have different identifiers, none of them 0", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    for (let count = 0; count < 10; count += 1) await writer.publish({ topic, qos: count % 2 === 0 ? 1 : 2 });
    const ids = new Set<number>();
    for (let count = 0; count < 10; count += 1) ids.add((await reader.expectPacket("publish")).packetId);
    expect(ids.size).toBe(10);
    expect(ids).not.toContain(0);
  });

  test("[MQTT-2.2.1-5] acknowledgements carry the identifier of their PUBLISH", async () => {
    const topic = unique();
    const client = await connect();
    client.send(
      publishPacket({ topic, qos: 1, packetId: 65_535 }, 5),
      publishPacket({ topic, qos: 2, packetId: 40_000 }, 5),
    );
    expect((await client.expectPacket("puback")).packetId).toBe(65_535);
    expect((await client.expectPacket("pubrec")).packetId).toBe(40_000);
    client.send(pubrelPacket(40_000));
    expect((await client.expectPacket("pubcomp")).packetId).toBe(40_000);
  });

  test("[MQTT-2.2.1-6] SUBACK and UNSUBACK carry the identifier of their request", async () => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 65_535, filters: [[unique(), 0]] }, 5));
    client.send(unsubscribePacket({ packetId: 513, filters: [unique()] }, 5));
    expect((await client.expectPacket("suback")).packetId).toBe(65_535);
    expect((await client.expectPacket("unsuback")).packetId).toBe(513);
  });

  test("[MQTT-2.2.2-1] no properties are sent as a length of 0, and a packet without the length is malformed", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 0);
    await client.publish({ topic });
    expect((await client.expectMessage()).bytes.subarray(-1)).toEqual(u8(0));
    client.send(packet(0x30, text(topic)));
    await expectDisconnect(client, 0x81);
  });

  test("a property that stands twice, or in a packet where it has no place, is refused", async () => {
    const topic = unique();
    const { contentType, messageExpiry, payloadFormat, sessionExpiry, topicAlias } = PROPERTY;
    const wrong: (readonly [number, PropertyValue])[][] = [
      [
        [contentType, "a"],
        [contentType, "b"],
      ],
      [
        [messageExpiry, 0],
        [messageExpiry, 0],
      ],
      [
        [payloadFormat, 0],
        [payloadFormat, 0],
      ],
      [
        [topicAlias, 1],
        [topicAlias, 1],
      ],
      [[sessionExpiry, 1]],
    ];
    for (const properties of wrong) {
      const client = await connect();
      client.send(publishPacket({ topic, properties }, 5));
      await expectDisconnect(client, 0x81, 0x82);
    }
  });

  test("a property that there is not, or one that ends too early, is malformed", async () => {
    const topic = unique();
    for (const properties of [Buffer.from("0400", "hex"), Buffer.from("0200", "hex"), Buffer.from("260001", "hex")]) {
      const client = await connect();
      client.send(publishPacket({ topic, properties }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("a Payload Format Indicator above 1 is refused", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: unique(), properties: [[PROPERTY.payloadFormat, 2]] }, 5));
    await expectDisconnect(client, 0x81, 0x82);
  });

  test("what one connection does wrong does not reach another", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const broken = await connect();
    broken.send(publishPacket({ topic, firstByte: 0x36 }, 5));
    await broken.expectClosed();
    await expectNothingFrom(await connect(), reader);
  });
});
