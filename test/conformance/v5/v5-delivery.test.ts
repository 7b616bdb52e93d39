/** MQTT 5.0, 4.3 as a receiver, 4.5, 4.6: what the hub does with a client's QoS 1 and 2, and the order of deliveries. */
import { expect, test } from "vitest";
import { PROPERTY, publishPacket, pubrelPacket } from "../../support/packets/bytes.ts";
import type { Publish } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import { overTransports5, resumed, sessionOf, subscriberOf } from "../v5-support.ts";
import { type ConnectedClient, fence } from "../wire.ts";

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  const payloadsTo = async (reader: ConnectedClient, from: ConnectedClient): Promise<string[]> => {
    await fence(from, reader);
    return reader.inbox.filter((packet): packet is Publish => packet.type === "publish").map(({ payload }) => payload);
  };

  test("[MQTT-4.2.0-1] bytes arrive whole and in order, however they are cut", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 0);
    const bytes = publishPacket({ topic, payload: "in pieces", qos: 1, packetId: 3 }, 5);
    for (const byte of bytes) client.send(Buffer.from([byte]));
    expect((await client.expectPacket("puback")).packetId).toBe(3);
    expect((await client.expectMessage()).payload).toBe("in pieces");
    const payload = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));
    await client.publish({ topic, payload, qos: 2 });
    expect((await client.expectMessage()).payloadBytes).toEqual(payload);
  });

  test("[MQTT-4.3.2-4] a QoS 1 message is acknowledged with PUBACK and delivered", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 1);
    client.send(publishPacket({ topic, payload: "x", qos: 1, packetId: 17 }, 5));
    expect(await client.expectPacket("puback")).toMatchObject({ packetId: 17, code: 0 });
    expect((await client.expectMessage()).payload).toBe("x");
  });

  test("[MQTT-4.3.2-5] after PUBACK the same packet identifier is a new message, with DUP too", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const writer = await connect();
    for (const [payload, dup] of [
      ["1", false],
      ["2", false],
      ["3", true],
    ] as const) {
      await writer.publish({ topic, payload, dup, qos: 1, packetId: 5 });
    }
    expect(await payloadsTo(reader, writer)).toEqual(["1", "2", "3"]);
  });

  test("[MQTT-4.3.3-8] a QoS 2 message is acknowledged with PUBREC", async () => {
    const client = await subscriberOf(wire, unique(), 0);
    client.send(publishPacket({ topic: unique(), qos: 2, packetId: 21 }, 5));
    const pubrec = await client.expectPacket("pubrec");
    expect(pubrec.packetId).toBe(21);
    expect(pubrec.code).toBeLessThan(0x80);
  });

  test.skipIf(!isOurHub)(
    "[MQTT-4.3.3-9] after a PUBREC that refuses, the same packet identifier is a new message",
    async () => {
      const topic = unique();
      const client = await subscriberOf(wire, topic, 2);
      expect((await client.publish({ topic: "$conf/x", qos: 2, packetId: 5 }))?.code).toBe(0x87);
      expect((await client.publish({ topic, payload: "new", qos: 2, packetId: 5 }))?.code).toBe(0);
      expect((await client.expectMessage()).payload).toBe("new");
    },
  );

  test("[MQTT-4.3.3-10] until PUBREL a repeated QoS 2 message gets its PUBREC again, and is delivered once", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    writer.send(publishPacket({ topic, payload: "once", qos: 2, packetId: 5 }, 5));
    await writer.expectPacket("pubrec");
    for (let time = 0; time < 2; time += 1) {
      writer.send(publishPacket({ topic, payload: "once", qos: 2, packetId: 5, dup: true }, 5));
      expect((await writer.expectPacket("pubrec")).packetId).toBe(5);
    }
    writer.send(pubrelPacket(5));
    await writer.expectPacket("pubcomp");
    expect(await payloadsTo(reader, writer)).toEqual(["once"]);
  });

  test("a QoS 2 message that is repeated after a reconnection is delivered once", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 2);
    const first = await connect(sessionOf(clientId));
    first.send(publishPacket({ topic, payload: "once", qos: 2, packetId: 5 }, 5));
    await first.expectPacket("pubrec");
    await first.vanish();
    const second = await connect(resumed(clientId));
    second.send(publishPacket({ topic, payload: "once", qos: 2, packetId: 5, dup: true }, 5), pubrelPacket(5));
    await second.expectPacket("pubcomp");
    expect(await payloadsTo(reader, second)).toEqual(["once"]);
  });

  test("[MQTT-4.3.3-11] PUBREL is answered with PUBCOMP, and repeated with PUBCOMP again", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: unique(), qos: 2, packetId: 8 }, 5));
    await client.expectPacket("pubrec");
    for (let time = 0; time < 2; time += 1) {
      client.send(pubrelPacket(8));
      expect((await client.expectPacket("pubcomp")).packetId).toBe(8);
    }
  });

  test("[MQTT-4.3.3-12] after PUBCOMP the same packet identifier is a new message", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const writer = await connect();
    for (const payload of ["1", "2"]) await writer.publish({ topic, payload, qos: 2, packetId: 5 });
    expect(await payloadsTo(reader, writer)).toEqual(["1", "2"]);
  });

  timed("[MQTT-4.3.3-13] the acknowledgements of a QoS 2 message go on after its expiry", async () => {
    const topic = unique();
    const writer = await connect();
    writer.send(publishPacket({ topic, qos: 2, packetId: 5, properties: [[PROPERTY.messageExpiry, 1]] }, 5));
    await writer.expectPacket("pubrec");
    await pass(1_100);
    writer.send(pubrelPacket(5));
    expect(await writer.expectPacket("pubcomp")).toMatchObject({ packetId: 5, code: 0 });
  });

  test("acknowledgements come in the order of the messages", async () => {
    const topic = unique();
    const client = await connect();
    const ids = Array.from({ length: 50 }, (_, at) => at + 1);
    client.send(...ids.map((packetId) => publishPacket({ topic, qos: packetId % 3 === 0 ? 2 : 1, packetId }, 5)));
    await client.ping();
    const acknowledged = (type: "puback" | "pubrec") =>
      client.received.flatMap((each) => (each.type === type ? [each.packetId] : []));
    await client.expectPacket("puback", ({ packetId }) => packetId === 50);
    expect(acknowledged("puback")).toEqual(ids.filter((id) => id % 3 !== 0));
    expect(acknowledged("pubrec")).toEqual(ids.filter((id) => id % 3 === 0));
  });

  test("[MQTT-4.5.0-1] a message is added to the sessions of all subscribers, present and absent", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    const [one, other] = [await subscriberOf(wire, topic, 1), await subscriberOf(wire, "#", 0)];
    await one.publish({ topic, payload: "for all", qos: 1 });
    for (const reader of [one, other, await connect(resumed(clientId))]) {
      expect((await reader.expectMessage(({ topic: name }) => name === topic)).payload).toBe("for all");
    }
  });

  test("[MQTT-4.6.0-5] messages of one client, topic and QoS come in their order, to present and absent subscribers", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 2, { wish: sessionOf(clientId) })).disconnect();
    const present = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    const payloads = Array.from({ length: 15 }, (_, at) => String(at));
    for (const payload of payloads) await writer.publish({ topic, payload, qos: 2 });
    for (const reader of [present, await connect(resumed(clientId))]) {
      const came = [];
      for (const _ of payloads) came.push((await reader.expectMessage()).payload);
      expect(came).toEqual(payloads);
    }
  });

  test("[MQTT-4.6.0-6] every topic is ordered: also for wildcards, QoS 0, and retained messages between", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, `${topic}/#`, 0);
    const writer = await connect();
    const payloads = Array.from({ length: 60 }, (_, at) => String(at));
    writer.send(
      ...payloads.map((payload, at) => publishPacket({ topic: `${topic}/a`, payload, retain: at % 7 === 0 }, 5)),
    );
    expect(await payloadsTo(reader, writer)).toEqual(payloads);
  });
});
