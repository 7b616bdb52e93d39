/** MQTT 5.0, 4.8.2: shared subscriptions. */
import { expect, test } from "vitest";
import { PROPERTY, pubackPacket, pubrecPacket, subscribePacket } from "../../support/packets/bytes.ts";
import { isOurHub } from "../broker.ts";
import {
  expectDisconnect,
  expectNothingFrom,
  overTransports5,
  resumed,
  sessionOf,
  subscriberOf,
} from "../v5-support.ts";
import { type ConnectedClient, fence } from "../wire.ts";

const payloadsOf = (client: ConnectedClient): string[] =>
  client.inbox.flatMap((packet) => (packet.type === "publish" ? [packet.payload] : []));

overTransports5((wire) => {
  const { connect, unique } = wire;

  const expectFilterRefused = async (filter: string): Promise<void> => {
    const client = await connect();
    client.send(subscribePacket({ packetId: 1, filters: [[filter, 0]] }, 5));
    const answer = await client.expectPacket("suback").catch(() => undefined);
    if (answer === undefined && !isOurHub) await expectDisconnect(client, 0x81, 0x82, 0x8f);
    else expect([filter, answer?.codes]).toEqual([filter, [0x8f]]);
  };

  test("[MQTT-4.8.2-1] the name of a share has at least one character", () =>
    expectFilterRefused(`$share//${unique()}`));

  test("[MQTT-4.8.2-2] the name of a share has no wildcards, and a filter follows it", async () => {
    for (const filter of [
      "$share/g+/x",
      "$share/#/x",
      "$share/g#/x",
      "$share/+/x",
      "$share/g",
      "$share/g/",
      "$share/g/a#",
    ]) {
      await expectFilterRefused(filter);
    }
  });

  test("each message goes to one member of the share, and every member gets some", async () => {
    const topic = unique();
    const members = [];
    for (let count = 0; count < 3; count += 1) members.push(await subscriberOf(wire, `$share/group/${topic}`, 0));
    const writer = await connect();
    const payloads = Array.from({ length: 30 }, (_, at) => String(at).padStart(2, "0"));
    for (const payload of payloads) await writer.publish({ topic, payload, qos: 1 });
    for (const member of members) {
      await fence(writer, member);
      expect(payloadsOf(member).length).toBeGreaterThan(0);
    }
    expect(members.flatMap(payloadsOf).sort()).toEqual(payloads);
  });

  test("two shares, and a subscription beside them, each get every message", async () => {
    const topic = unique();
    const readers = [
      await subscriberOf(wire, `$share/one/${topic}`, 0),
      await subscriberOf(wire, `$share/two/${topic}`, 0),
      await subscriberOf(wire, topic, 0),
    ];
    const writer = await connect();
    for (const payload of ["a", "b"]) await writer.publish({ topic, payload, qos: 1 });
    for (const reader of readers) {
      await fence(writer, reader);
      expect(payloadsOf(reader)).toEqual(["a", "b"]);
    }
  });

  test("a member of a share that subscribes to the topic as well gets the message for each", async () => {
    const topic = unique();
    const reader = await subscriberOf(wire, topic, 0, { properties: [[PROPERTY.subscriptionId, 1]] });
    await reader.subscribe([[`$share/group/${topic}`, 0]], [[PROPERTY.subscriptionId, 2]]);
    const writer = await connect();
    await writer.publish({ topic, payload: "x", qos: 1 });
    await fence(writer, reader);
    const ids = reader.inbox.flatMap(({ properties }) => properties.map(([, value]) => value)).sort();
    expect(ids).toEqual([1, 2]);
  });

  test("a share gets no retained messages when it is subscribed to", async () => {
    const topic = unique();
    const writer = await connect();
    await writer.publish({ topic, payload: "kept", qos: 1, retain: true });
    await expectNothingFrom(writer, await subscriberOf(wire, `$share/group/${topic}`, 1));
  });

  test("wildcards work in the filter of a share", async () => {
    const root = unique();
    const member = await subscriberOf(wire, `$share/group/${root}/+/x`, 0);
    await member.publish({ topic: `${root}/a/x`, payload: "hit" });
    await member.publish({ topic: `${root}/a/y`, payload: "miss" });
    expect((await member.expectMessage()).payload).toBe("hit");
    await member.expectNothing();
  });

  test("who leaves the share gets nothing more, the others do", async () => {
    const topic = unique();
    const [gone, stays] = [
      await subscriberOf(wire, `$share/group/${topic}`, 0),
      await subscriberOf(wire, `$share/group/${topic}`, 0),
    ];
    expect((await gone.unsubscribe([`$share/group/${topic}`])).codes).toEqual([0x00]);
    const writer = await connect();
    for (const payload of ["a", "b", "c"]) await writer.publish({ topic, payload, qos: 1 });
    await fence(writer, stays);
    expect(payloadsOf(stays)).toEqual(["a", "b", "c"]);
    await expectNothingFrom(writer, gone);
  });

  test("[MQTT-4.8.2-3] a member gets the message with the QoS that it was granted", async () => {
    const topic = unique();
    const members = [];
    for (const qos of [0, 1, 2]) members.push(await subscriberOf(wire, `$share/group/${topic}`, qos));
    const writer = await connect();
    for (let count = 0; count < 9; count += 1) await writer.publish({ topic, qos: 2 });
    for (const [granted, member] of members.entries()) {
      await fence(writer, member);
      for (const each of member.inbox) expect(each.type === "publish" && each.qos).toBe(granted);
    }
    expect(members.flatMap(payloadsOf)).toHaveLength(9);
  });

  /** A QoS 2 message that one of two members was sent and has not answered; the other one has nothing. */
  const taken = async () => {
    const topic = unique();
    const filter = `$share/group/${topic}`;
    const ids = [unique(), unique()];
    const members = [];
    for (const clientId of ids)
      members.push({ clientId, client: await subscriberOf(wire, filter, 2, { wish: sessionOf(clientId) }) });
    const writer = await connect();
    await writer.publish({ topic, payload: "x", qos: 2 });
    for (const { client } of members) await fence(writer, client);
    const chosen = members.find(({ client }) => payloadsOf(client).length > 0);
    const other = members.find((each) => each !== chosen);
    if (chosen === undefined || other === undefined) throw new Error("no member got the message");
    return { chosen, other, writer, packetId: (await chosen.client.expectPacket("publish")).packetId };
  };

  test("[MQTT-4.8.2-4] a QoS 2 delivery that was broken off is completed to the same client", async () => {
    const { chosen, other, writer, packetId } = await taken();
    await chosen.client.disconnect();
    await expectNothingFrom(writer, other.client);
    const back = await connect(resumed(chosen.clientId));
    expect(await back.expectMessage()).toMatchObject({ packetId, payload: "x" });
    await expectNothingFrom(writer, other.client);
  });

  test("[MQTT-4.8.2-5] a QoS 2 delivery whose session ends goes to no other member", async () => {
    const { chosen, other, writer } = await taken();
    await chosen.client.disconnect({ reasonCode: 0, properties: [[PROPERTY.sessionExpiry, 0]] });
    await expectNothingFrom(writer, other.client);
  });

  test("[MQTT-4.8.2-6] a message that one member refuses goes to no other", async () => {
    const { chosen, other, writer, packetId } = await taken();
    chosen.client.send(pubrecPacket(packetId, { reasonCode: 0x80 }));
    await chosen.client.ping();
    await expectNothingFrom(writer, other.client);
    const topic = unique();
    const members = [];
    for (let count = 0; count < 2; count += 1) members.push(await subscriberOf(wire, `$share/group/${topic}`, 1));
    await writer.publish({ topic, qos: 1 });
    for (const member of members) await fence(writer, member);
    const refuser = members.find((member) => member.inbox.length > 0);
    refuser?.send(pubackPacket((await refuser.expectPacket("publish")).packetId, { reasonCode: 0x83 }));
    await refuser?.ping();
    for (const member of members) await expectNothingFrom(writer, member);
  });

  test("a shared subscription stays with its session", async () => {
    const [topic, clientId] = [unique(), unique()];
    await (await subscriberOf(wire, `$share/group/${topic}`, 1, { wish: sessionOf(clientId) })).disconnect();
    await (await connect()).publish({ topic, payload: "waits", qos: 1 });
    expect((await (await connect(resumed(clientId))).expectMessage()).payload).toBe("waits");
  });
});
