/** MQTT 3.1.1, sections 3.1.2.4 and 3.2: Clean Session, and what CONNACK says. */
import { expect, test } from "vitest";
import { connectPacket, pingreqPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, expectRefusal, messagesAt, payloadsOf, retainedFor } from "../steps.ts";

overTransports(({ open, connect, unique }) => {
  /** A stored session of a new client id, which has left in order. */
  const storedSession = async (topic: string): Promise<string> => {
    const clientId = unique();
    const client = await connect({ clientId, clean: false });
    await client.subscribe([[topic, 2]]);
    await client.disconnect();
    return clientId;
  };

  test("[MQTT-3.1.2-4] a session without Clean Session is kept and resumed", async () => {
    const topic = unique();
    const clientId = await storedSession(topic);
    const again = await connect({ clientId, clean: false });
    expect(again.connack.sessionPresent).toBe(true);
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "subscribed still" });
    expect(await again.expectMessage()).toMatchObject({ payload: "subscribed still", qos: 1 });
    await again.vanish();
    await publisher.publish({ topic, qos: 2, payload: "after a failure" });
    const third = await connect({ clientId, clean: false });
    expect(await third.expectMessage()).toMatchObject({ payload: "after a failure", qos: 2 });
  });

  test("[MQTT-3.1.2-5] messages of QoS 1 and 2 for an absent client are kept, in their order", async () => {
    const topic = unique();
    const clientId = await storedSession(`${topic}/#`);
    const publisher = await connect();
    for (let count = 0; count < 20; count += 1) {
      await publisher.publish({ topic: `${topic}/a`, qos: count % 2 === 0 ? 1 : 2, payload: String(count) });
    }
    await publisher.publish({ topic: `${topic}x`, qos: 1, payload: "matches nothing" });
    const again = await connect({ clientId, clean: false });
    const messages = await messagesAt(again, publisher);
    const numbers = messages.map(({ payload }) => Number(payload));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, count) => count));
    for (const qos of [1, 2]) {
      const ofQos = messages.filter((each) => each.qos === qos).map(({ payload }) => Number(payload));
      expect(ofQos).toEqual(ofQos.toSorted((a, b) => a - b));
      expect(ofQos).toHaveLength(10);
    }
  });

  test("[MQTT-3.1.2-6] Clean Session discards the former session, and its own ends with the connection", async () => {
    const topic = unique();
    const clientId = await storedSession(topic);
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "for the former session" });
    const clean = await connect({ clientId, clean: true });
    expect(clean.connack.sessionPresent).toBe(false);
    await publisher.publish({ topic, qos: 1, payload: "nobody is subscribed" });
    expect(await messagesAt(clean, publisher)).toEqual([]);
    await clean.subscribe([[topic, 2]]);
    await clean.vanish();
    await publisher.publish({ topic, qos: 1, payload: "the clean session is over" });
    const next = await connect({ clientId, clean: false });
    expect(next.connack.sessionPresent).toBe(false);
    await publisher.publish({ topic, qos: 1, payload: "and its subscription" });
    expect(await messagesAt(next, publisher)).toEqual([]);
  });

  test("[MQTT-3.1.2-7] retained messages outlive the session of their publisher", async () => {
    const topic = unique();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "kept", retain: true });
    await publisher.disconnect();
    expect(payloadsOf(await retainedFor(await connect(), topic))).toEqual(["kept"]);
  });

  test("[MQTT-3.1.4-3] Clean Session is acted upon at each connect", async () => {
    const clientId = unique();
    const present: boolean[] = [];
    for (const clean of [false, false, true, true, false, false]) {
      const client = await connect({ clientId, clean });
      present.push(client.connack.sessionPresent);
      await client.disconnect();
    }
    expect(present).toEqual([false, true, false, false, false, true]);
  });

  test("[MQTT-3.2.0-1] CONNACK comes before anything else", async () => {
    const topic = unique();
    const clientId = await storedSession(topic);
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "waits" });
    await publisher.publish({ topic, qos: 1, payload: "retained", retain: true });
    const client = open();
    const behind = [subscribePacket({ packetId: 9, filters: [[topic, 1]] }), pingreqPacket()];
    client.send(Buffer.concat([connectPacket({ clientId, clean: false }), ...behind]));
    expect((await client.next()).type).toBe("connack");
    await client.expectPacket("suback");
    await client.expectPacket("pingresp");
    expect((await client.expectMessage()).payload).toBe("waits");
  });

  test("[MQTT-3.2.2-1] with Clean Session, Session Present is 0, a stored session or not", async () => {
    expect((await connect({ clientId: unique() })).connack).toMatchObject({ sessionPresent: false, code: 0 });
    const clientId = await storedSession(unique());
    expect((await connect({ clientId, clean: true })).connack).toMatchObject({ sessionPresent: false, code: 0 });
  });

  test("[MQTT-3.2.2-2] with a stored session, Session Present is 1", async () => {
    const clientId = await storedSession(unique());
    const first = await connect({ clientId, clean: false });
    expect(first.connack.bytes).toEqual(Buffer.from([0x20, 2, 1, 0]));
    expect((await connect({ clientId, clean: false })).connack.sessionPresent).toBe(true); // by take-over
  });

  test("[MQTT-3.2.2-3] without a stored session, Session Present is 0", async () => {
    const { connack } = await connect({ clientId: unique(), clean: false });
    expect(connack.bytes).toEqual(Buffer.from([0x20, 2, 0, 0]));
  });

  test("[MQTT-3.2.2-4] with another return code than 0, Session Present is 0", async () => {
    const clientId = await storedSession(unique());
    const refused = await expectRefusal(open(), connectPacket({ clientId, clean: false, level: 6 }), 1);
    expect(refused.bytes).toEqual(Buffer.from([0x20, 2, 0, 1]));
    const rejected = await expectRefusal(open(), connectPacket({ clientId: "", clean: false }), 2);
    expect(rejected.bytes).toEqual(Buffer.from([0x20, 2, 0, 2]));
  });

  test("[MQTT-3.2.2-5] another return code than 0 is followed by the connection's end", async () => {
    await expectRefusal(open(), connectPacket({ clientId: unique(), level: 9 }), 1);
    await expectRefusal(open(), connectPacket({ clientId: "", clean: false }), 2);
  });

  test("[MQTT-3.2.2-6] where no return code fits, the connection is closed without CONNACK", async () => {
    await expectCut(open(), connectPacket({ clientId: unique(), flags: 0x03 }));
    await expectCut(open(), connectPacket({ clientId: unique(), will: { topic: unique(), qos: 3 } }));
    await expectCut(open(), connectPacket({ clientId: "a\0" }));
  });
});
