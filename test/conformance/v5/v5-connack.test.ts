/** MQTT 5.0, 3.2: CONNACK. Its Session Present is in v5-session.test.ts. */
import { expect, test } from "vitest";
import {
  connectPacket,
  PROPERTY,
  type Properties,
  publishPacket,
  subscribePacket,
} from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectRefusal,
  overTransports5,
  resumed,
  saidBy,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";

/** MQTT 5.0, table 3-1. */
const CONNACK_CODES = new Set([
  0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b,
  0x9c, 0x9d, 0x9f,
]);
const UNKNOWN_METHOD: Properties = [[PROPERTY.authMethod, "none such"]];

overTransports5((wire) => {
  const { open, connect, unique } = wire;

  test("[MQTT-3.2.0-1] CONNACK is the first packet, whatever waits for the client", async () => {
    const [topic, clientId] = [unique(), unique()];
    const away = await subscriberOf(wire, topic, 1, { wish: sessionOf(clientId) });
    await away.vanish();
    const writer = await connect();
    await writer.publish({ topic, qos: 1 });
    const back = open();
    back.send(
      connectPacket({ version: 5, ...resumed(clientId) }),
      subscribePacket({ packetId: 1, filters: [[unique(), 0]] }, 5),
    );
    await back.expectPacket("suback");
    expect(back.received[0]?.type).toBe("connack");
  });

  test("[MQTT-3.2.0-2] there is one CONNACK a connection", async () => {
    const client = await connect();
    client.send(connectPacket({ version: 5, clientId: unique() }));
    await client.expectClosed();
    expect(client.received.filter(({ type }) => type === "connack")).toHaveLength(1);
  });

  test("[MQTT-3.2.2-1] bits 7 to 1 of the acknowledge flags are 0", async () => {
    const clientId = unique();
    const first = await connect(sessionOf(clientId));
    await first.vanish();
    const second = await connect(resumed(clientId));
    expect([first.connack.bytes[2], second.connack.bytes[2]]).toEqual([0, 1]);
  });

  test("[MQTT-3.2.2-6] a CONNACK that refuses says no session, although there is one", async () => {
    const clientId = unique();
    await (await connect(sessionOf(clientId))).vanish();
    const refused = open();
    refused.send(connectPacket({ version: 5, clientId, clean: false, properties: UNKNOWN_METHOD }));
    const connack = await expectRefusal(refused, 0x8c);
    expect(connack?.sessionPresent ?? false).toBe(false);
    expect((await connect(resumed(clientId))).connack.sessionPresent).toBe(true);
  });

  test("[MQTT-3.2.2-7] a CONNACK of 0x80 or more is followed by the close", async () => {
    const client = open();
    client.send(connectPacket({ version: 5, clientId: unique(), properties: UNKNOWN_METHOD }));
    expect((await client.expectPacket("connack")).code).toBeGreaterThanOrEqual(0x80);
    await client.expectClosed();
  });

  test("[MQTT-3.2.2-8] CONNACK has a reason code of its table", async () => {
    const wishes = [{}, { properties: UNKNOWN_METHOD }, { flags: 0x03 }, { level: 9 }, { will: { topic: "#" } }];
    for (const wish of wishes) {
      const client = open();
      client.send(connectPacket({ version: 5, clientId: unique(), ...wish }));
      const answer = await client.next().catch(() => undefined);
      if (answer?.type !== "connack") continue; // closed without one, which is allowed
      // To a version that it does not know a server may answer as 3.1.1 does.
      expect(CONNACK_CODES.has(answer.code) || (answer.code === 1 && "level" in wish)).toBe(true);
    }
  });

  test("[MQTT-3.2.2-9] CONNACK says no Maximum QoS, and QoS 2 is served", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    expect(propertyOf(client.connack, PROPERTY.maximumQos)).toBeUndefined();
    await client.publish({ topic, qos: 2 });
    expect((await client.expectMessage()).qos).toBe(2);
  });

  test("[MQTT-3.2.2-15] a packet of the server's Maximum Packet Size is taken, a larger one ends with 0x95", async () => {
    const client = await connect();
    const maximum = saidBy(client, PROPERTY.maximumPacketSize, 0);
    expect(maximum).toBeGreaterThan(0);
    const topic = unique();
    const sizeOf = (payload: number): number =>
      publishPacket({ topic, qos: 1, payload: Buffer.alloc(payload) }, 5).length;
    const overhead = sizeOf(maximum) - maximum;
    const acknowledged = await client.publish({ topic, qos: 1, payload: Buffer.alloc(maximum - overhead) });
    expect(acknowledged?.code).toBeLessThan(0x80);
    client.send(publishPacket({ topic, payload: Buffer.alloc(maximum + 16) }, 5));
    await expectDisconnect(client, 0x95);
  });

  test("a packet that announces more than the maximum is refused before its bytes have come", async () => {
    const client = await connect();
    client.send(Buffer.from("30ffffff7f", "hex"));
    await expectDisconnect(client, 0x95);
  });

  test("[MQTT-3.2.2-17] a topic alias above the server's maximum ends with 0x94", async () => {
    const client = await connect();
    const alias = saidBy(client, PROPERTY.topicAliasMaximum, 0) + 1;
    client.send(publishPacket({ topic: unique(), properties: [[PROPERTY.topicAlias, alias]] }, 5));
    await expectDisconnect(client, 0x94);
  });

  test("[MQTT-3.2.2-19] [MQTT-3.2.2-20] a CONNACK that refuses keeps within the client's Maximum Packet Size", async () => {
    const client = open();
    const properties: Properties = [...(UNKNOWN_METHOD as []), [PROPERTY.maximumPacketSize, 12]];
    client.send(connectPacket({ version: 5, clientId: unique(), properties }));
    const connack = await expectRefusal(client, 0x8c);
    expect(connack?.bytes.length ?? 0).toBeLessThanOrEqual(12);
  });

  test.skipIf(!isOurHub)(
    "a keep alive that is longer than the hub allows, or none, is answered with a Server Keep Alive",
    async () => {
      const said = async (keepAliveS: number): Promise<unknown> =>
        propertyOf((await connect({ keepAliveS })).connack, PROPERTY.serverKeepAlive);
      expect([await said(0), await said(65_535), await said(60)]).toEqual([3_600, 3_600, undefined]);
    },
  );

  test.skipIf(!isOurHub)(
    "a session expiry that is longer than the hub allows is answered with the one that counts",
    async () => {
      const said = async (seconds: number): Promise<unknown> =>
        propertyOf((await connect(sessionOf(unique(), seconds))).connack, PROPERTY.sessionExpiry);
      expect([await said(0xffff_ffff), await said(60)]).toEqual([2_592_000, undefined]);
    },
  );

  test.skipIf(!isOurHub)("a refusal says its reason in words", async () => {
    const client = open();
    client.send(connectPacket({ version: 5, clientId: unique(), properties: UNKNOWN_METHOD }));
    const connack = await expectRefusal(client, 0x8c);
    expect(connack?.properties.some(([id, said]) => id === PROPERTY.reasonString && said !== "")).toBe(true);
  });
});
