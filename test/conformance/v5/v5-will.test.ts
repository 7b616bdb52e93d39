/** MQTT 5.0, 3.1.2.5 to 3.1.2.7, 3.1.3.2, 3.14: last wills, their delay, and what takes them away. */
import { expect, test } from "vitest";
import { PROPERTY, type Properties, publishPacket, type WillWish } from "../../support/packets/bytes.ts";
import { propertiesOf, propertyOf } from "../../support/packets/received.ts";
import {
  expectNothingFrom,
  overTransports5,
  PAST_A_SECOND_MS,
  RETAIN_AS_PUBLISHED,
  resumed,
  retainedOn,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";

const delayed = (topic: string, seconds: number): WillWish => ({
  topic,
  payload: "gone",
  qos: 1,
  properties: [[PROPERTY.willDelay, seconds]],
});

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  /** A reader of a topic of its own, and a client whose will goes there. */
  const readerAndMortal = async (will: Partial<WillWish> = {}, expiryS = 0) => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 2 | RETAIN_AS_PUBLISHED);
    const clientId = unique();
    const mortal = await connect({ ...sessionOf(clientId, expiryS), will: { topic, payload: "gone", ...will } });
    return { topic, reader, clientId, mortal };
  };

  test("[MQTT-3.1.2-7] a will is kept with its QoS and properties until it is published", async () => {
    const properties: Properties = [
      [PROPERTY.payloadFormat, 1],
      [PROPERTY.messageExpiry, 100],
      [PROPERTY.contentType, "text/plain"],
      [PROPERTY.responseTopic, "conf/answer"],
      [PROPERTY.correlationData, Buffer.from([0, 1, 2])],
    ];
    const { reader, mortal } = await readerAndMortal({ qos: 2, properties });
    await mortal.vanish();
    const message = await reader.expectMessage();
    expect([message.payload, message.qos]).toEqual(["gone", 2]);
    expect(propertyOf(message, PROPERTY.payloadFormat)).toBe(1);
    expect(propertyOf(message, PROPERTY.messageExpiry)).toBeGreaterThan(95);
    expect(propertyOf(message, PROPERTY.contentType)).toBe("text/plain");
    expect(propertyOf(message, PROPERTY.responseTopic)).toBe("conf/answer");
    expect(propertyOf(message, PROPERTY.correlationData)).toEqual(Buffer.from([0, 1, 2]));
    expect(propertyOf(message, PROPERTY.willDelay)).toBeUndefined();
  });

  test("[MQTT-3.1.2-8] a will is published after a lost connection, an error, and DISCONNECT 0x04", async () => {
    const vanished = await readerAndMortal();
    await vanished.mortal.vanish();
    expect((await vanished.reader.expectMessage()).payload).toBe("gone");
    const wrong = await readerAndMortal();
    wrong.mortal.send(publishPacket({ topic: "x", firstByte: 0x36 }, 5));
    expect((await wrong.reader.expectMessage()).payload).toBe("gone");
    const wished = await readerAndMortal();
    await wished.mortal.disconnect({ reasonCode: 0x04 });
    expect((await wished.reader.expectMessage()).payload).toBe("gone");
  });

  test("[MQTT-3.1.2-10] a will that was published is not published again", async () => {
    const { reader, mortal, clientId } = await readerAndMortal({}, 60);
    await mortal.vanish();
    await reader.expectMessage();
    await (await connect(resumed(clientId))).disconnect({ reasonCode: 0x04 });
    await expectNothingFrom(await connect(), reader);
  });

  test("[MQTT-3.14.4-3] DISCONNECT 0x00 takes the will away", async () => {
    for (const wish of [undefined, { reasonCode: 0 }]) {
      const { reader, mortal } = await readerAndMortal();
      await mortal.disconnect(wish);
      await expectNothingFrom(await connect(), reader);
    }
  });

  test("[MQTT-3.1.2-14] a will without will retain is not retained", async () => {
    const { reader, mortal, topic } = await readerAndMortal({ retain: false });
    await mortal.vanish();
    expect((await reader.expectMessage()).retain).toBe(false);
    expect(await retainedOn(wire, topic)).toEqual([]);
  });

  test("[MQTT-3.1.2-15] a will with will retain is retained", async () => {
    const { reader, mortal, topic } = await readerAndMortal({ retain: true });
    await mortal.vanish();
    expect((await reader.expectMessage()).retain).toBe(true);
    expect((await retainedOn(wire, topic)).map(({ payload, retain }) => [payload, retain])).toEqual([["gone", true]]);
  });

  test("[MQTT-3.1.3-10] the user properties of a will keep their order", async () => {
    const pairs = [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
      ["a", "1"],
    ] as const;
    const { reader, mortal } = await readerAndMortal({
      properties: pairs.map((pair) => [PROPERTY.userProperty, pair] as const),
    });
    await mortal.vanish();
    expect(propertiesOf(await reader.expectMessage(), PROPERTY.userProperty)).toEqual(pairs);
  });

  timed("[MQTT-3.1.3-9] a will is not sent when the session is back within its delay", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    const mortal = await connect({ ...sessionOf(clientId), will: delayed(topic, 1) });
    await mortal.vanish();
    const back = await connect(resumed(clientId));
    await pass(PAST_A_SECOND_MS);
    await expectNothingFrom(back, reader);
  });

  timed("a will is sent when its delay has passed, and not before", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    const mortal = await connect({ ...sessionOf(clientId), will: delayed(topic, 1) });
    await mortal.vanish();
    await pass(900);
    await expectNothingFrom(await connect(), reader);
    await pass(600);
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  timed("a will whose delay is longer than the session is sent when the session ends", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    const mortal = await connect({ ...sessionOf(clientId, 1), will: delayed(topic, 60) });
    await mortal.vanish();
    await pass(900);
    await expectNothingFrom(await connect(), reader);
    await pass(600);
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  test("a will with a delay is sent at once where the session ends with the connection", async () => {
    const { reader, mortal } = await readerAndMortal({ properties: [[PROPERTY.willDelay, 60]] });
    await mortal.vanish();
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  timed("DISCONNECT 0x04 keeps the will's delay", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    const mortal = await connect({ ...sessionOf(clientId), will: delayed(topic, 1) });
    await mortal.disconnect({ reasonCode: 0x04 });
    await pass(900);
    await expectNothingFrom(await connect(), reader);
    await pass(600);
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  test("a take-over sends a will without a delay", async () => {
    const { reader, clientId } = await readerAndMortal({}, 60);
    await connect(resumed(clientId));
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  test("a take-over with Clean Start sends a will with a delay: its session has ended", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    await connect({ ...sessionOf(clientId), will: delayed(topic, 60) });
    await connect(sessionOf(clientId));
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  test("a take-over that goes on with the session holds a will with a delay back", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    const first = await connect({ ...sessionOf(clientId), will: delayed(topic, 60) });
    const second = await connect(resumed(clientId));
    await first.expectClosed();
    await expectNothingFrom(second, reader);
  });

  test("a new connection's will replaces the old one, also where it has none", async () => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, 1);
    await (await connect({ ...sessionOf(clientId), will: delayed(topic, 60) })).vanish();
    await (await connect({ ...resumed(clientId), will: { topic, payload: "second" } })).vanish();
    expect((await reader.expectMessage()).payload).toBe("second");
  });
});
