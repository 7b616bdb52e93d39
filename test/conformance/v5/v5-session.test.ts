/** MQTT 5.0, 3.1.2.4, 3.1.2.11.2, 3.1.3.1, 3.1.4, 4.1: sessions, client ids, take-over, keep alive. */
import { expect, test } from "vitest";
import { disconnectPacket, PROPERTY } from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectNothingFrom,
  overTransports5,
  PAST_A_SECOND_MS,
  resumed,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";
import { fence } from "../wire.ts";

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  test("[MQTT-3.1.2-4] [MQTT-3.2.2-2] Clean Start forgets subscriptions and messages, and says no session", async () => {
    const [topic, clientId] = [unique(), unique()];
    const writer = await connect();
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    await writer.publish({ topic, payload: "old", qos: 1 });
    const back = await connect(sessionOf(clientId));
    expect(back.connack.sessionPresent).toBe(false);
    await writer.publish({ topic, payload: "new", qos: 1 });
    await expectNothingFrom(writer, back);
  });

  test("[MQTT-3.1.2-5] [MQTT-3.1.2-23] [MQTT-3.2.2-3] a session goes on with its subscriptions and what waited for it", async () => {
    const [topic, clientId] = [unique(), unique()];
    const writer = await connect();
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    await writer.publish({ topic, payload: "meanwhile", qos: 1 });
    const back = await connect(resumed(clientId));
    expect(back.connack.sessionPresent).toBe(true);
    const waited = await back.expectMessage();
    expect([waited.payload, waited.dup]).toEqual(["meanwhile", false]);
    await writer.publish({ topic, payload: "now", qos: 1 });
    expect((await back.expectMessage()).payload).toBe("now");
  });

  test("[MQTT-3.1.2-6] Clean Start 0 without a session makes one", async () => {
    const [topic, clientId] = [unique(), unique()];
    const first = await connect(resumed(clientId));
    expect(first.connack.sessionPresent).toBe(false);
    await first.subscribe([[topic, 1]]);
    await first.disconnect();
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(true);
  });

  timed(
    "[MQTT-3.1.2-22] [MQTT-3.2.2-22] a client silent for one and a half keep alives is cut off, one that speaks is not",
    async () => {
      const client = await connect({ keepAliveS: 1 });
      expect(propertyOf(client.connack, PROPERTY.serverKeepAlive)).toBeUndefined();
      for (let spoken = 0; spoken < 3; spoken += 1) {
        await pass(isOurHub ? 1_400 : 700); // Mosquitto counts whole seconds
        await client.ping();
      }
      await pass(1_600);
      await expectDisconnect(client, 0x8d);
    },
  );

  test("[MQTT-3.1.3-2] each client id has its session", async () => {
    const [topic, one, other] = [unique(), unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(one) })).disconnect();
    await (await connect(sessionOf(other))).disconnect();
    const writer = await connect();
    await writer.publish({ topic, payload: "for one", qos: 1 });
    const otherBack = await connect(resumed(other));
    await expectNothingFrom(writer, otherBack);
    expect((await (await connect(resumed(one))).expectMessage()).payload).toBe("for one");
  });

  test("[MQTT-3.1.3-6] [MQTT-3.1.3-7] an empty client id is given one, which CONNACK says and which names the session", async () => {
    const first = await connect(sessionOf(""));
    const assigned = propertyOf(first.connack, PROPERTY.assignedClientId);
    if (typeof assigned !== "string") throw new Error("CONNACK says no client id");
    expect(assigned.length).toBeGreaterThan(0);
    await first.disconnect();
    expect((await connect(resumed(assigned))).connack.sessionPresent).toBe(true);
  });

  test("[MQTT-3.2.2-16] each empty client id is given another", async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => connect({ clientId: "" })));
    const ids = clients.map(({ connack }) => propertyOf(connack, PROPERTY.assignedClientId));
    expect(new Set(ids).size).toBe(4);
    for (const client of clients) await client.ping();
  });

  test("[MQTT-3.1.4-3] a second connection of a client id ends the first with 0x8E and takes its session", async () => {
    const [topic, clientId] = [unique(), unique()];
    const first = await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) });
    const second = await connect(resumed(clientId));
    expect(second.connack.sessionPresent).toBe(true);
    await expectDisconnect(first, 0x8e);
    await second.publish({ topic, payload: "mine", qos: 1 });
    expect((await second.expectMessage()).payload).toBe("mine");
  });

  test("[MQTT-3.1.4-4] a take-over with Clean Start throws the session away", async () => {
    const [topic, clientId] = [unique(), unique()];
    const first = await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) });
    const second = await connect(sessionOf(clientId));
    expect(second.connack.sessionPresent).toBe(false);
    await expectDisconnect(first, 0x8e);
    await second.publish({ topic, qos: 1 });
    await expectNothingFrom(second, second);
  });

  timed("[MQTT-4.1.0-1] a session expiry does not run while the client is connected", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 1, { wish: sessionOf(unique(), 1) });
    await pass(PAST_A_SECOND_MS);
    await client.publish({ topic, payload: "still here", qos: 1 });
    expect((await client.expectMessage()).payload).toBe("still here");
  });

  timed("[MQTT-4.1.0-2] a session ends when its expiry interval has passed", async () => {
    const clientId = unique();
    await (await connect(sessionOf(clientId, 1))).disconnect();
    await pass(PAST_A_SECOND_MS);
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(false);
  });

  test("a session without an expiry interval ends with its connection", async () => {
    const clientId = unique();
    await (await connect({ clientId })).disconnect();
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(false);
  });

  test("the longest expiry intervals do not end a session at once", async () => {
    for (const seconds of [999_999_999, 0xffff_ffff]) {
      const clientId = unique();
      await (await connect(sessionOf(clientId, seconds))).disconnect();
      await pass(50);
      expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(true);
    }
  });

  test("DISCONNECT can shorten the session expiry to 0: the session ends", async () => {
    const clientId = unique();
    const client = await connect(sessionOf(clientId));
    await client.disconnect({ reasonCode: 0, properties: [[PROPERTY.sessionExpiry, 0]] });
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(false);
  });

  timed("DISCONNECT can lengthen a session expiry that is not 0", async () => {
    const clientId = unique();
    const client = await connect(sessionOf(clientId, 1));
    await client.disconnect({ reasonCode: 0, properties: [[PROPERTY.sessionExpiry, 60]] });
    await pass(PAST_A_SECOND_MS);
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(true);
  });

  test("DISCONNECT that raises a session expiry of 0 is a protocol error", async () => {
    const client = await connect();
    client.send(disconnectPacket({ reasonCode: 0, properties: [[PROPERTY.sessionExpiry, 60]] }));
    await expectDisconnect(client, 0x82);
  });

  test("the session expiry of the newest CONNECT counts", async () => {
    const clientId = unique();
    await (await connect(sessionOf(clientId, 60))).disconnect();
    await (await connect(resumed(clientId, 0))).disconnect();
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(false);
  });

  test("a session of MQTT 3.1.1 goes on in MQTT 5, and back", async () => {
    const [topic, clientId] = [unique(), unique()];
    const old = await connect({ version: 4, clientId, clean: false });
    await old.subscribe([[topic, 1]]);
    await old.disconnect();
    const writer = await connect();
    await writer.publish({ topic, payload: "one", qos: 1 });
    const modern = await connect(resumed(clientId));
    expect(modern.connack.sessionPresent).toBe(true);
    expect((await modern.expectMessage()).payload).toBe("one");
    await fence(modern, modern);
    await modern.disconnect();
    await writer.publish({ topic, payload: "two", qos: 1 });
    const again = await connect({ version: 4, clientId, clean: false });
    expect((await again.expectMessage()).payload).toBe("two");
  });
});
