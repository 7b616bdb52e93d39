/** MQTT 5.0, 3.3.4 and 4.9: Receive Maximum, from the client and towards it. */
import { expect, test } from "vitest";
import {
  PROPERTY,
  pubackPacket,
  pubcompPacket,
  publishPacket,
  pubrecPacket,
  pubrelPacket,
} from "../../support/packets/bytes.ts";
import { expectDisconnect, overTransports5, saidBy, subscriberOf } from "../v5-support.ts";
import type { ConnectedClient } from "../wire.ts";

overTransports5((wire) => {
  const { connect, unique } = wire;

  /** A client that takes `window` messages at a time and acknowledges none, and to which six of this QoS are on their way. */
  const behindWindow = async (window: number, qos: 1 | 2) => {
    const topic = unique();
    const wish = { properties: [[PROPERTY.receiveMaximum, window]] as const };
    const reader = await subscriberOf(wire, topic, qos, { wish });
    const writer = await connect();
    for (let count = 1; count <= 6; count += 1) await writer.publish({ topic, payload: String(count), qos });
    await reader.ping(); // a fence would be held back too: at a quota of 0 a server may suspend QoS 0 [MQTT-4.9]
    return { reader, writer, topic };
  };
  const waitingIn = (client: ConnectedClient): string[] =>
    client.inbox.flatMap((packet) => (packet.type === "publish" ? [packet.payload] : []));

  test("[MQTT-3.3.4-7] more QoS 2 messages than the server's Receive Maximum end with 0x93", async () => {
    const client = await connect();
    const maximum = saidBy(client, PROPERTY.receiveMaximum, 65_535);
    const topic = unique();
    const ids = Array.from({ length: maximum }, (_, at) => at + 1);
    client.send(...ids.map((packetId) => publishPacket({ topic, qos: 2, packetId }, 5)));
    await client.expectPacket("pubrec", ({ packetId }) => packetId === maximum);
    client.send(publishPacket({ topic, qos: 2, packetId: maximum + 1 }, 5));
    await expectDisconnect(client, 0x93);
  });

  test("a QoS 2 message that is done makes room for another", async () => {
    const client = await connect();
    const maximum = saidBy(client, PROPERTY.receiveMaximum, 65_535);
    const topic = unique();
    const ids = Array.from({ length: maximum }, (_, at) => at + 1);
    client.send(...ids.map((packetId) => publishPacket({ topic, qos: 2, packetId }, 5)));
    await client.expectPacket("pubrec", ({ packetId }) => packetId === maximum);
    client.send(pubrelPacket(1));
    await client.expectPacket("pubcomp");
    client.send(publishPacket({ topic, qos: 2, packetId: maximum + 1 }, 5));
    expect((await client.expectPacket("pubrec", ({ packetId }) => packetId > maximum)).code).toBeLessThan(0x80);
  });

  test("more QoS 1 messages at once than the Receive Maximum are all acknowledged, in their order", async () => {
    const client = await connect();
    const count = Math.min(2 * saidBy(client, PROPERTY.receiveMaximum, 65_535), 3_000);
    const topic = unique();
    const ids = Array.from({ length: count }, (_, at) => at + 1);
    client.send(...ids.map((packetId) => publishPacket({ topic, qos: 1, packetId }, 5)));
    await client.expectPacket("puback", ({ packetId }) => packetId === count);
    expect(client.received.flatMap((packet) => (packet.type === "puback" ? [packet.packetId] : []))).toEqual(ids);
  });

  test("[MQTT-3.3.4-9] no more QoS 1 messages than the client's Receive Maximum are on their way to it", async () => {
    const { reader } = await behindWindow(2, 1);
    expect(waitingIn(reader)).toEqual(["1", "2"]);
    reader.send(pubackPacket((await reader.expectPacket("publish")).packetId));
    await reader.ping();
    expect(waitingIn(reader)).toEqual(["2", "3"]);
  });

  test("[MQTT-4.9.0-1] a client of Receive Maximum 1 gets one message at a time, and all of them", async () => {
    const { reader } = await behindWindow(1, 1);
    for (const payload of ["1", "2", "3", "4", "5", "6"]) {
      await reader.ping();
      expect(waitingIn(reader)).toEqual([payload]);
      await reader.expectMessage();
    }
  });

  test("[MQTT-4.9.0-2] a QoS 2 message holds its place until PUBCOMP", async () => {
    const { reader } = await behindWindow(1, 2);
    const first = await reader.expectPacket("publish");
    reader.send(pubrecPacket(first.packetId));
    await reader.expectPacket("pubrel");
    await reader.expectNothing();
    reader.send(pubcompPacket(first.packetId));
    expect((await reader.expectPacket("publish")).payload).toBe("2");
  });

  test("a PUBREC of 0x80 or more makes room for the next message", async () => {
    const { reader } = await behindWindow(1, 2);
    reader.send(pubrecPacket((await reader.expectPacket("publish")).packetId, { reasonCode: 0x83 }));
    expect((await reader.expectPacket("publish")).payload).toBe("2");
  });

  test("[MQTT-3.3.4-10] at the Receive Maximum everything but PUBLISH is still sent", async () => {
    const { reader, topic } = await behindWindow(1, 2);
    await reader.ping();
    await reader.subscribe([[unique(), 1]]);
    await reader.unsubscribe([unique()]);
    await reader.publish({ topic: unique(), qos: 1 });
    await reader.publish({ topic: unique(), qos: 2 });
    expect(waitingIn(reader)).toEqual(["1"]);
    await reader.unsubscribe([topic]);
  });

  test("[MQTT-4.9.0-3] at a quota of 0 the client's acknowledgements and messages are processed", async () => {
    const { reader } = await behindWindow(1, 1);
    const elsewhere = unique();
    const other = await subscriberOf(wire, elsewhere, 1);
    await reader.publish({ topic: elsewhere, payload: "through", qos: 2 });
    expect((await other.expectMessage()).payload).toBe("through");
    await reader.expectMessage();
    expect((await reader.expectMessage()).payload).toBe("2");
  });

  test("a message of QoS 0 is delivered at a quota of 0, or when there is room again", async () => {
    const { reader, writer } = await behindWindow(1, 1);
    const topic = unique();
    await reader.subscribe([[topic, 0]]);
    await writer.publish({ topic, payload: "passes" });
    for (let count = 1; count <= 6; count += 1) await reader.expectMessage(({ qos }) => qos === 1);
    expect((await reader.expectMessage()).payload).toBe("passes");
  });
});
