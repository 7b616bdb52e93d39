/** MQTT 3.1.1, sections 3.3 to 3.7: PUBLISH and its acknowledgements. Retained messages: v311-3-3-retain.test.ts */
import { expect, test } from "vitest";
import { packet, publishPacket, pubrelPacket, text, u16 } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, messagesAt, payloadsOf } from "../steps.ts";

overTransports(({ connect, unique }) => {
  test("[MQTT-3.3.1-1] a message that is delivered again has DUP 1", async () => {
    const [clientId, topic] = [unique(), unique()];
    const subscriber = await connect({ clientId, clean: false });
    await subscriber.subscribe([[topic, 2]]);
    const publisher = await connect();
    for (const qos of [1, 2] as const) await publisher.publish({ topic, qos, payload: `QoS ${qos}` });
    for (const qos of [1, 2]) expect(await subscriber.expectPacket("publish")).toMatchObject({ qos, dup: false });
    await subscriber.vanish();
    const again = await connect({ clientId, clean: false });
    for (const qos of [1, 2]) {
      expect(await again.expectMessage()).toMatchObject({ qos, payload: `QoS ${qos}`, dup: true });
    }
  });

  test("[MQTT-3.3.1-2] a message of QoS 0 goes out with DUP 0, and with DUP 1 it closes the connection", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([[topic, 0]]);
    await publisher.publish({ topic, qos: 1, dup: true, payload: "QoS 1 before" });
    expect(await subscriber.expectMessage()).toMatchObject({ payload: "QoS 1 before", qos: 0, dup: false });
    await expectCut(publisher, publishPacket({ topic, dup: true }));
  });

  test("[MQTT-3.3.1-3] DUP is not carried on to subscribers", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([[topic, 2]]);
    for (const qos of [1, 2] as const) {
      await publisher.publish({ topic, qos, dup: true, payload: `QoS ${qos}` });
      expect(await subscriber.expectMessage()).toMatchObject({ payload: `QoS ${qos}`, qos, dup: false });
    }
  });

  test("[MQTT-3.3.1-4] a PUBLISH of QoS 3 closes the connection", async () => {
    const topic = unique();
    await expectCut(await connect(), packet(0x36, text(topic), u16(1), Buffer.from("payload")));
    await expectCut(await connect(), packet(0x3e, text(topic), u16(1)));
  });

  test("[MQTT-3.3.2-1] a PUBLISH without a topic name, or with an ill-formed one, closes the connection", async () => {
    await expectCut(await connect(), packet(0x30));
    await expectCut(await connect(), packet(0x30, u16(10), Buffer.from("short")));
    await expectCut(await connect(), packet(0x30, Buffer.from([0])));
    await expectCut(await connect(), publishPacket({ topic: Buffer.from([0x61, 0xff]) }));
  });

  test("[MQTT-3.3.2-2] a wildcard in a topic name closes the connection", async () => {
    for (const topic of ["#", "+", `${unique()}/#`, `${unique()}/+/a`, `${unique()}#`]) {
      await expectCut(await connect(), publishPacket({ topic, qos: 1, packetId: 1 }));
    }
  });

  test("[MQTT-3.3.2-3] what a subscriber gets has the topic that was published, and it matches", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([
      [`${topic}/+/b`, 0],
      [`${topic}/c/#`, 0],
    ]);
    const levels = ["a/b", "a/b/c", "/b", "c", "c/", "c/d/e", "cc", "b", ""];
    for (const level of levels) await publisher.publish({ topic: `${topic}/${level}` });
    await publisher.publish({ topic });
    const topics = (await messagesAt(subscriber, publisher)).map((message) => message.topic);
    expect(topics).toEqual(["a/b", "/b", "c", "c/", "c/d/e"].map((level) => `${topic}/${level}`));
  });

  test("[MQTT-3.3.4-1] PUBLISH is answered by nothing, PUBACK or PUBREC, as its QoS demands", async () => {
    const topic = unique();
    const client = await connect();
    client.send(publishPacket({ topic }));
    await client.expectNothing();
    client.send(publishPacket({ topic, qos: 1, packetId: 7 }));
    expect((await client.next()).type).toBe("puback");
    client.send(publishPacket({ topic, qos: 2, packetId: 8 }));
    expect((await client.next()).type).toBe("pubrec");
    client.send(pubrelPacket(8));
    expect((await client.next()).type).toBe("pubcomp");
    await client.expectNothing();
  });

  test("[MQTT-3.3.5-1] with overlapping subscriptions the highest QoS counts", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([
      [`${topic}/#`, 0],
      [`${topic}/a`, 1],
      [`${topic}/+`, 2],
    ]);
    for (const qos of [0, 1, 2] as const) {
      await publisher.publish({ topic: `${topic}/a`, qos });
      expect(await subscriber.expectMessage()).toMatchObject({ topic: `${topic}/a`, qos });
    }
    await subscriber.unsubscribe([`${topic}/+`]);
    await publisher.publish({ topic: `${topic}/a`, qos: 2 });
    expect(await subscriber.expectMessage()).toMatchObject({ qos: 1 });
    expect(await messagesAt(subscriber, publisher)).toEqual([]);
  });

  test("[MQTT-3.3.5-2] a PUBLISH that is not allowed is acknowledged, and goes nowhere", async () => {
    const topic = `$${unique()}`;
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([
      [topic, 2],
      ["#", 2],
    ]);
    await publisher.publish({ topic, payload: "QoS 0" });
    expect(await publisher.publish({ topic, qos: 1 })).toMatchObject({ type: "puback" });
    expect(await publisher.publish({ topic, qos: 2 })).toMatchObject({ type: "pubcomp" });
    const messages = await messagesAt(subscriber, publisher);
    expect(payloadsOf(messages.filter((message) => message.topic === topic))).toEqual([]);
  });

  test("[MQTT-3.6.1-1] a PUBREL with other flags than 0010 closes the connection", async () => {
    for (const flags of [0, 1, 3, 6, 10]) {
      const client = await connect();
      client.send(publishPacket({ topic: unique(), qos: 2, packetId: 5 }));
      await client.expectPacket("pubrec");
      await expectCut(client, pubrelPacket(5, { flags }));
    }
  });

  test("[MQTT-4.3.1-1] a message of QoS 0 is sent once, with QoS 0 and DUP 0", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([[topic, 2]]);
    await publisher.publish({ topic, payload: "once" });
    expect(await subscriber.expectMessage()).toMatchObject({ flags: 0, payload: "once" });
    expect(await messagesAt(subscriber, publisher)).toEqual([]);
  });

  test("[MQTT-4.7.1-1] a wildcard in a will's topic closes the connection, and a filter may have one", async () => {
    const topic = unique();
    const client = await connect();
    const { codes } = await client.subscribe([
      [`${topic}/+`, 1],
      [`${topic}/a/#`, 1],
    ]);
    expect(codes).toEqual([1, 1]);
    await expectCut(await connect(), publishPacket({ topic: `${topic}/+` }));
    await expectCut(await connect(), publishPacket({ topic: `${topic}/#`, qos: 2, packetId: 3 }));
    await client.ping();
  });
});
