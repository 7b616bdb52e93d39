/** MQTT 5.0, 3.3.1 and 3.3.2: flags, topic name and properties of PUBLISH. Retained and aliases have files of their own. */
import { expect, test } from "vitest";
import { PROPERTY, type Properties, pubackPacket, publishPacket } from "../../support/packets/bytes.ts";
import { propertiesOf, propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectNothingFrom,
  ILL_FORMED,
  overTransports5,
  PAST_A_SECOND_MS,
  resumed,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  /** What a subscriber gets of a message with these properties. */
  const forwarded = async (properties: Properties, payload = "x") => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1);
    await (await connect()).publish({ topic, payload, qos: 1, properties });
    return reader.expectMessage();
  };

  test("[MQTT-3.3.1-1] a delivery that was not acknowledged comes again with DUP 1 and its packet identifier", async () => {
    const [topic, clientId] = [unique(), unique()];
    const first = await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) });
    await (await connect()).publish({ topic, payload: "x", qos: 1 });
    const sent = await first.expectPacket("publish");
    await first.vanish();
    const again = await (await connect(resumed(clientId))).expectPacket("publish");
    expect([again.dup, again.packetId, again.payload]).toEqual([true, sent.packetId, "x"]);
  });

  test("[MQTT-3.3.1-2] a delivery of QoS 0 has DUP 0, and a PUBLISH of QoS 0 with DUP 1 is malformed", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 0);
    await client.publish({ topic, qos: 1, dup: true });
    expect((await client.expectMessage()).dup).toBe(false);
    client.send(publishPacket({ topic, dup: true }, 5));
    await expectDisconnect(client, 0x81, 0x82);
  });

  test("[MQTT-3.3.1-3] DUP of a PUBLISH is not passed on", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    for (const qos of [1, 2] as const) {
      await writer.publish({ topic, qos, dup: true });
      expect((await reader.expectMessage()).dup).toBe(false);
    }
  });

  test("[MQTT-3.3.1-4] QoS 3 is malformed", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: unique(), firstByte: 0x36, qos: 1, packetId: 1 }, 5));
    await expectDisconnect(client, 0x81);
  });

  test("[MQTT-3.3.2-1] a PUBLISH without a topic name, or with one that is not well-formed UTF-8, is refused", async () => {
    for (const topic of ["", ...ILL_FORMED]) {
      const client = await connect();
      client.send(publishPacket({ topic }, 5));
      await expectDisconnect(client, 0x81, 0x82, 0x90);
    }
  });

  test("[MQTT-3.3.2-2] a topic name with wildcards is refused", async () => {
    for (const topic of ["conf/#", "conf/+/x", "+", "conf/a+"]) {
      const client = await connect();
      client.send(publishPacket({ topic, qos: 1, packetId: 1 }, 5));
      await expectDisconnect(client, 0x81, 0x82, 0x90);
    }
  });

  test("[MQTT-3.3.2-3] the topic name of a delivery is the one that was published, and matches", async () => {
    const root = unique();
    const reader = await subscriberOf(wire, `${root}/+/b`, 1);
    const writer = await connect();
    for (const topic of [`${root}/a/c`, `${root}/b`, `${root}/a/b/c`, `${root}/a/b`])
      await writer.publish({ topic, qos: 1 });
    expect((await reader.expectMessage()).topic).toBe(`${root}/a/b`);
    await expectNothingFrom(writer, reader);
  });

  test("[MQTT-3.3.2-4] the Payload Format Indicator reaches subscribers as it was, or stays away", async () => {
    for (const indicator of [0, 1]) {
      const message = await forwarded([[PROPERTY.payloadFormat, indicator]]);
      expect(propertyOf(message, PROPERTY.payloadFormat)).toBe(indicator);
    }
    expect((await forwarded([])).properties).toEqual([]);
  });

  timed("[MQTT-3.3.2-5] a message whose expiry has passed while its subscriber was away is not delivered", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 2, { wish: sessionOf(clientId) })).disconnect();
    const writer = await connect();
    for (const qos of [1, 2] as const) {
      await writer.publish({ topic, payload: "short", qos, properties: [[PROPERTY.messageExpiry, 1]] });
    }
    await writer.publish({ topic, payload: "long", qos: 1 });
    await pass(PAST_A_SECOND_MS);
    const back = await connect(resumed(clientId));
    expect((await back.expectMessage()).payload).toBe("long");
    await expectNothingFrom(writer, back);
  });

  timed("[MQTT-3.3.2-6] the expiry that a subscriber sees is shorter by the time that the message waited", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    await (await connect()).publish({ topic, qos: 1, properties: [[PROPERTY.messageExpiry, 60]] });
    await pass(1_100);
    const message = await (await connect(resumed(clientId))).expectMessage();
    expect([57, 58, 59]).toContain(propertyOf(message, PROPERTY.messageExpiry));
  });

  test("an expiry reaches a subscriber that is there", async () => {
    const message = await forwarded([[PROPERTY.messageExpiry, 100]]);
    expect([99, 100]).toContain(propertyOf(message, PROPERTY.messageExpiry));
  });

  test("[MQTT-3.3.2-13] a Response Topic that is not well-formed UTF-8 is malformed", async () => {
    for (const wrong of ILL_FORMED) {
      const client = await connect();
      client.send(publishPacket({ topic: unique(), properties: [[PROPERTY.responseTopic, wrong]] }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.3.2-14] a Response Topic with wildcards is a protocol error", async () => {
    for (const wrong of ["conf/#", "conf/+"]) {
      const client = await connect();
      client.send(publishPacket({ topic: unique(), properties: [[PROPERTY.responseTopic, wrong]] }, 5));
      await expectDisconnect(client, 0x81, 0x82, 0x90);
    }
  });

  test("[MQTT-3.3.2-15] the Response Topic reaches subscribers as it was", async () => {
    const message = await forwarded([[PROPERTY.responseTopic, "conf/réponse/\u{1F600}"]]);
    expect(propertyOf(message, PROPERTY.responseTopic)).toBe("conf/réponse/\u{1F600}");
  });

  test("[MQTT-3.3.2-16] Correlation Data reaches subscribers as it was", async () => {
    const data = Buffer.from([0, 255, 0xc0, 0x80, 0]);
    expect(propertyOf(await forwarded([[PROPERTY.correlationData, data]]), PROPERTY.correlationData)).toEqual(data);
  });

  test("[MQTT-3.3.2-17] user properties reach the subscriber unchanged, equal and empty ones too", async () => {
    const pairs = [
      ["same", "1"],
      ["same", "1"],
      ["", ""],
      ["ключ", "\uFEFFvalue"],
    ] as const;
    const message = await forwarded(pairs.map((pair) => [PROPERTY.userProperty, pair] as const));
    expect(propertiesOf(message, PROPERTY.userProperty)).toEqual(pairs);
  });

  test("[MQTT-3.3.2-18] user properties reach the subscriber in their order", async () => {
    const pairs = ["a", "b", "a", "c", "b", "a"].map((name, at) => [name, String(at)] as const);
    const message = await forwarded(pairs.map((pair) => [PROPERTY.userProperty, pair] as const));
    expect(propertiesOf(message, PROPERTY.userProperty)).toEqual(pairs);
  });

  test("[MQTT-3.3.2-19] a Content Type that is not well-formed UTF-8 is malformed", async () => {
    for (const wrong of ILL_FORMED) {
      const client = await connect();
      client.send(publishPacket({ topic: unique(), properties: [[PROPERTY.contentType, wrong]] }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.3.2-20] the Content Type reaches subscribers as it was", async () => {
    const message = await forwarded([[PROPERTY.contentType, ""]]);
    expect(propertiesOf(message, PROPERTY.contentType)).toEqual([""]);
  });

  test("all properties of a message reach an absent subscriber too", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    const properties: Properties = [
      [PROPERTY.payloadFormat, 1],
      [PROPERTY.contentType, "text/plain"],
      [PROPERTY.responseTopic, "conf/answer"],
      [PROPERTY.correlationData, Buffer.from([7])],
      [PROPERTY.userProperty, ["a", "1"]],
      [PROPERTY.userProperty, ["a", "2"]],
    ];
    await (await connect()).publish({ topic, payload: "x", qos: 1, properties });
    const message = await (await connect(resumed(clientId))).expectMessage();
    const byId = (some: readonly (readonly [number, unknown])[]) => some.toSorted(([one], [other]) => one - other);
    expect(byId(message.properties)).toEqual(byId(properties));
  });

  test("a subscriber of MQTT 3.1.1 gets the message without its properties", async () => {
    const topic = unique();
    const old = await connect({ version: 4 });
    await old.subscribe([[topic, 0]]);
    const writer = await connect();
    await writer.publish({ topic, payload: "x", qos: 1, properties: [[PROPERTY.userProperty, ["a", "1"]]] });
    expect((await old.expectMessage()).bytes).toEqual(publishPacket({ topic, payload: "x" }, 4));
  });

  test.skipIf(!isOurHub)(
    "a message to a topic that begins with $ is refused with 0x87, and the connection lives",
    async () => {
      const [topic, reader] = ["$conf/x", await subscriberOf(wire, "#", 0)];
      const writer = await connect();
      for (const qos of [1, 2] as const) expect((await writer.publish({ topic, qos, payload: "x" }))?.code).toBe(0x87);
      await writer.publish({ topic, payload: "x" });
      await writer.ping();
      await expectNothingFrom(writer, reader);
    },
  );

  test.skipIf(!isOurHub)("a message that nobody subscribes to is acknowledged with 0x10", async () => {
    const writer = await connect();
    expect((await writer.publish({ topic: unique(), qos: 1 }))?.code).toBe(0x10);
  });

  test("a message that somebody subscribes to is acknowledged with 0x00", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1);
    expect((await reader.publish({ topic, qos: 1 }))?.code).toBe(0);
    const message = await reader.expectPacket("publish");
    reader.send(pubackPacket(message.packetId, { reasonCode: 0, properties: [] }));
    await reader.ping();
  });
});
