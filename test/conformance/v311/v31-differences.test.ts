/** What MQTT 3.1 has otherwise than 3.1.1: protocol name and level, client ids, CONNACK. It has no numbered statements. */
import { expect, test } from "vitest";
import { connectPacket, packet } from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, expectRefusal, messagesAt, retainedFor } from "../steps.ts";

overTransports(({ connect, open, unique }) => {
  /** 3.1 allows 23 characters. */
  const shortId = (): string => unique().slice(-23);

  test("a 3.1 client says MQIsdp and level 3, and is served at every QoS", async () => {
    const topic = unique();
    const client = await connect({ version: 3, clientId: shortId() });
    expect(client.connack.bytes).toEqual(packet(0x20, Buffer.from([0, 0])));
    await client.subscribe([[topic, 2]]);
    for (const qos of [0, 1, 2] as const) {
      await client.publish({ topic, qos, payload: `QoS ${qos}` });
      expect(await client.expectMessage()).toMatchObject({ topic, qos, payload: `QoS ${qos}` });
    }
    await client.unsubscribe([topic]);
    await client.ping();
    await client.disconnect();
  });

  test("3.1 and 3.1.1 clients hear each other, retained messages and wills too", async () => {
    const topic = unique();
    const [old, recent] = [await connect({ version: 3, clientId: shortId() }), await connect()];
    await old.subscribe([[`${topic}/#`, 1]]);
    await recent.publish({ topic: `${topic}/live`, qos: 1, payload: "from 3.1.1" });
    expect(await old.expectMessage()).toMatchObject({ payload: "from 3.1.1" });
    await old.publish({ topic: `${topic}/kept`, qos: 1, payload: "from 3.1", retain: true });
    expect(await retainedFor(recent, `${topic}/kept`)).toMatchObject([{ payload: "from 3.1", retain: true }]);
    await old.expectMessage();
    const will = { topic: `${topic}/will`, payload: "gone", qos: 1 };
    await (await connect({ version: 3, clientId: shortId(), will })).vanish();
    expect(await old.expectMessage()).toMatchObject({ topic: `${topic}/will`, payload: "gone" });
  });

  test("a 3.1 session without Clean Session keeps its messages, and CONNACK says nothing of it", async () => {
    const [clientId, topic] = [shortId(), unique()];
    const first = await connect({ version: 3, clientId, clean: false });
    await first.subscribe([[topic, 1]]);
    await first.disconnect();
    const publisher = await connect();
    await publisher.publish({ topic, qos: 1, payload: "meanwhile" });
    const again = await connect({ version: 3, clientId, clean: false });
    expect(again.connack.bytes).toEqual(packet(0x20, Buffer.from([0, 0]))); // that byte is reserved in 3.1
    expect(await messagesAt(again, publisher)).toMatchObject([{ payload: "meanwhile" }]);
  });

  test("a 3.1 client needs a client id, with Clean Session too", async () => {
    await expectRefusal(open(), connectPacket({ version: 3, clientId: "", clean: true }), 2);
    await expectRefusal(open(), connectPacket({ version: 3, clientId: "", clean: false }), 2);
  });

  test("names and levels do not mix: MQIsdp with another level than 3 has return code 1", async () => {
    for (const level of [2, 4, 5]) {
      await expectRefusal(open(), connectPacket({ version: 3, clientId: shortId(), level }), 1);
    }
  });

  test("a 3.1 CONNECT that does not conform is closed", async () => {
    await expectCut(open(), connectPacket({ version: 3, clientId: shortId(), will: { topic: unique(), qos: 3 } }));
  });

  test("in 3.1 the user name's flag without a user name is allowed: the packet's length counts", async () => {
    const client = open();
    client.send(connectPacket({ version: 3, clientId: shortId(), flags: 0x82 }));
    expect(await client.expectPacket("connack")).toMatchObject({ code: 0 });
  });
});
