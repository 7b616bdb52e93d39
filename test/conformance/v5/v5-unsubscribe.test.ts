/** MQTT 5.0, 3.10 to 3.12: UNSUBSCRIBE, UNSUBACK, PINGREQ. */
import { expect, test } from "vitest";
import {
  pingreqPacket,
  pubackPacket,
  pubcompPacket,
  pubrecPacket,
  u8,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { expectDisconnect, expectNothingFrom, ILL_FORMED, overTransports5, subscriberOf } from "../v5-support.ts";

/** MQTT 5.0, table 3-9. */
const UNSUBACK_CODES = [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91];

overTransports5((wire) => {
  const { connect, unique } = wire;

  test("[MQTT-3.10.1-1] UNSUBSCRIBE with other flags than 0010 is malformed", async () => {
    for (const flags of [0x0, 0x3, 0xa]) {
      const client = await connect();
      client.send(unsubscribePacket({ packetId: 1, filters: [unique()], flags }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.10.3-1] a topic filter of UNSUBSCRIBE that is not well-formed UTF-8 is malformed", async () => {
    for (const filter of ILL_FORMED) {
      const client = await connect();
      client.send(unsubscribePacket({ packetId: 1, filters: [filter] }, 5));
      await expectDisconnect(client, 0x81);
    }
  });

  test("[MQTT-3.10.3-2] UNSUBSCRIBE without a filter is a protocol error", async () => {
    const client = await connect();
    client.send(unsubscribePacket({ packetId: 1, filters: [] }, 5));
    await expectDisconnect(client, 0x82, 0x81);
  });

  test("[MQTT-3.10.4-1] filters are compared character by character, wildcards too", async () => {
    const root = unique();
    const client = await connect();
    await client.subscribe([[`${root}/+`, 0]]);
    const { codes } = await client.unsubscribe([`${root}/a`, `${root}/#`, `${root}/+/`, `${root}/+`]);
    expect(codes).toEqual([0x11, 0x11, 0x11, 0x00]);
  });

  test("[MQTT-3.10.4-2] after UNSUBACK nothing new comes", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 1);
    await client.unsubscribe([topic]);
    await client.publish({ topic, qos: 1 });
    await expectNothingFrom(client, client);
  });

  test("[MQTT-3.10.4-3] deliveries that have begun are completed", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic, 2);
    const writer = await connect();
    await writer.publish({ topic, qos: 2 });
    await writer.publish({ topic, qos: 1 });
    const [two, one] = [await client.expectPacket("publish"), await client.expectPacket("publish")];
    await client.unsubscribe([topic]);
    client.send(pubrecPacket(two.packetId), pubackPacket(one.packetId));
    expect((await client.expectPacket("pubrel")).packetId).toBe(two.packetId);
    client.send(pubcompPacket(two.packetId));
    await client.expectNothing();
  });

  test("[MQTT-3.10.4-4] [MQTT-3.10.4-5] UNSUBSCRIBE is answered with an UNSUBACK of its packet identifier, whatever was subscribed", async () => {
    const topic = unique();
    const client = await subscriberOf(wire, topic);
    for (const packetId of [65_535, 300]) {
      client.send(unsubscribePacket({ packetId, filters: [topic] }, 5));
      const answer = await client.next();
      expect(answer.type === "unsuback" && answer.packetId).toBe(packetId);
    }
  });

  test("[MQTT-3.10.4-6] several filters are taken away as one by one, with one UNSUBACK", async () => {
    const root = unique();
    const client = await connect();
    await client.subscribe([
      [`${root}/a`, 0],
      [`${root}/b`, 0],
      [`${root}/c`, 0],
    ]);
    expect((await client.unsubscribe([`${root}/a`, `${root}/b`, `${root}/a`])).codes).toEqual([0x00, 0x00, 0x11]);
    for (const level of ["a", "b", "c"]) await client.publish({ topic: `${root}/${level}` });
    expect((await client.expectMessage()).topic).toBe(`${root}/c`);
    await client.expectNothing();
  });

  test("[MQTT-3.11.3-1] the codes of UNSUBACK come in the order of the filters", async () => {
    const [there, gone] = [unique(), unique()];
    const client = await subscriberOf(wire, there);
    expect((await client.unsubscribe([gone, there, gone])).codes).toEqual([0x11, 0x00, 0x11]);
  });

  test("[MQTT-3.11.3-2] the codes of UNSUBACK are of its table", async () => {
    const client = await connect();
    for (const code of (await client.unsubscribe([unique(), "#", "$share/group/x"])).codes) {
      expect(UNSUBACK_CODES).toContain(code);
    }
  });

  test("[MQTT-3.12.4-1] PINGREQ is answered with PINGRESP", async () => {
    const client = await connect();
    client.send(pingreqPacket());
    expect((await client.next()).bytes).toEqual(Buffer.from("d000", "hex"));
  });

  test("PINGREQ with bytes behind it is malformed", async () => {
    const client = await connect();
    client.send(pingreqPacket(0, u8(0)));
    await expectDisconnect(client, 0x81);
  });
});
