/** MQTT 5.0, 3.3.1.3: retained messages, and the options of a subscription that concern them. */
import { expect, test } from "vitest";
import { PROPERTY, type PublishWish } from "../../support/packets/bytes.ts";
import { type Publish, propertiesOf, propertyOf } from "../../support/packets/received.ts";
import {
  expectNothingFrom,
  overTransports5,
  PAST_A_SECOND_MS,
  RETAIN_AS_PUBLISHED,
  RETAINED_IF_NEW,
  RETAINED_NEVER,
  resumed,
  retainedOn,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";

const payloadsOf = (messages: readonly Publish[]): string[] => messages.map(({ payload }) => payload);

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  /** Publishes to a topic of its own, which is given back. */
  const published = async (...wishes: Omit<PublishWish, "topic">[]): Promise<string> => {
    const topic = unique();
    const writer = await connect();
    for (const wish of wishes) await writer.publish({ topic, qos: 1, ...wish });
    return topic;
  };

  test("[MQTT-3.3.1-5] a retained message replaces the one before it", async () => {
    const topic = await published({ payload: "old", retain: true }, { payload: "new", retain: true, qos: 2 });
    const [message, ...more] = await retainedOn(wire, topic);
    expect([message?.payload, message?.retain, message?.qos, more.length]).toEqual(["new", true, 2, 0]);
  });

  test("[MQTT-3.3.1-6] an empty retained payload goes to subscribers and takes the retained message away", async () => {
    const topic = await published({ payload: "kept", retain: true });
    const reader = await subscriberOf(wire, topic, 1 | RETAINED_NEVER);
    await reader.publish({ topic, payload: "", retain: true, qos: 1 });
    const message = await reader.expectMessage();
    expect([message.payload, message.retain]).toEqual(["", false]);
    expect(await retainedOn(wire, topic)).toEqual([]);
  });

  test("[MQTT-3.3.1-7] an empty payload is not retained", async () => {
    expect(await retainedOn(wire, await published({ payload: "", retain: true }))).toEqual([]);
  });

  test("[MQTT-3.3.1-8] a message without RETAIN leaves the retained one, also an empty one", async () => {
    const topic = await published({ payload: "kept", retain: true }, { payload: "passing" }, { payload: "" });
    expect(payloadsOf(await retainedOn(wire, topic))).toEqual(["kept"]);
  });

  test("[MQTT-3.3.1-9] retain handling 0 sends retained messages at every SUBSCRIBE", async () => {
    const topic = await published({ payload: "kept", retain: true });
    const reader = await connect();
    for (let time = 0; time < 2; time += 1) {
      await reader.subscribe([[topic, 1]]);
      const message = await reader.expectMessage();
      expect([message.payload, message.retain]).toEqual(["kept", true]);
    }
  });

  test("[MQTT-3.3.1-10] retain handling 1 sends retained messages at the first SUBSCRIBE only", async () => {
    const topic = await published({ payload: "kept", retain: true });
    const reader = await connect();
    await reader.subscribe([[topic, 1 | RETAINED_IF_NEW]]);
    expect((await reader.expectMessage()).payload).toBe("kept");
    await reader.subscribe([[topic, 1 | RETAINED_IF_NEW]]);
    await expectNothingFrom(reader, reader);
    await reader.unsubscribe([topic]);
    await reader.subscribe([[topic, 1 | RETAINED_IF_NEW]]);
    expect((await reader.expectMessage()).payload).toBe("kept");
  });

  test("retain handling 1 knows a subscription of a session that goes on", async () => {
    const topic = await published({ payload: "kept", retain: true });
    const clientId = unique();
    await (await subscriberOf(wire, topic, 1 | RETAINED_NEVER, { wish: sessionOf(clientId) })).disconnect();
    const reader = await connect(resumed(clientId));
    await reader.subscribe([[topic, 1 | RETAINED_IF_NEW]]);
    await expectNothingFrom(reader, reader);
  });

  test("[MQTT-3.3.1-11] retain handling 2 sends no retained messages", async () => {
    const topic = await published({ payload: "kept", retain: true });
    const reader = await subscriberOf(wire, topic, 1 | RETAINED_NEVER);
    await expectNothingFrom(reader, reader);
  });

  test("[MQTT-3.3.1-12] without retain as published a message is forwarded with RETAIN 0", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1);
    await reader.publish({ topic, payload: "x", retain: true, qos: 1 });
    expect((await reader.expectMessage()).retain).toBe(false);
  });

  test("[MQTT-3.3.1-13] with retain as published a message is forwarded with RETAIN as it came", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1 | RETAIN_AS_PUBLISHED);
    for (const retain of [true, false]) {
      await reader.publish({ topic, payload: "x", retain, qos: 1 });
      expect((await reader.expectMessage()).retain).toBe(retain);
    }
  });

  test("a retained message that is sent at SUBSCRIBE has RETAIN 1, whatever retain as published says", async () => {
    const topic = await published({ payload: "kept", retain: true });
    for (const options of [1, 1 | RETAIN_AS_PUBLISHED]) {
      const reader = await subscriberOf(wire, topic, options);
      expect((await reader.expectMessage()).retain).toBe(true);
    }
  });

  test("a retained message keeps its properties", async () => {
    const user = [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ] as const;
    const topic = await published({
      payload: "kept",
      retain: true,
      properties: [[PROPERTY.contentType, "text/plain"], ...user.map((pair) => [PROPERTY.userProperty, pair] as const)],
    });
    const [message] = await retainedOn(wire, topic);
    if (message === undefined) throw new Error("nothing is retained");
    expect(propertyOf(message, PROPERTY.contentType)).toBe("text/plain");
    expect(propertiesOf(message, PROPERTY.userProperty)).toEqual(user);
  });

  timed("a retained message counts its expiry down, and is gone when it has passed", async () => {
    const expiring = (seconds: number): Omit<PublishWish, "topic"> => ({
      payload: "kept",
      retain: true,
      properties: [[PROPERTY.messageExpiry, seconds]],
    });
    const [short, long] = [await published(expiring(1)), await published(expiring(60))];
    expect(await retainedOn(wire, short)).toHaveLength(1);
    await pass(PAST_A_SECOND_MS);
    expect(await retainedOn(wire, short)).toEqual([]);
    const [message] = await retainedOn(wire, long);
    if (message === undefined) throw new Error("nothing is retained");
    const left = propertyOf(message, PROPERTY.messageExpiry);
    expect([57, 58, 59]).toContain(left);
  });

  test("a wildcard subscription gets every retained message that it matches, with its subscription identifier", async () => {
    const root = unique();
    const writer = await connect();
    for (const level of ["a", "b", "b/c"])
      await writer.publish({ topic: `${root}/${level}`, payload: level, retain: true, qos: 1 });
    const reader = await subscriberOf(wire, `${root}/#`, 1, { properties: [[PROPERTY.subscriptionId, 300]] });
    const messages = [await reader.expectMessage(), await reader.expectMessage(), await reader.expectMessage()];
    expect(payloadsOf(messages).sort()).toEqual(["a", "b", "b/c"]);
    for (const message of messages) expect(propertiesOf(message, PROPERTY.subscriptionId)).toEqual([300]);
  });

  test("a retained message is sent with the lower of its QoS and the granted one", async () => {
    const topic = await published({ payload: "kept", retain: true, qos: 2 });
    for (const granted of [0, 1, 2]) {
      const reader = await subscriberOf(wire, topic, granted);
      expect((await reader.expectMessage()).qos).toBe(granted);
    }
  });
});
