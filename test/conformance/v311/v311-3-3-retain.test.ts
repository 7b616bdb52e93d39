/** MQTT 3.1.1, section 3.3.1.3: retained messages. */
import { expect, test } from "vitest";
import { overTransports } from "../broker.ts";
import { messagesAt, payloadsOf, retainedFor } from "../steps.ts";

overTransports(({ connect, unique }) => {
  test("[MQTT-3.3.1-5] a retained message is kept with its QoS for later subscribers", async () => {
    const topic = unique();
    const publisher = await connect();
    for (const qos of [0, 1, 2] as const) {
      await publisher.publish({ topic: `${topic}/${qos}`, qos, payload: `QoS ${qos}`, retain: true });
    }
    const messages = await retainedFor(await connect(), `${topic}/+`);
    expect(messages.map(({ payload, qos }) => [payload, qos]).toSorted()).toEqual([
      ["QoS 0", 0],
      ["QoS 1", 1],
      ["QoS 2", 2],
    ]);
    expect((await retainedFor(await connect(), `${topic}/2`, 1)).map(({ qos }) => qos)).toEqual([1]);
  });

  test("[MQTT-3.3.1-6] a new subscription brings the last retained message of each matching topic", async () => {
    const topic = unique();
    const publisher = await connect();
    for (const payload of ["first", "last"]) {
      for (const level of ["a", "b", "b/c", ""]) {
        await publisher.publish({ topic: `${topic}/${level}`, qos: 1, payload, retain: true });
      }
    }
    const topicsFor = async (filter: string): Promise<string[]> => {
      const messages = await retainedFor(await connect(), filter);
      expect(new Set(payloadsOf(messages))).toEqual(new Set(messages.length > 0 ? ["last"] : []));
      return messages.map((message) => message.topic.slice(topic.length)).toSorted();
    };
    expect(await topicsFor(`${topic}/#`)).toEqual(["/", "/a", "/b", "/b/c"]);
    expect(await topicsFor(`${topic}/+`)).toEqual(["/", "/a", "/b"]);
    expect(await topicsFor(`${topic}/b/#`)).toEqual(["/b", "/b/c"]);
    expect(await topicsFor(`${topic}/b`)).toEqual(["/b"]);
    expect(await topicsFor(topic)).toEqual([]);
  });

  test("[MQTT-3.3.1-7] a retained message of QoS 0 discards the one before it", async () => {
    const topic = unique();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 2, payload: "before", retain: true });
    await publisher.publish({ topic, qos: 0, payload: "after", retain: true });
    await publisher.ping();
    // Keeping the new one is allowed, not demanded; this broker does.
    expect(await retainedFor(await connect(), topic)).toMatchObject([{ payload: "after", qos: 0 }]);
  });

  test("[MQTT-3.3.1-8] RETAIN is 1 in what a new subscription brings", async () => {
    const topic = unique();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "kept", retain: true });
    const subscriber = await connect();
    expect(await retainedFor(subscriber, topic)).toMatchObject([{ payload: "kept", retain: true, dup: false }]);
    await subscriber.unsubscribe([topic]);
    expect(await retainedFor(subscriber, topic)).toMatchObject([{ payload: "kept", retain: true }]);
  });

  test("[MQTT-3.3.1-9] RETAIN is 0 in what an established subscription brings", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await subscriber.subscribe([[topic, 2]]);
    for (const qos of [0, 1, 2] as const) {
      await publisher.publish({ topic, qos, payload: "live", retain: true });
      expect(await subscriber.expectMessage()).toMatchObject({ payload: "live", qos, retain: false });
    }
  });

  test("[MQTT-3.3.1-9] RETAIN is 0 in what was kept for an absent subscriber", async () => {
    const [clientId, topic] = [unique(), unique()];
    const subscriber = await connect({ clientId, clean: false });
    await subscriber.subscribe([[topic, 1]]);
    await subscriber.disconnect();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "meanwhile", retain: true });
    const again = await connect({ clientId, clean: false });
    expect(await messagesAt(again, publisher)).toMatchObject([{ payload: "meanwhile", retain: false }]);
  });

  test("[MQTT-3.3.1-10] an empty retained message is delivered, and takes the kept one away", async () => {
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    await publisher.publish({ topic, qos: 1, payload: "kept", retain: true });
    expect(payloadsOf(await retainedFor(subscriber, topic))).toEqual(["kept"]);
    await publisher.publish({ topic, qos: 1, payload: "", retain: true });
    expect(await subscriber.expectMessage()).toMatchObject({ topic, payload: "", retain: false });
    expect(await retainedFor(await connect(), topic)).toEqual([]);
  });

  test("[MQTT-3.3.1-11] an empty retained message is not kept", async () => {
    const topic = unique();
    const publisher = await connect();
    for (const qos of [0, 1, 2] as const) {
      await publisher.publish({ topic: `${topic}/${qos}`, qos, payload: "", retain: true });
    }
    await publisher.ping();
    expect(await retainedFor(await connect(), `${topic}/#`)).toEqual([]);
  });

  test("[MQTT-3.3.1-12] a message without RETAIN neither is kept nor touches the kept one", async () => {
    const topic = unique();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "not kept" });
    expect(await retainedFor(await connect(), topic)).toEqual([]);
    await publisher.publish({ topic, qos: 1, payload: "kept", retain: true });
    await publisher.publish({ topic, qos: 1, payload: "not kept" });
    await publisher.publish({ topic, qos: 1, payload: "" });
    expect(payloadsOf(await retainedFor(await connect(), topic))).toEqual(["kept"]);
  });
});
