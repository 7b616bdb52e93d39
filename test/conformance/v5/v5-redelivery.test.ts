/** MQTT 5.0, 4.3 as a sender, and 4.4: the handshakes towards a subscriber, and what is sent again at reconnection. */
import { expect, test } from "vitest";
import { PROPERTY, pubackPacket, pubcompPacket, pubrecPacket } from "../../support/packets/bytes.ts";
import { expectNothingFrom, overTransports5, resumed, sessionOf, subscriberOf } from "../v5-support.ts";
import type { ConnectedClient } from "../wire.ts";

overTransports5((wire) => {
  const { connect, pass, unique, timed } = wire;

  /** A subscriber with a session, and a way to publish to it. */
  const pair = async (qos: 1 | 2) => {
    const [topic, clientId] = [unique(), unique()];
    const reader = await subscriberOf(wire, topic, qos, { wish: sessionOf(clientId) });
    const writer = await connect();
    const publish = (payload: string) => writer.publish({ topic, payload, qos });
    /** The connection is lost, and the session goes on in another. */
    const comeBack = async (from: ConnectedClient): Promise<ConnectedClient> => {
      await from.vanish();
      return connect(resumed(clientId));
    };
    return { topic, reader, writer, publish, comeBack };
  };

  test("[MQTT-4.3.1-1] QoS 0 is delivered with QoS 0, DUP 0 and no identifier", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 2);
    await reader.publish({ topic });
    expect(await reader.expectMessage()).toMatchObject({ qos: 0, dup: false, packetId: 0, flags: 0 });
  });

  test("[MQTT-4.3.2-1] [MQTT-4.3.2-2] QoS 1 is delivered with an unused identifier and DUP 0", async () => {
    const { reader, publish } = await pair(1);
    const ids = [];
    for (const payload of ["1", "2", "3"]) {
      await publish(payload);
      const message = await reader.expectPacket("publish");
      expect(message).toMatchObject({ qos: 1, dup: false, payload });
      ids.push(message.packetId);
    }
    expect(new Set([0, ...ids]).size).toBe(4);
  });

  test("[MQTT-4.3.2-3] a QoS 1 delivery is unacknowledged until PUBACK: sent again before, not after", async () => {
    const { reader, writer, publish, comeBack } = await pair(1);
    await publish("x");
    const { packetId } = await reader.expectPacket("publish");
    const second = await comeBack(reader);
    expect(await second.expectPacket("publish")).toMatchObject({ packetId, dup: true });
    second.send(pubackPacket(packetId));
    await second.ping();
    await expectNothingFrom(writer, await comeBack(second));
  });

  test("[MQTT-4.3.3-1] [MQTT-4.3.3-2] QoS 2 is delivered with an unused identifier and DUP 0", async () => {
    const { reader, publish } = await pair(2);
    const ids = [];
    for (const payload of ["1", "2", "3"]) {
      await publish(payload);
      const message = await reader.expectPacket("publish");
      expect(message).toMatchObject({ qos: 2, dup: false, payload });
      ids.push(message.packetId);
    }
    expect(new Set([0, ...ids]).size).toBe(4);
  });

  test("[MQTT-4.3.3-3] a QoS 2 delivery is unacknowledged until PUBREC: PUBLISH comes again with DUP 1", async () => {
    const { reader, publish, comeBack } = await pair(2);
    await publish("x");
    const { packetId } = await reader.expectPacket("publish");
    const second = await comeBack(reader);
    expect(await second.expectMessage()).toMatchObject({ packetId, dup: true, payload: "x" });
    await second.expectNothing();
  });

  test("[MQTT-4.3.3-4] PUBREC is answered with PUBREL of its identifier, one that refuses is not", async () => {
    const { reader, publish } = await pair(2);
    await publish("x");
    const { packetId } = await reader.expectPacket("publish");
    reader.send(pubrecPacket(packetId));
    expect(await reader.expectPacket("pubrel")).toMatchObject({ packetId, code: 0 });
    reader.send(pubcompPacket(packetId));
    await publish("y");
    reader.send(pubrecPacket((await reader.expectPacket("publish")).packetId, { reasonCode: 0x87 }));
    await reader.expectNothing();
  });

  test("[MQTT-4.3.3-5] [MQTT-4.3.3-6] after PUBREC it is PUBREL that comes again, and never the PUBLISH", async () => {
    const { reader, writer, publish, comeBack } = await pair(2);
    await publish("x");
    const { packetId } = await reader.expectPacket("publish");
    reader.send(pubrecPacket(packetId));
    await reader.expectPacket("pubrel");
    const second = await comeBack(reader);
    expect((await second.expectPacket("pubrel")).packetId).toBe(packetId);
    await expectNothingFrom(writer, second);
    second.send(pubcompPacket(packetId));
    await second.ping();
    await expectNothingFrom(writer, await comeBack(second));
  });

  timed("[MQTT-4.3.3-7] a QoS 2 message that was sent does not expire", async () => {
    const { topic, reader, writer, comeBack } = await pair(2);
    await writer.publish({ topic, payload: "x", qos: 2, properties: [[PROPERTY.messageExpiry, 1]] });
    const { packetId } = await reader.expectPacket("publish");
    await pass(1_300);
    const second = await comeBack(reader);
    expect(await second.expectMessage()).toMatchObject({ packetId, dup: true, payload: "x" });
  });

  test("[MQTT-4.4.0-1] what is unacknowledged comes again in its order and with its identifiers, and at no other time", async () => {
    const { topic, reader, writer, publish, comeBack } = await pair(2);
    await publish("pubrel");
    await publish("publish");
    await writer.publish({ topic, payload: "puback", qos: 1 });
    const sent = [];
    for (let count = 0; count < 3; count += 1) sent.push((await reader.expectPacket("publish")).packetId);
    reader.send(pubrecPacket(sent[0] ?? 0));
    await reader.expectPacket("pubrel");
    await pass(60_000);
    await expectNothingFrom(writer, reader);
    const second = await comeBack(reader);
    const came = [await second.next(), await second.next(), await second.next()];
    expect(came.map((each) => ("packetId" in each ? each.packetId : each.type))).toEqual(expect.arrayContaining(sent));
    const again = came.flatMap((each) => (each.type === "publish" ? [[each.payload, each.dup]] : []));
    expect(again).toEqual([
      ["publish", true],
      ["puback", true],
    ]);
    await second.expectNothing();
  });

  test("what was waiting behind the unacknowledged comes after it, with DUP 0", async () => {
    const { reader, writer, publish, comeBack } = await pair(1);
    await publish("first");
    await reader.expectPacket("publish");
    await reader.disconnect();
    await publish("second");
    const second = await comeBack(reader);
    expect(await second.expectMessage()).toMatchObject({ payload: "first", dup: true });
    expect(await second.expectMessage()).toMatchObject({ payload: "second", dup: false });
    await expectNothingFrom(writer, second);
  });

  test("[MQTT-4.4.0-2] a delivery that the client refuses is not sent again", async () => {
    const one = await pair(1);
    await one.publish("x");
    one.reader.send(pubackPacket((await one.reader.expectPacket("publish")).packetId, { reasonCode: 0x83 }));
    await one.reader.ping();
    await expectNothingFrom(one.writer, await one.comeBack(one.reader));
    const two = await pair(2);
    await two.publish("x");
    two.reader.send(pubrecPacket((await two.reader.expectPacket("publish")).packetId, { reasonCode: 0x97 }));
    await two.reader.ping();
    await expectNothingFrom(two.writer, await two.comeBack(two.reader));
  });

  test("a QoS 2 delivery is done once through three reconnections", async () => {
    const { reader, writer, publish, comeBack } = await pair(2);
    await publish("once");
    const { packetId } = await reader.expectPacket("publish");
    const second = await comeBack(reader);
    await second.expectPacket("publish");
    second.send(pubrecPacket(packetId));
    await second.expectPacket("pubrel");
    const third = await comeBack(second);
    await third.expectPacket("pubrel");
    third.send(pubcompPacket(packetId));
    await third.ping();
    await expectNothingFrom(writer, await comeBack(third));
  });
});
