/** MQTT 5.0: the client's Maximum Packet Size, which binds every packet that the hub sends to it. */
import assert from "node:assert/strict";
import { expect, test } from "vitest";
import { PROPERTY, publishPacket, pubrecPacket, pubrelPacket, subscribePacket } from "../../support/packets/bytes.ts";
import {
  expectNothingFrom,
  overTransports5,
  RETAINED_IF_NEW,
  resumed,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";
import type { ConnectedClient } from "../wire.ts";

const LARGE = "x".repeat(300);
const maximumOf = (bytes: number) => [PROPERTY.maximumPacketSize, bytes] as const;

overTransports5((wire) => {
  const { connect, unique } = wire;

  /** A client that takes no packet larger than its CONNACK: no room for words. */
  const tight = async (): Promise<{ client: ConnectedClient; maximum: number }> => {
    const probe = await connect({ properties: [maximumOf(200)] });
    const maximum = probe.connack.bytes.length;
    return { client: await connect({ properties: [maximumOf(maximum)] }), maximum };
  };
  const expectSmall = ({ received }: ConnectedClient, maximum: number): void => {
    for (const { type, bytes } of received) assert.ok(bytes.length <= maximum, `${type} has ${bytes.length} bytes`);
  };

  test("[MQTT-3.1.2-24] a message larger than the client's Maximum Packet Size is not sent, one of its size is", async () => {
    const topic = unique();
    const wish = { properties: [maximumOf(200)] };
    const reader = await subscriberOf(wire, topic, 0, { wish });
    const room = 200 - publishPacket({ topic }, 5).length - 1; // a Remaining Length of two bytes
    await reader.publish({ topic, payload: "y".repeat(room + 1) });
    await reader.publish({ topic, payload: "y".repeat(room) });
    expect((await reader.expectMessage()).bytes.length).toBe(200);
    await reader.expectNothing();
  });

  test("[MQTT-3.1.2-25] a message too large for one client counts as delivered to it, and others get it", async () => {
    const topic = unique();
    const clientId = unique();
    const properties = [maximumOf(200), [PROPERTY.sessionExpiry, 60], [PROPERTY.receiveMaximum, 1]] as const;
    const reader = await subscriberOf(wire, topic, 2, { wish: { clientId, properties } });
    const other = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    for (const qos of [1, 2] as const) await writer.publish({ topic, payload: LARGE, qos });
    await writer.publish({ topic, payload: "small", qos: 1 });
    expect((await reader.expectMessage()).payload).toBe("small");
    expect((await other.expectMessage()).payload).toBe(LARGE);
    await reader.disconnect();
    const back = await connect({ ...resumed(clientId) });
    await expectNothingFrom(writer, back);
  });

  test("a message too large that waited for its client, or is retained, is left out too", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) })).disconnect();
    const writer = await connect();
    await writer.publish({ topic, payload: LARGE, qos: 1, retain: true });
    await writer.publish({ topic, payload: "small", qos: 1 });
    const properties = [maximumOf(200), [PROPERTY.sessionExpiry, 60]] as const;
    const back = await connect({ clientId, clean: false, properties });
    expect((await back.expectMessage()).payload).toBe("small");
    await back.subscribe([[topic, 1]]);
    await expectNothingFrom(writer, back);
    const free = await subscriberOf(wire, topic, 1 | RETAINED_IF_NEW);
    expect((await free.expectMessage()).payload).toBe(LARGE);
  });

  test("[MQTT-3.4.2-2] [MQTT-3.4.2-3] a PUBACK that refuses keeps within it", async () => {
    const { client, maximum } = await tight();
    await client.publish({ topic: "$conf/x", qos: 1 });
    expectSmall(client, maximum);
  });

  test("[MQTT-3.5.2-2] [MQTT-3.5.2-3] a PUBREC that refuses keeps within it", async () => {
    const { client, maximum } = await tight();
    await client.publish({ topic: "$conf/x", qos: 2 });
    expectSmall(client, maximum);
  });

  test("[MQTT-3.6.2-2] [MQTT-3.6.2-3] a PUBREL for what is unknown keeps within it", async () => {
    const { client, maximum } = await tight();
    client.send(pubrecPacket(77));
    await client.ping();
    expectSmall(client, maximum);
  });

  test("[MQTT-3.7.2-2] [MQTT-3.7.2-3] a PUBCOMP for what is unknown keeps within it", async () => {
    const { client, maximum } = await tight();
    client.send(pubrelPacket(77));
    await client.expectPacket("pubcomp");
    expectSmall(client, maximum);
  });

  test("[MQTT-3.9.2-1] [MQTT-3.9.2-2] a SUBACK that refuses keeps within it", async () => {
    const { client, maximum } = await tight();
    client.send(subscribePacket({ packetId: 1, filters: [["a/#/b", 0]] }, 5));
    await client.expectPacket("suback").catch(() => client.expectClosed());
    expectSmall(client, maximum);
  });

  test("[MQTT-3.11.2-1] [MQTT-3.11.2-2] an UNSUBACK for what was not subscribed keeps within it", async () => {
    const { client, maximum } = await tight();
    await client.unsubscribe([unique()]);
    expectSmall(client, maximum);
  });

  test("[MQTT-3.14.2-3] [MQTT-3.14.2-4] a DISCONNECT keeps within it", async () => {
    const { client, maximum } = await tight();
    client.send(publishPacket({ topic: "conf/#" }, 5));
    await client.expectClosed();
    expectSmall(client, maximum);
  });
});
