/** MQTT 5.0, 3.14, 3.15, 4.12, 4.13: DISCONNECT, AUTH, and how errors end a connection. */
import { expect, test } from "vitest";
import {
  authPacket,
  connectPacket,
  disconnectPacket,
  PROPERTY,
  packet,
  pingreqPacket,
  publishPacket,
  subscribePacket,
  u8,
  u16,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import {
  expectDisconnect,
  expectNothingFrom,
  expectRefusal,
  overTransports5,
  resumed,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";

/** MQTT 5.0, table 3-10: those that a server may send. */
const DISCONNECT_CODES = [
  0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
  0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
];

overTransports5((wire) => {
  const { open, connect, unique } = wire;

  /** Each is wrong in another way. */
  const faults = (): Record<string, Buffer> => ({
    "packet type 0": packet(0x00),
    CONNACK: packet(0x20, u8(0), u8(0), u8(0)),
    SUBACK: packet(0x90, u16(1), u8(0), u8(0)),
    PINGRESP: packet(0xd0),
    "PUBLISH of QoS 3": publishPacket({ topic: unique(), firstByte: 0x36 }, 5),
    "a topic with a wildcard": publishPacket({ topic: "conf/#" }, 5),
    "a topic longer than its packet": packet(0x30, u16(200), Buffer.from("conf")),
    "PUBACK without an identifier": packet(0x40, u8(1)),
    "an empty SUBSCRIBE": subscribePacket({ packetId: 1, filters: [] }, 5),
    "an empty UNSUBSCRIBE": unsubscribePacket({ packetId: 1, filters: [] }, 5),
    "an alias of 0": publishPacket({ topic: unique(), properties: [[PROPERTY.topicAlias, 0]] }, 5),
    "a second CONNECT": connectPacket({ version: 5, clientId: unique() }),
    "a Remaining Length of five bytes": Buffer.from("30ffffffff01", "hex"),
    "AUTH without a method": authPacket({ reasonCode: 0x19 }),
  });

  test("[MQTT-3.14.0-1] before CONNACK no DISCONNECT is sent", async () => {
    for (const bytes of [pingreqPacket(), publishPacket({ topic: unique() }, 5), packet(0x10, u8(0)), packet(0x00)]) {
      const client = open();
      client.send(bytes);
      expect((await client.expectClosed()).filter(({ type }) => type === "disconnect")).toEqual([]);
    }
  });

  test("[MQTT-3.14.1-1] DISCONNECT with reserved bits is malformed, and does not take the will away", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const client = await connect({ will: { topic, payload: "gone" } });
    client.send(disconnectPacket({ flags: 1 }));
    await expectDisconnect(client, 0x81);
    expect((await reader.expectMessage()).payload).toBe("gone");
  });

  test("[MQTT-3.14.2-1] [MQTT-3.14.2-2] DISCONNECT has a reason code of its table and no Session Expiry Interval", async () => {
    for (const bytes of Object.values(faults())) {
      const client = await connect(sessionOf(unique()));
      client.send(bytes);
      for (const each of await client.expectClosed()) {
        if (each.type !== "disconnect") continue;
        expect(DISCONNECT_CODES).toContain(each.code);
        expect(propertyOf(each, PROPERTY.sessionExpiry)).toBeUndefined();
      }
    }
  });

  test("[MQTT-3.14.4-1] nothing comes behind a DISCONNECT", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 0);
    client.send(
      publishPacket({ topic: "conf/#" }, 5),
      pingreqPacket(),
      publishPacket({ topic, qos: 1, packetId: 9 }, 5),
    );
    await expectDisconnect(client, 0x81, 0x82, 0x90);
  });

  test("[MQTT-3.14.4-2] a server that sends DISCONNECT closes the connection, and processes nothing behind the error", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1);
    const client = await connect();
    client.send(publishPacket({ topic: "conf/#" }, 5), publishPacket({ topic, qos: 1, packetId: 1 }, 5));
    await client.expectClosed();
    await expectNothingFrom(await connect(), reader);
  });

  test("what stands behind a client's DISCONNECT is not processed", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 1);
    const client = await connect();
    client.send(disconnectPacket(), publishPacket({ topic, qos: 1, packetId: 1 }, 5));
    await client.expectClosed();
    await expectNothingFrom(await connect(), reader);
  });

  test("DISCONNECT may come short, with a reason code, or with properties too", async () => {
    const words = [
      [PROPERTY.reasonString, "enough"],
      [PROPERTY.userProperty, ["a", "b"]],
    ] as const;
    for (const wish of [{}, { reasonCode: 0x00 }, { reasonCode: 0x80 }, { reasonCode: 0x04, properties: words }]) {
      const client = await connect();
      client.send(disconnectPacket(wish));
      expect(await client.expectClosed()).toEqual([]);
    }
  });

  test("[MQTT-3.15.1-1] AUTH with reserved bits is malformed", async () => {
    const client = await connect();
    client.send(authPacket({ flags: 1, reasonCode: 0x18 }));
    await expectDisconnect(client, 0x81, 0x82);
  });

  test("[MQTT-3.15.2-1] AUTH with a reason code that there is not is refused", async () => {
    const client = await connect();
    client.send(authPacket({ reasonCode: 0x42 }));
    await expectDisconnect(client, 0x81, 0x82);
  });

  test("[MQTT-4.12.0-1] an Authentication Method that is not known is refused", async () => {
    const client = open();
    const properties = [
      [PROPERTY.authMethod, "SCRAM-SHA-256"],
      [PROPERTY.authData, Buffer.from("n,,")],
    ] as const;
    client.send(connectPacket({ version: 5, clientId: unique(), properties }));
    await expectRefusal(client, 0x8c, 0x87);
  });

  test("[MQTT-4.12.0-6] without an Authentication Method no AUTH comes, and CONNACK names none", async () => {
    const client = await connect();
    await client.ping();
    expect(propertyOf(client.connack, PROPERTY.authMethod)).toBeUndefined();
    expect(client.received.map(({ type }) => type)).toEqual(["connack", "pingresp"]);
  });

  test("[MQTT-4.12.0-7] AUTH of a client without an Authentication Method is a protocol error", async () => {
    for (const reasonCode of [0x18, 0x19]) {
      const client = await connect();
      client.send(authPacket({ reasonCode, properties: [[PROPERTY.authMethod, "none"]] }));
      await expectDisconnect(client, 0x82);
    }
  });

  test("[MQTT-4.13.1-1] every malformed packet and protocol error closes the connection", async () => {
    for (const [fault, bytes] of Object.entries(faults())) {
      const client = await connect();
      client.send(bytes);
      await client.expectClosed().catch((cause: unknown) => {
        throw new Error(`${fault} does not close the connection`, { cause });
      });
    }
  });

  test("[MQTT-4.13.2-1] a DISCONNECT of 0x80 or more comes with the close, and the session goes on", async () => {
    const clientId = unique();
    const client = await connect(sessionOf(clientId));
    client.send(publishPacket({ topic: unique(), firstByte: 0x36 }, 5));
    await expectDisconnect(client, 0x81);
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(true);
  });
});
