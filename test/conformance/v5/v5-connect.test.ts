/** MQTT 5.0, 3.1: the shape of CONNECT, and what it asks for. Sessions and wills have files of their own. */
import { expect, test } from "vitest";
import {
  type ConnectWish,
  connectPacket,
  PROPERTY,
  type PropertyValue,
  packet,
  pingreqPacket,
  publishPacket,
  subscribePacket,
  text,
  u8,
  u16,
} from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectRefusal,
  ILL_FORMED,
  overTransports5,
  retainedOn,
  saidBy,
  subscriberOf,
} from "../v5-support.ts";

overTransports5((wire) => {
  const { open, connect, unique } = wire;

  const expectConnectRefused = async (wish: ConnectWish, ...codes: number[]): Promise<void> => {
    const client = open();
    client.send(connectPacket({ version: 5, clientId: unique(), ...wish }));
    await expectRefusal(client, ...codes);
  };

  test("[MQTT-3.1.0-1] a connection whose first packet is no CONNECT is closed", async () => {
    // HTTP is told that it is at the wrong port: test/wire/mqtt/foreign-protocols.test.ts
    for (const bytes of [publishPacket({ topic: unique() }, 5), pingreqPacket(), Buffer.from("\0\0 hello")]) {
      const client = open();
      client.send(bytes);
      expect(await client.expectClosed()).toEqual([]);
    }
  });

  test("[MQTT-3.1.0-2] a second CONNECT is a protocol error", async () => {
    const clientId = unique();
    const client = await connect({ clientId });
    client.send(connectPacket({ version: 5, clientId }));
    await expectDisconnect(client, 0x82);
  });

  test("[MQTT-3.1.2-1] another protocol name is not served", async () => {
    for (const protocolName of ["MQTt", "HTTP", "MQTTX", ""]) {
      const client = open();
      client.send(connectPacket({ version: 5, clientId: unique(), protocolName }));
      const left = await client.expectClosed();
      expect(left.map((each) => (each.type === "connack" ? each.code : each.type))).toEqual(
        left.length > 0 ? [0x84] : [],
      );
    }
  });

  test("[MQTT-3.1.2-2] another protocol version is not served", async () => {
    for (const level of [0, 2, 6, 255]) {
      const client = open();
      client.send(connectPacket({ version: 5, clientId: unique(), level }));
      // MQTT 3.1.1's CONNACK 0x01 ends before the properties: both are 0x84's meaning.
      const left = await client.expectClosed();
      const codes = left.map((each) => (each.type === "connack" ? each.code : each.type));
      expect([[], [0x84], [0x01]]).toContainEqual(codes);
    }
  });

  test("[MQTT-3.1.2-3] the reserved connect flag makes CONNECT malformed", () =>
    expectConnectRefused({ flags: 0x03 }, 0x81));

  test("[MQTT-3.1.2-9] a will flag without will properties, topic or payload makes CONNECT malformed", async () => {
    for (const tail of [[], [u8(0)], [u8(0), text("a")]]) {
      await expectConnectRefused({ flags: 0x06, tail: Buffer.concat(tail) }, 0x81);
    }
  });

  test("[MQTT-3.1.2-11] a will QoS without a will makes CONNECT malformed", async () => {
    await expectConnectRefused({ flags: 0x0a }, 0x81);
    await expectConnectRefused({ flags: 0x12 }, 0x81);
  });

  test("[MQTT-3.1.2-12] a will QoS of 3 makes CONNECT malformed", () =>
    expectConnectRefused({ will: { topic: unique(), qos: 3 } }, 0x81));

  test("[MQTT-3.1.2-13] a will retain without a will makes CONNECT malformed", () =>
    expectConnectRefused({ flags: 0x22 }, 0x81));

  test("[MQTT-3.1.2-16] a user name without its flag makes CONNECT malformed", () =>
    expectConnectRefused({ userName: "someone", flags: 0x02 }, 0x81));

  test("[MQTT-3.1.2-17] a user name flag without a user name makes CONNECT malformed", () =>
    expectConnectRefused({ flags: 0x82 }, 0x81));

  test("[MQTT-3.1.2-18] a password without its flag makes CONNECT malformed", () =>
    expectConnectRefused({ userName: "someone", password: "secret", flags: 0x82 }, 0x81));

  test("[MQTT-3.1.2-19] a password flag without a password makes CONNECT malformed", () =>
    expectConnectRefused({ userName: "someone", flags: 0xc2 }, 0x81));

  test("[MQTT-3.1.3-1] a CONNECT with every field in its order is understood", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0);
    const will = { topic, payload: "gone", properties: [[PROPERTY.contentType, "text/plain"]] as const };
    const client = await connect({ will, userName: "someone", password: Buffer.from([0, 255]), keepAliveS: 30 });
    await client.vanish();
    const message = await reader.expectMessage();
    expect(message.payload).toBe("gone");
    expect(propertyOf(message, PROPERTY.contentType)).toBe("text/plain");
  });

  test("[MQTT-3.1.3-3] a CONNECT that ends before the client id is malformed", async () => {
    const client = open();
    client.send(packet(0x10, text("MQTT"), u8(5), u8(2), u16(0), u8(0)));
    await expectRefusal(client, 0x81);
  });

  test("[MQTT-3.1.3-4] a client id that is not well-formed UTF-8 makes CONNECT malformed", async () => {
    for (const clientId of [...ILL_FORMED, "a\0b"]) await expectConnectRefused({ clientId }, 0x81, 0x85);
  });

  test("[MQTT-3.1.3-5] client ids of 1 to 23 letters and digits are served", async () => {
    const ids = ["0", "0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHIJ", "KLMNOPQRSTUVWXYZ"];
    for (const clientId of ids) {
      const client = await connect({ clientId });
      expect(propertyOf(client.connack, PROPERTY.assignedClientId)).toBeUndefined();
      await client.disconnect();
    }
  });

  test.skipIf(!isOurHub)("[MQTT-3.1.3-8] a client id that is too long is refused with 0x85", () =>
    expectConnectRefused({ clientId: "x".repeat(10_000) }, 0x85),
  );

  test("[MQTT-3.1.3-11] a will topic that is not well-formed UTF-8 makes CONNECT malformed", async () => {
    for (const topic of ILL_FORMED) await expectConnectRefused({ will: { topic } }, 0x81);
  });

  test("[MQTT-3.1.3-12] a user name that is not well-formed UTF-8 makes CONNECT malformed", async () => {
    for (const userName of ILL_FORMED) await expectConnectRefused({ userName }, 0x81);
  });

  test("[MQTT-3.1.4-1] a CONNECT of another shape is refused", async () => {
    await expectConnectRefused({ tail: Buffer.from("more") }, 0x81);
    await expectConnectRefused({ firstByte: 0x11 }, 0x81);
    const wrong: (readonly [number, PropertyValue])[][] = [
      [[PROPERTY.receiveMaximum, 0]],
      [[PROPERTY.maximumPacketSize, 0]],
      [[PROPERTY.requestProblemInformation, 2]],
      [[PROPERTY.requestResponseInformation, 2]],
      [[PROPERTY.authData, Buffer.from("x")]],
      [
        [PROPERTY.sessionExpiry, 1],
        [PROPERTY.sessionExpiry, 1],
      ],
      [[PROPERTY.topicAlias, 1]],
    ];
    for (const properties of wrong) await expectConnectRefused({ properties }, 0x81, 0x82);
  });

  test("[MQTT-3.1.4-2] a CONNECT that asks for what is not served is refused and closed", async () => {
    await expectConnectRefused({ properties: [[PROPERTY.authMethod, "SCRAM-SHA-1"]] }, 0x8c);
    await expectConnectRefused({ will: { topic: "conf/+" } }, 0x90, 0x81, 0x82);
  });

  test("[MQTT-3.1.4-5] CONNECT is acknowledged with 0x00", async () => {
    const { connack } = await connect();
    expect(connack.code).toBe(0);
  });

  test("[MQTT-3.1.4-6] nothing behind a refused CONNECT is processed", async () => {
    const topic = unique();
    const client = open();
    client.send(
      connectPacket({ version: 5, clientId: unique(), properties: [[PROPERTY.authMethod, "none"]] }),
      publishPacket({ topic, payload: "never", retain: true }, 5),
    );
    await expectRefusal(client, 0x8c);
    expect(await retainedOn(wire, topic)).toEqual([]);
  });

  test("packets behind CONNECT need not wait for CONNACK", async () => {
    const topic = unique();
    const client = open();
    client.send(
      connectPacket({ version: 5, clientId: unique() }),
      subscribePacket({ packetId: 1, filters: [[topic, 0]] }, 5),
      publishPacket({ topic, payload: "early", qos: 1, packetId: 2 }, 5),
    );
    expect((await client.next()).type).toBe("connack");
    expect((await client.next()).type).toBe("suback");
    expect((await client.expectMessage()).payload).toBe("early");
    expect((await client.expectPacket("puback")).packetId).toBe(2);
  });

  test("a password without a user name is allowed", async () => {
    expect((await connect({ password: "secret" })).connack.code).toBe(0);
  });

  test("a client that needs no more than the standard's defaults is told the server's limits", async () => {
    const client = await connect();
    expect(saidBy(client, PROPERTY.receiveMaximum, 65_535)).toBeGreaterThan(0);
    expect(saidBy(client, PROPERTY.topicAliasMaximum, 0)).toBeGreaterThan(0);
    for (const available of [PROPERTY.wildcardAvailable, PROPERTY.sharedAvailable, PROPERTY.subscriptionIdsAvailable]) {
      expect(saidBy(client, available, 1)).toBe(1);
    }
    expect(saidBy(client, PROPERTY.retainAvailable, 1)).toBe(1);
  });
});
