/** MQTT 5.0, 3.3.2.3.4: topic aliases from the client and towards it. */
import { expect, test } from "vitest";
import { PROPERTY, publishPacket } from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import { expectDisconnect, overTransports5, resumed, saidBy, sessionOf, subscriberOf } from "../v5-support.ts";
import { type ConnectedClient, fence } from "../wire.ts";

const aliased = (topic: string, alias: number, payload = ""): Buffer =>
  publishPacket({ topic, payload, properties: [[PROPERTY.topicAlias, alias]] }, 5);

/** Everything that came, with the topics that the aliases stand for. */
function resolved(client: ConnectedClient) {
  const topics = new Map<unknown, string>();
  return client.received.flatMap((packet) => {
    if (packet.type !== "publish") return [];
    const alias = propertyOf(packet, PROPERTY.topicAlias);
    if (alias !== undefined && packet.topic !== "") topics.set(alias, packet.topic);
    const topic = packet.topic === "" ? (topics.get(alias) ?? `unknown alias ${String(alias)}`) : packet.topic;
    return topic.startsWith("fence/") ? [] : [{ topic, payload: packet.payload, alias, short: packet.topic === "" }];
  });
}

overTransports5((wire) => {
  const { connect, unique } = wire;

  test("[MQTT-3.3.2-7] aliases of one connection mean nothing in the next, though the session goes on", async () => {
    const [topic, clientId] = [unique(), unique()];
    const first = await subscriberOf(wire, topic, 0, { wish: sessionOf(clientId) });
    first.send(aliased(topic, 1, "x"));
    await first.expectMessage();
    await first.disconnect();
    const second = await connect(resumed(clientId));
    second.send(aliased("", 1, "y"));
    await expectDisconnect(second, 0x82, 0x94);
  });

  test("an alias that the client has not named yet is a protocol error", async () => {
    const client = await connect();
    client.send(aliased("", 1));
    await expectDisconnect(client, 0x82, 0x94);
  });

  test("[MQTT-3.3.2-8] a topic alias of 0 is refused", async () => {
    const client = await connect();
    client.send(aliased(unique(), 0));
    await expectDisconnect(client, 0x94, 0x82);
  });

  test("[MQTT-3.3.2-9] a topic alias above the server's maximum is refused", async () => {
    const client = await connect();
    client.send(aliased(unique(), saidBy(client, PROPERTY.topicAliasMaximum, 0) + 1));
    await expectDisconnect(client, 0x94);
  });

  test("[MQTT-3.3.2-12] every alias up to the server's maximum is taken, and stands for its topic", async () => {
    const root = unique();
    const client = await subscriberOf(wire, `${root}/+`, 0);
    const maximum = saidBy(client, PROPERTY.topicAliasMaximum, 0);
    const aliases = maximum <= 100 ? Array.from({ length: maximum }, (_, at) => at + 1) : [1, 2, 100, maximum];
    for (const alias of aliases) client.send(aliased(`${root}/${alias}`, alias, "named"));
    for (const alias of aliases) client.send(aliased("", alias, `by ${alias}`));
    for (const alias of aliases) expect((await client.expectMessage()).topic).toBe(`${root}/${alias}`);
    for (const alias of aliases) {
      const { topic, payload } = await client.expectMessage();
      expect([topic, payload]).toEqual([`${root}/${alias}`, `by ${alias}`]);
    }
  });

  test("an alias can be given to another topic", async () => {
    const root = unique();
    const client = await subscriberOf(wire, `${root}/+`, 0);
    client.send(aliased(`${root}/a`, 1), aliased(`${root}/b`, 1), aliased("", 1));
    const topics = [await client.expectMessage(), await client.expectMessage(), await client.expectMessage()];
    expect(topics.map(({ topic }) => topic)).toEqual([`${root}/a`, `${root}/b`, `${root}/b`]);
  });

  test("a client's alias is not passed on to subscribers", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const writer = await connect();
    writer.send(aliased(topic, 1), aliased("", 1));
    for (const message of [await reader.expectMessage(), await reader.expectMessage()]) {
      expect([message.topic, message.properties]).toEqual([topic, []]);
    }
  });

  test("a QoS 2 message by alias is delivered once its handshake is done", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    client.send(aliased(topic, 1));
    await client.expectMessage();
    await client.publish({ topic: "", qos: 2, payload: "two", properties: [[PROPERTY.topicAlias, 1]] });
    expect((await client.expectMessage()).payload).toBe("two");
  });

  /** A client that takes so many aliases has been sent five topics, three times each. */
  const sent = async (maximum: number | undefined) => {
    const root = unique();
    const properties = maximum === undefined ? [] : [[PROPERTY.topicAliasMaximum, maximum] as const];
    const reader = await subscriberOf(wire, `${root}/+`, 0, { wish: { properties } });
    const writer = await connect();
    const payloads = [..."abcde", ..."abcde", ..."abcde"];
    for (const payload of payloads) await writer.publish({ topic: `${root}/${payload}`, payload });
    await fence(writer, reader);
    const came = resolved(reader);
    expect(came.map(({ topic, payload }) => [topic, payload])).toEqual(
      payloads.map((each) => [`${root}/${each}`, each]),
    );
    return came;
  };

  test("[MQTT-3.1.2-26] [MQTT-3.3.2-11] aliases of the server lie from 1 to the client's maximum", async () => {
    for (const maximum of [1, 3, 65_535]) {
      for (const { alias = 1 } of await sent(maximum)) {
        expect(alias).toBeGreaterThanOrEqual(1);
        expect(alias).toBeLessThanOrEqual(maximum);
      }
    }
  });

  test("[MQTT-3.1.2-27] a client that takes no aliases is sent none", async () => {
    for (const maximum of [undefined, 0])
      expect((await sent(maximum)).some(({ alias }) => alias !== undefined)).toBe(false);
  });

  test.skipIf(!isOurHub)("a client that takes aliases is spared topics that it knows", async () => {
    expect((await sent(10)).filter(({ short }) => short).length).toBeGreaterThanOrEqual(10);
  });
});
