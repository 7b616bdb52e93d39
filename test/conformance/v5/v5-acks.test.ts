/** MQTT 5.0, 3.4 to 3.7: PUBACK, PUBREC, PUBREL, PUBCOMP, their reason codes and when they say why. */
import { expect, test } from "vitest";
import {
  PROPERTY,
  packet,
  pubackPacket,
  publishPacket,
  pubrecPacket,
  pubrelPacket,
  subscribePacket,
  u16,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { propertyOf } from "../../support/packets/received.ts";
import { isOurHub } from "../broker.ts";
import { expectDisconnect, overTransports5, subscriberOf } from "../v5-support.ts";

/** MQTT 5.0, tables 3-4 and 3-5. */
const PUBACK_CODES = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
/** Tables 3-6 and 3-7. */
const PUBREL_CODES = [0x00, 0x92];
const WORDS: readonly number[] = [PROPERTY.reasonString, PROPERTY.userProperty];

overTransports5((wire) => {
  const { connect, unique } = wire;

  test("[MQTT-3.4.2-1] PUBACK has a reason code of its table", async () => {
    const client = await connect();
    for (const topic of [unique(), "$conf/x"])
      expect(PUBACK_CODES).toContain((await client.publish({ topic, qos: 1 }))?.code);
  });

  test("[MQTT-3.5.2-1] PUBREC has a reason code of its table", async () => {
    const client = await connect();
    for (const [at, topic] of [unique(), "$conf/x"].entries()) {
      client.send(publishPacket({ topic, qos: 2, packetId: at + 1 }, 5));
      expect(PUBACK_CODES).toContain((await client.expectPacket("pubrec")).code);
    }
  });

  test("[MQTT-3.6.1-1] PUBREL with other flags than 0010 is malformed", async () => {
    for (const first of [0x60, 0x63, 0x6a]) {
      const client = await connect();
      client.send(packet(first, u16(1)));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.6.2-1] PUBREL has a reason code of its table, also where nothing is known of the PUBREC", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    await client.publish({ topic, qos: 2 });
    const { packetId } = await client.expectPacket("publish");
    client.send(pubrecPacket(packetId), pubrecPacket(packetId + 1));
    await client.ping();
    const codes = client.received.flatMap((each) => (each.type === "pubrel" ? [each.code] : []));
    expect(codes[0]).toBe(0);
    for (const code of codes) expect(PUBREL_CODES).toContain(code);
  });

  test("[MQTT-3.7.2-1] PUBCOMP has a reason code of its table", async () => {
    const client = await connect();
    expect((await client.publish({ topic: unique(), qos: 2 }))?.code).toBe(0);
    client.send(pubrelPacket(999));
    expect(PUBREL_CODES).toContain((await client.expectPacket("pubcomp")).code);
  });

  test.skipIf(!isOurHub)("an acknowledgement of what is unknown is answered with 0x92 where it can be", async () => {
    const client = await connect();
    client.send(pubackPacket(999));
    await client.expectNothing();
    client.send(pubrecPacket(999));
    expect((await client.expectPacket("pubrel")).code).toBe(0x92);
    client.send(pubrelPacket(999));
    expect((await client.expectPacket("pubcomp")).code).toBe(0x92);
  });

  test("acknowledgements may come short, with a reason code, or with properties too", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 1);
    const user = [PROPERTY.userProperty, ["a", "b"]] as const;
    for (const wish of [{}, { reasonCode: 0x00 }, { reasonCode: 0x10 }, { reasonCode: 0x80, properties: [user] }]) {
      await client.publish({ topic, qos: 1 });
      client.send(pubackPacket((await client.expectPacket("publish")).packetId, wish));
      await client.ping();
    }
  });

  test("[MQTT-3.1.2-29] Request Problem Information 0: nothing but PUBLISH, CONNACK and DISCONNECT says words", async () => {
    const topic = unique();
    const client = await connect({ properties: [[PROPERTY.requestProblemInformation, 0]] });
    await client.subscribe([[topic, 0]]);
    await client.unsubscribe([unique()]);
    for (const qos of [1, 2] as const) await client.publish({ topic: "$conf/x", qos });
    client.send(pubrecPacket(998), pubrelPacket(999));
    await client.expectPacket("pubcomp", ({ packetId }) => packetId === 999);
    await client.publish({ topic, properties: [[PROPERTY.userProperty, ["a", "b"]]] });
    expect(propertyOf(await client.expectMessage(), PROPERTY.userProperty)).toEqual(["a", "b"]);
    client.send(subscribePacket({ packetId: 500, filters: [["a/#/b", 0]] }, 5));
    await client.expectPacket("suback").catch(() => client.expectClosed());
    for (const { type, properties } of client.received) {
      if (type === "publish" || type === "connack" || type === "disconnect") continue;
      expect(properties.filter(([id]) => WORDS.includes(id))).toEqual([]);
    }
  });

  test.skipIf(!isOurHub)("a refusal says its reason in words where nothing else was asked", async () => {
    const client = await connect();
    client.send(
      publishPacket({ topic: "$conf/x", qos: 1, packetId: 1 }, 5),
      publishPacket({ topic: "$conf/x", qos: 2, packetId: 2 }, 5),
      subscribePacket({ packetId: 3, filters: [["a/#/b", 0]] }, 5),
      unsubscribePacket({ packetId: 4, filters: [unique()] }, 5),
    );
    for (const type of ["puback", "pubrec", "suback"] as const) {
      expect(typeof propertyOf(await client.expectPacket(type), PROPERTY.reasonString)).toBe("string");
    }
    await client.expectPacket("unsuback");
  });

  test("[MQTT-3.1.2-28] CONNACK has no Response Information where it was not asked for", async () => {
    for (const properties of [[], [[PROPERTY.requestResponseInformation, 0] as const]]) {
      const { connack } = await connect({ properties });
      expect(propertyOf(connack, PROPERTY.responseInformation)).toBeUndefined();
    }
  });
});
