/** MQTT 3.1.1, sections 4.7 and 4.8: topic names, topic filters, and violations. */
import { expect, test } from "vitest";
import {
  connectPacket,
  packet,
  publishPacket,
  subscribePacket,
  unsubscribePacket,
} from "../../support/packets/bytes.ts";
import { overTransports } from "../broker.ts";
import { expectCut, messagesAt } from "../steps.ts";

/** What a server alone sends, and what nobody does. */
const NOT_FROM_CLIENTS: Record<string, Buffer> = {
  "of type 0": packet(0x00),
  CONNACK: packet(0x20, Buffer.from([0, 0])),
  SUBACK: packet(0x90, Buffer.from([0, 1, 0])),
  UNSUBACK: packet(0xb0, Buffer.from([0, 1])),
  PINGRESP: packet(0xd0),
  "of type 15": packet(0xf0),
  "whose Remaining Length has five bytes": Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]),
};

overTransports(({ connect, open, unique }) => {
  test("[MQTT-4.7.1-2] # elsewhere than alone or behind /, and last, closes the connection", async () => {
    for (const wrong of ["a#", "a/b#", "#/a", "a/#/b", "##", "a/##", "#a"]) {
      const filter = `${unique()}/${wrong}`;
      await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[filter, 0]] }));
    }
    const topic = unique();
    const [subscriber, publisher] = [await connect(), await connect()];
    expect((await subscriber.subscribe([[`${topic}/#`, 0]])).codes).toEqual([0]);
    for (const level of ["", "/", "/a", "/a/b/c", "x"]) await publisher.publish({ topic: `${topic}${level}` });
    const topics = (await messagesAt(subscriber, publisher)).map((message) => message.topic);
    expect(topics).toEqual(["", "/", "/a", "/a/b/c"].map((level) => `${topic}${level}`));
    expect((await (await connect()).subscribe([["#", 0]])).codes).toEqual([0]);
  });

  test("[MQTT-4.7.1-3] + that does not take a whole level closes the connection", async () => {
    for (const wrong of ["a+", "+a", "a+/b", "a/+b/c", "++", "+#"]) {
      const filter = `${unique()}/${wrong}`;
      await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[filter, 0]] }));
    }
  });

  test("[MQTT-4.7.1-3] + takes any level, the first, the last and an empty one too", async () => {
    const topic = unique();
    const [first, , last] = topic.split("/");
    const filters = [
      `+/${topic.slice(topic.indexOf("/") + 1)}`,
      `${topic}/+`,
      `${first}/+/${last}/x/+`,
      `${topic}/+/+/y`,
    ];
    const published = [topic, `${topic}/a`, `${topic}/`, `${topic}/x/z`, `${topic}/a//y`, `${topic}/a/y`, `/${topic}`];
    const matches = [[topic], [`${topic}/a`, `${topic}/`], [`${topic}/x/z`], [`${topic}/a//y`]];
    const publisher = await connect();
    for (const [index, filter] of filters.entries()) {
      const subscriber = await connect();
      await subscriber.subscribe([[filter, 0]]);
      for (const name of published) await publisher.publish({ topic: name });
      expect((await messagesAt(subscriber, publisher)).map((message) => message.topic)).toEqual(matches[index]);
    }
  });

  test("[MQTT-4.7.2-1] filters that begin with a wildcard do not match topics that begin with $", async () => {
    const [wildcards, system, publisher] = [await connect(), await connect(), await connect()];
    await wildcards.subscribe([
      ["#", 0],
      ["+/#", 0],
      ["+/+/new/clients", 0],
      ["+/broker/version", 0],
    ]);
    await system.subscribe([["$SYS/#", 0]]);
    await (await connect()).disconnect(); // a broker may tell of it there
    await system.expectPacket("publish", ({ topic }) => topic.startsWith("$SYS/"));
    const topic = unique();
    await publisher.publish({ topic });
    const topics = (await messagesAt(wildcards, publisher)).map((message) => message.topic);
    expect(topics).toContain(topic);
    expect(topics.filter((each) => each.startsWith("$"))).toEqual([]);
  });

  test("[MQTT-4.7.3-1] an empty topic name or filter closes the connection", async () => {
    await expectCut(await connect(), publishPacket({ topic: "", payload: "nowhere" }));
    await expectCut(await connect(), publishPacket({ topic: "", qos: 1, packetId: 1 }));
    await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [["", 0]] }));
    await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [""] }));
    await expectCut(open(), connectPacket({ clientId: unique(), will: { topic: "" } }));
  });

  test("[MQTT-4.7.3-2] U+0000 in a topic name or filter closes the connection", async () => {
    const name = `${unique()}/\0`;
    await expectCut(await connect(), publishPacket({ topic: name, qos: 2, packetId: 1 }));
    await expectCut(await connect(), subscribePacket({ packetId: 1, filters: [[name, 0]] }));
    await expectCut(await connect(), unsubscribePacket({ packetId: 1, filters: [name] }));
  });

  test("[MQTT-4.7.3-4] names and filters are compared as they are", async () => {
    const base = unique();
    const names = [
      "a",
      "A",
      "a/",
      "/a",
      "//a",
      "a ",
      "\u00e9",
      "e\u0301",
      "\ufb01",
      "fi",
      "\u{1f600}",
      ".",
      "..",
      "a/../b",
    ];
    const [publisher, all] = [await connect(), await connect()];
    await all.subscribe([[`${base}/#`, 0]]);
    for (const name of names) {
      const one = await connect();
      await one.subscribe([[`${base}/${name}`, 0]]);
      for (const each of names) await publisher.publish({ topic: `${base}/${each}`, payload: each });
      expect((await messagesAt(one, publisher)).map(({ payload }) => payload)).toEqual([name]);
    }
    const topics = new Set((await messagesAt(all, publisher)).map(({ topic }) => topic));
    expect(topics).toEqual(new Set(names.map((name) => `${base}/${name}`)));
  });

  test.each(Object.entries(NOT_FROM_CLIENTS))(
    "[MQTT-4.8.0-1] a packet %s closes its connection, and no other",
    async (_, bytes) => {
      const witness = await connect();
      await expectCut(await connect(), bytes);
      await witness.ping();
    },
  );
});
