/** MQTT 5.0, 3.3.4: one message, several subscriptions of one client; subscription identifiers. */
import { expect, test } from "vitest";
import { PROPERTY, publishPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { type Publish, propertiesOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import { expectDisconnect, NO_LOCAL, overTransports5, resumed, sessionOf, subscriberOf } from "../v5-support.ts";
import { type ConnectedClient, fence } from "../wire.ts";

const idOf = (id: number) => [[PROPERTY.subscriptionId, id]] as const;
const idsIn = (messages: readonly Publish[]): unknown[] =>
  messages.flatMap((message) => propertiesOf(message, PROPERTY.subscriptionId)).sort();

overTransports5((wire) => {
  const { connect, unique } = wire;

  /** All copies that `reader` gets of one message of QoS 2. */
  const copies = async (reader: ConnectedClient, topic: string): Promise<Publish[]> => {
    const writer = await connect();
    await writer.publish({ topic, payload: "x", qos: 2 });
    await fence(writer, reader);
    return reader.inbox.filter((packet) => packet.type === "publish");
  };

  test("[MQTT-3.3.4-1] PUBLISH is answered as its QoS asks", async () => {
    const topic = unique();
    const client = await connect();
    client.send(publishPacket({ topic }, 5));
    await client.expectNothing();
    client.send(publishPacket({ topic, qos: 1, packetId: 1 }, 5));
    expect((await client.next()).type).toBe("puback");
    client.send(publishPacket({ topic, qos: 2, packetId: 2 }, 5));
    expect((await client.next()).type).toBe("pubrec");
  });

  test("[MQTT-3.3.4-2] overlapping subscriptions deliver with the highest QoS among them", async () => {
    const root = unique();
    const reader = await connect();
    await reader.subscribe([[`${root}/#`, 0]]);
    await reader.subscribe([[`${root}/+`, 2]]);
    await reader.subscribe([[`${root}/a`, 1]]);
    expect(Math.max(...(await copies(reader, `${root}/a`)).map(({ qos }) => qos))).toBe(2);
  });

  test("[MQTT-3.3.4-3] overlapping subscriptions deliver with the identifiers that they have", async () => {
    const root = unique();
    const reader = await connect();
    await reader.subscribe([[`${root}/#`, 2]], idOf(7));
    await reader.subscribe([[`${root}/+`, 1]]);
    await reader.subscribe([[`${root}/a`, 0]], idOf(268_435_455));
    expect(idsIn(await copies(reader, `${root}/a`))).toEqual([268_435_455, 7]);
  });

  test.skipIf(!isOurHub)(
    "[MQTT-3.3.4-4] a message comes in one copy, with the identifiers of all matching subscriptions",
    async () => {
      const root = unique();
      const reader = await connect();
      await reader.subscribe([[`${root}/#`, 0]], idOf(1));
      await reader.subscribe([[`${root}/+`, 1]], idOf(2));
      await reader.subscribe([[`${root}/b`, 1]], idOf(3));
      const [message, ...more] = await copies(reader, `${root}/a`);
      expect([message?.qos, more.length]).toEqual([1, 0]);
      expect(idsIn(message === undefined ? [] : [message])).toEqual([1, 2]);
    },
  );

  test("[MQTT-3.3.4-6] a PUBLISH of a client with a subscription identifier is a protocol error", async () => {
    const client = await connect();
    client.send(publishPacket({ topic: unique(), properties: idOf(1) }, 5));
    await expectDisconnect(client, 0x82, 0x81);
  });

  test("a subscription identifier of 0 is a protocol error", async () => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 1, filters: [[unique(), 0]], properties: idOf(0) }, 5));
    await expectDisconnect(client, 0x82, 0x81);
  });

  test("a message of a subscription without an identifier carries none", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const [message] = await copies(reader, topic);
    expect(message?.properties).toEqual([]);
  });

  test("subscribing again replaces the identifier, or takes it away", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0, { properties: idOf(1) });
    await reader.subscribe([[topic, 0]], idOf(2));
    expect(idsIn(await copies(reader, topic))).toEqual([2]);
    await reader.expectMessage();
    await reader.subscribe([[topic, 0]]);
    expect(idsIn(await copies(reader, topic))).toEqual([]);
  });

  test("one SUBSCRIBE gives its identifier to all of its filters", async () => {
    const root = unique();
    const reader = await connect();
    await reader.subscribe(
      [
        [`${root}/a`, 0],
        [`${root}/b`, 0],
      ],
      idOf(9),
    );
    for (const level of ["a", "b"]) {
      expect(idsIn(await copies(reader, `${root}/${level}`))).toEqual([9]);
      await reader.expectMessage();
    }
  });

  test("identifiers stay with the session", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId), properties: idOf(5) })).disconnect();
    await (await connect()).publish({ topic, qos: 1 });
    const back = await connect(resumed(clientId));
    expect(idsIn([await back.expectMessage()])).toEqual([5]);
    expect(idsIn(await copies(back, topic))).toEqual([5]);
  });

  test("each of two clients gets the identifiers of its own subscriptions", async () => {
    const topic = unique();
    const [one, other] = [
      await subscriberOf(wire, topic, 0, { properties: idOf(1) }),
      await subscriberOf(wire, topic, 0, { properties: idOf(2) }),
    ];
    await one.publish({ topic, qos: 1 });
    expect([idsIn([await one.expectMessage()]), idsIn([await other.expectMessage()])]).toEqual([[1], [2]]);
  });

  test("No Local of one overlapping subscription does not silence the other", async () => {
    const root = unique();
    const client = await connect();
    await client.subscribe([[`${root}/#`, 1 | NO_LOCAL]], idOf(1));
    await client.subscribe([[`${root}/a`, 0]], idOf(2));
    await client.publish({ topic: `${root}/a`, qos: 1 });
    const message = await client.expectMessage();
    expect([idsIn([message]), message.qos]).toEqual([[2], 0]);
    await client.publish({ topic: `${root}/b`, qos: 1 });
    await client.expectNothing();
  });
});
