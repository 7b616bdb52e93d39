/** MQTT 5.0, 3.8 and 3.9: SUBSCRIBE and SUBACK. Retain handling is in v5-retain.test.ts, shares in v5-shared.test.ts. */
import { expect, test } from "vitest";
import { PROPERTY, packet, publishPacket, subscribePacket, text, u8, u16 } from "../../support/packets/bytes.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectNothingFrom,
  ILL_FORMED,
  NO_LOCAL,
  overTransports5,
  RETAINED_NEVER,
  subscriberOf,
} from "../v5-support.ts";
import { fence } from "../wire.ts";

/** MQTT 5.0, table 3-8. */
const SUBACK_CODES = [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2];

overTransports5((wire) => {
  const { connect, unique } = wire;

  test("[MQTT-3.8.1-1] SUBSCRIBE with other flags than 0010 is malformed", async () => {
    for (const flags of [0x0, 0x3, 0xa]) {
      const client = await connect();
      client.send(subscribePacket({ packetId: 1, filters: [[unique(), 0]], flags }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.8.3-1] a topic filter that is not well-formed UTF-8 is malformed", async () => {
    for (const filter of ILL_FORMED) {
      const client = await connect();
      client.send(subscribePacket({ packetId: 1, filters: [[filter, 0]] }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.8.3-2] SUBSCRIBE without a filter is a protocol error, and one without its options malformed", async () => {
    const empty = await connect();
    empty.send(subscribePacket({ packetId: 1, filters: [] }, 5));
    await expectDisconnect(empty, 0x82, 0x81);
    const cut = await connect();
    cut.send(packet(0x82, u16(1), u8(0), text("conf/x")));
    await expectDisconnect(cut, 0x81);
  });

  test("[MQTT-3.8.3-3] No Local keeps a client's own messages away, and nobody else's", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 1 | NO_LOCAL);
    await client.publish({ topic, payload: "own", qos: 1 });
    await (await connect()).publish({ topic, payload: "other", qos: 1 });
    expect((await client.expectMessage()).payload).toBe("other");
    await client.expectNothing();
  });

  test("[MQTT-3.8.3-4] No Local on a shared subscription is a protocol error", async () => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 1, filters: [[`$share/group/${unique()}`, 1 | NO_LOCAL]] }, 5));
    await expectDisconnect(client, 0x82);
  });

  test("[MQTT-3.8.3-5] reserved bits of the subscription options make SUBSCRIBE malformed", async () => {
    for (const options of [0x40, 0x80]) {
      const client = await connect();
      client.send(subscribePacket({ packetId: 1, filters: [[unique(), options]] }, 5));
      await expectDisconnect(client, 0x81, 0x82);
    }
  });

  test("QoS 3 and retain handling 3 are refused", async () => {
    for (const options of [0x03, 0x30]) {
      const client = await connect();
      client.send(subscribePacket({ packetId: 1, filters: [[unique(), options]] }, 5));
      await expectDisconnect(client, 0x81, 0x82);
    }
  });

  test("[MQTT-3.8.4-1] [MQTT-3.8.4-2] SUBSCRIBE is answered with a SUBACK of its packet identifier", async () => {
    const client = await connect();
    for (const packetId of [1, 65_535, 7]) {
      client.send(subscribePacket({ packetId, filters: [[unique(), 0]] }, 5));
      const answer = await client.next();
      expect(answer.type === "suback" && answer.packetId).toBe(packetId);
    }
  });

  test("[MQTT-3.8.4-3] subscribing to the same filter again replaces the subscription", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    await client.subscribe([[topic, 0]]);
    await client.publish({ topic, qos: 2 });
    expect((await client.expectMessage()).qos).toBe(0);
    await client.expectNothing();
    await client.subscribe([[topic, 1 | NO_LOCAL]]);
    await client.publish({ topic, qos: 2 });
    await expectNothingFrom(client, client);
  });

  test("[MQTT-3.8.4-4] replacing a subscription sends retained messages again and loses none that is published", async () => {
    const topic = unique();
    const writer = await connect();
    await writer.publish({ topic, payload: "kept", qos: 1, retain: true });
    const reader = await subscriberOf(wire, topic, 0);
    expect((await reader.expectMessage()).payload).toBe("kept");
    const payloads = Array.from({ length: 40 }, (_, at) => String(at));
    for (const [packetId, payload] of payloads.entries()) {
      writer.send(publishPacket({ topic, payload, qos: 1, packetId: 1_000 + packetId }, 5));
      if (packetId % 4 === 0) await reader.subscribe([[topic, 0]]);
    }
    await fence(writer, reader);
    const came = [];
    for (const each of reader.inbox) if (each.type === "publish") came.push(each);
    expect(came.filter(({ retain }) => retain)).toHaveLength(10);
    expect(came.filter(({ retain }) => !retain).map(({ payload }) => payload)).toEqual(payloads);
  });

  test("[MQTT-3.8.4-5] [MQTT-3.8.4-6] several filters are granted as one by one, with one SUBACK and a code for each", async () => {
    const root = unique();
    const client = await connect();
    const suback = await client.subscribe([
      [`${root}/a`, 0],
      [`${root}/b`, 1],
      [`${root}/c`, 2],
      [`${root}/b`, 2],
    ]);
    expect(suback.codes).toEqual([0, 1, 2, 2]);
    await client.publish({ topic: `${root}/b`, qos: 2 });
    expect((await client.expectMessage()).qos).toBe(2);
    await client.expectNothing();
  });

  test("[MQTT-3.8.4-7] a code says the QoS that was granted", async () => {
    const client = await connect();
    for (const qos of [0, 1, 2]) expect((await client.subscribe([[unique(), qos]])).codes).toEqual([qos]);
  });

  test("[MQTT-3.8.4-8] a delivery has the lower one of published and granted QoS", async () => {
    for (const granted of [0, 1, 2] as const) {
      const topic = unique();
      const client = await subscriberOf(wire, topic, granted);
      for (const qos of [0, 1, 2] as const) {
        await client.publish({ topic, qos });
        expect((await client.expectMessage()).qos).toBe(Math.min(qos, granted));
      }
    }
  });

  test("[MQTT-3.9.3-1] the codes of SUBACK come in the order of the filters", async () => {
    const client = await connect();
    const wanted = [2, 0, 1, 1, 0, 2];
    expect((await client.subscribe(wanted.map((qos) => [unique(), qos] as const))).codes).toEqual(wanted);
  });

  test("[MQTT-3.9.3-2] the codes of SUBACK are of its table", async () => {
    const client = await connect();
    const filters = [
      [unique(), 1],
      ["#", 0],
      ["$SYS/#", 0],
      [`$share/group/${unique()}`, 2],
    ] as const;
    for (const code of (await client.subscribe(filters)).codes) expect(SUBACK_CODES).toContain(code);
  });

  test.skipIf(!isOurHub)("a filter that is refused does not take the others with it", async () => {
    const root = unique();
    const client = await connect();
    const { codes } = await client.subscribe([
      [`${root}/a`, 1],
      [`${root}/#/b`, 1],
      ["$share//x", 0],
      [`${root}/c`, 0],
    ]);
    expect(codes).toEqual([1, 0x8f, 0x8f, 0]);
    await client.publish({ topic: `${root}/a`, qos: 1 });
    await client.expectMessage();
  });

  test("a SUBSCRIBE with a property that has no place there, or an identifier twice, is refused", async () => {
    const id = [PROPERTY.subscriptionId, 1] as const;
    for (const properties of [[id, id], [[PROPERTY.sessionExpiry, 1] as const]]) {
      const client = await connect();
      client.send(subscribePacket({ packetId: 1, filters: [[unique(), RETAINED_NEVER]], properties }, 5));
      await expectDisconnect(client, 0x81, 0x82);
    }
  });
});
