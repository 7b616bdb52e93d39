/** What MQTT 5 adds, as the clients that people have use it: mqtt.js, mosquitto's programs and Python's paho-mqtt. */
import { expect, test } from "vitest";
import { versionOptions } from "../../support/clients/js-kind.ts";
import { mosquittoRr } from "../../support/clients/mosquitto-rr.ts";
import { mosquittoSub } from "../../support/clients/mosquitto-sub.ts";
import { connectJs, mosquittoPub } from "../../support/clients/mqtt-clients.ts";
import { connectPaho } from "../../support/clients/paho-client.ts";
import type { HubAddress } from "../../support/hub/hub.ts";
import { hubOfFile } from "../../support/hub/hub-of-file.ts";
import { until } from "../../support/until.ts";

/** Each test begins when the clients of the former have left; what is retained has topics of its own. */
const hubOf = hubOfFile();
const V5 = versionOptions(5, false);
const SPEAK_5 = ["-V", "mqttv5"] as const;

const connectJs5 = (hub: HubAddress) => connectJs(hub.mqttUrl, V5);

const NOTE = {
  contentType: "text/plain",
  responseTopic: "answers/here",
  correlation: "number 7",
  room: "cellar ✓",
  floor: "-1",
};

/** Each program publishes the same message to a topic of its own. */
async function publishNotes(hub: HubAddress): Promise<void> {
  const { contentType, responseTopic, correlation, room, floor } = NOTE;
  const js = await connectJs5(hub);
  await js.publish("notes/js", "hello", {
    qos: 1,
    properties: {
      payloadFormatIndicator: true,
      contentType,
      responseTopic,
      correlationData: Buffer.from(correlation),
      userProperties: { room, floor },
    },
  });
  const properties = [
    ["payload-format-indicator", "1"],
    ["content-type", contentType],
    ["response-topic", responseTopic],
    ["correlation-data", correlation],
    ["user-property", "room", room],
    ["user-property", "floor", floor],
  ].flatMap((each) => ["-D", "publish", ...each]);
  await mosquittoPub(hub, ...SPEAK_5, "-t", "notes/mosquitto", "-m", "hello", "-q", "1", ...properties);
  const paho = await connectPaho(hub, { clientId: "paho-writer", version: 5 });
  await paho.order({
    do: "publish",
    topic: "notes/paho",
    payload: "hello",
    qos: 1,
    properties: {
      PayloadFormatIndicator: 1,
      ContentType: contentType,
      ResponseTopic: responseTopic,
      CorrelationData: correlation,
      UserProperty: [
        ["room", room],
        ["floor", floor],
      ],
    },
  });
}

const WRITERS = ["notes/js", "notes/mosquitto", "notes/paho"];

test("content type, response topic, correlation data, payload format and user properties go from any client to any", async () => {
  const hub = hubOf();
  const { contentType, responseTopic, correlation, room, floor } = NOTE;
  const js = await connectJs5(hub);
  await js.subscribe("notes/#", 1);
  const mosquitto = await mosquittoSub(hub, ...SPEAK_5, "-t", "notes/#", "-q", "1");
  const paho = await connectPaho(hub, { clientId: "paho-reader", version: 5 });
  await paho.order({ do: "subscribe", filter: "notes/#", qos: 1 });

  await publishNotes(hub);
  const readers = [js, mosquitto, paho];
  await until("all came", () => readers.every(({ received }) => received.length >= WRITERS.length));

  for (const { received } of readers) expect(received.map(({ topic }) => topic)).toEqual(WRITERS);
  for (const { properties } of js.received) {
    expect({ ...properties, userProperties: { ...properties?.userProperties } }).toEqual({
      payloadFormatIndicator: true,
      contentType,
      responseTopic,
      correlationData: Buffer.from(correlation),
      userProperties: { room, floor },
    });
  }
  for (const { properties } of mosquitto.received) {
    expect(properties).toEqual({
      "payload-format-indicator": 1,
      "content-type": contentType,
      "response-topic": responseTopic,
      "correlation-data": correlation,
      "user-properties": { room, floor },
    });
  }
  for (const { properties } of paho.received) {
    expect(properties).toEqual({
      PayloadFormatIndicator: 1,
      ContentType: contentType,
      ResponseTopic: responseTopic,
      CorrelationData: Buffer.from(correlation).toString("hex"),
      UserProperty: [
        ["room", room],
        ["floor", floor],
      ],
    });
  }
});

test("the same user property may come again and again, and keeps its order", async () => {
  const hub = hubOf();
  const paho = await connectPaho(hub, { clientId: "paho", version: 5 });
  await paho.order({ do: "subscribe", filter: "notes/#", qos: 1 });
  const pairs = [
    ["a", "1"],
    ["b", "2"],
    ["a", "3"],
    ["a", "1"],
  ];
  const properties = pairs.flatMap(([name = "", value = ""]) => ["-D", "publish", "user-property", name, value]);

  await mosquittoPub(hub, ...SPEAK_5, "-t", "notes/1", "-m", "hello", ...properties);

  expect((await paho.message("notes/1")).properties["UserProperty"]).toEqual(pairs);
});

test("mosquitto_rr asks and mqtt.js answers; mqtt.js asks and paho answers", async () => {
  const hub = hubOf();
  const js = await connectJs5(hub);
  await js.subscribe("questions/js", 1);
  const paho = await connectPaho(hub, { clientId: "paho", version: 5 });
  await paho.order({ do: "subscribe", filter: "questions/paho", qos: 1 });

  const response = mosquittoRr(hub, "-t", "questions/js", "-e", "answers/rr", "-m", "6 × 7", "-q", "1");
  const asked = await js.message("questions/js");
  const { responseTopic = "", correlationData = Buffer.alloc(0) } = asked.properties ?? {};
  await js.publish(responseTopic, "42", { qos: 1, properties: { correlationData } });

  await js.subscribe("answers/js", 1);
  await js.publish("questions/paho", "and 6 × 8?", {
    qos: 1,
    properties: { responseTopic: "answers/js", correlationData: Buffer.from("q2") },
  });
  const { properties } = await paho.message("questions/paho");
  await paho.order({
    do: "publish",
    topic: String(properties["ResponseTopic"]),
    payload: "48",
    qos: 1,
    properties: { CorrelationData: Buffer.from(String(properties["CorrelationData"]), "hex").toString() },
  });

  expect(asked).toMatchObject({ payload: "6 × 7", properties: { responseTopic: "answers/rr" } });
  expect(await response).toBe("42\n");
  expect(await js.message("answers/js")).toMatchObject({
    payload: "48",
    properties: { correlationData: Buffer.from("q2") },
  });
});

test("overlapping subscriptions give one copy, with the highest QoS and the identifiers of all", async () => {
  const hub = hubOf();
  const js = await connectJs5(hub);
  await js.subscribe("room/#", 0, { properties: { subscriptionIdentifier: 7 } });
  await js.subscribe("room/+", 2, { properties: { subscriptionIdentifier: 300 } });
  await js.subscribe("room/1", 1);
  await js.subscribe("end", 2);

  await js.publish("room/1", "hello", { qos: 2 });
  await js.publish("room/1/deep", "hello", { qos: 2 });
  await js.publish("end", "", { qos: 2 });
  await js.message("end");

  const copies = (topic: string) => js.received.filter((each) => each.topic === topic);
  expect(copies("room/1")).toMatchObject([{ qos: 2 }]);
  expect([copies("room/1")[0]?.properties?.subscriptionIdentifier].flat().sort()).toEqual([300, 7]);
  expect(copies("room/1/deep")).toMatchObject([{ qos: 0, properties: { subscriptionIdentifier: 7 } }]);
});

test("mosquitto_sub and paho are told the identifier of their subscription", async () => {
  const hub = hubOf();
  const flags = ["-D", "subscribe", "subscription-identifier", "12"];
  const mosquitto = await mosquittoSub(hub, ...SPEAK_5, "-t", "room/#", ...flags);
  const paho = await connectPaho(hub, { clientId: "paho", version: 5 });
  await paho.order({ do: "subscribe", filter: "room/#", qos: 1, properties: { SubscriptionIdentifier: 99 } });
  const writer = await connectJs5(hub);

  await writer.publish("room/1", "hello", { qos: 1 });

  expect((await paho.message("room/1")).properties["SubscriptionIdentifier"]).toEqual([99]);
  const seen = await until("mosquitto_sub has it", () => mosquitto.received[0]);
  expect(seen.properties?.["subscription-identifier"]).toBe(12);
});

test("mqtt.js publishes by topic aliases, more topics than aliases, and each message arrives under its name", async () => {
  const hub = hubOf();
  const reader = await connectJs5(hub);
  await reader.subscribe("room/#", 1);
  const writer = await connectJs(hub.mqttUrl, { ...V5, autoAssignTopicAlias: true });
  const sentNames: (string | Buffer)[] = [];
  writer.client.on("packetsend", (packet) => {
    if (packet.cmd === "publish") sentNames.push(packet.topic);
  });
  const topics = Array.from({ length: 40 }, (_, index) => `room/${index}`);

  for (const topic of topics) for (const text of ["1", "2"]) await writer.publish(topic, text, { qos: 1 });
  await until("all came", () => reader.received.length >= 2 * topics.length);

  expect(writer.connack.properties?.topicAliasMaximum).toBeGreaterThan(0);
  expect(sentNames.filter((name) => name === "")).toHaveLength(topics.length);
  expect(reader.received.map(({ topic }) => topic)).toEqual(topics.flatMap((topic) => [topic, topic]));
});

test("a client that offers topic aliases is sent a topic's name once, and aliases are its own at each connection", async () => {
  const hub = hubOf();
  const writer = await connectJs5(hub);
  for (const round of ["first", "second"]) {
    const reader = await connectJs(hub.mqttUrl, { ...V5, clientId: "reader", properties: { topicAliasMaximum: 2 } });
    const names: (string | Buffer)[] = [];
    reader.client.on("packetreceive", (packet) => {
      if (packet.cmd === "publish") names.push(packet.topic);
    });
    await reader.subscribe("room/#", 1);
    const topics = ["room/1", "room/1", "room/2", "room/2", "room/3", "room/1"];

    for (const topic of topics) await writer.publish(topic, round, { qos: 1 });
    await until("all came", () => reader.received.length >= topics.length);
    await reader.leave();

    expect(reader.received.map(({ topic }) => topic)).toEqual(topics);
    expect(names[0]).toBe("room/1");
    expect(names.filter((name) => name === "").length).toBeGreaterThan(0);
  }
});

test("clients that take one or two messages at a time get all of a burst, in order, once", async () => {
  const hub = hubOf();
  const js = await connectJs(hub.mqttUrl, { ...V5, properties: { receiveMaximum: 2 } });
  await js.subscribe("room/#", 2);
  const properties = { ReceiveMaximum: 1 };
  const paho = await connectPaho(hub, { clientId: "paho", version: 5, properties });
  await paho.order({ do: "subscribe", filter: "room/#", qos: 2 });
  const writer = await connectJs5(hub);
  const numbers = Array.from({ length: 300 }, (_, index) => String(index));

  await Promise.all(numbers.map((number) => writer.publish(`room/${Number(number) % 3}`, number, { qos: 1 })));
  await Promise.all(numbers.map((number) => writer.publish(`room/${Number(number) % 3}`, number, { qos: 2 })));
  await until("all came", () => js.received.length >= 600 && paho.received.length >= 600, { withinMs: 20_000 });

  for (const { received } of [js, paho]) {
    for (const qos of [1, 2]) {
      expect(received.filter((each) => each.qos === qos).map(({ payload }) => payload)).toEqual(numbers);
    }
  }
});

test("a client is not sent its own messages where it asked for that, and retained ones as its options say", async () => {
  const hub = hubOf();
  const writer = await connectJs5(hub);
  await writer.publish("lamps/lamp", "on", { qos: 1, retain: true });
  const js = await connectJs5(hub);
  await js.subscribe("own/#", 1, { nl: true });
  await js.subscribe("lamps/lamp", 1, { rh: 2, rap: true });
  const paho = await connectPaho(hub, { clientId: "paho", version: 5 });
  await paho.order({ do: "subscribe", filter: "own/#", qos: 1, options: { noLocal: true } });
  const onlyNew = { retainHandling: 1, retainAsPublished: true };
  for (const _ of [1, 2]) await paho.order({ do: "subscribe", filter: "lamps/#", qos: 1, options: onlyNew });

  await js.publish("own/js", "hello", { qos: 1 });
  await paho.order({ do: "publish", topic: "own/paho", payload: "hello", qos: 1 });
  await writer.publish("lamps/lamp", "off", { qos: 1, retain: true });
  await writer.publish("own/end", "", { qos: 1 });
  await js.message("own/end");
  await paho.message("own/end");

  expect(js.received).toMatchObject([
    { topic: "own/paho" },
    { topic: "lamps/lamp", payload: "off", retain: true },
    { topic: "own/end" },
  ]);
  expect(paho.received).toMatchObject([
    { topic: "lamps/lamp", payload: "on", retain: true },
    { topic: "own/js" },
    { topic: "lamps/lamp", payload: "off", retain: true },
    { topic: "own/end" },
  ]);
});

test("what the hub does not allow is answered with a reason code, and the connection lives", async () => {
  const hub = hubOf();
  const js = await connectJs5(hub);
  const paho = await connectPaho(hub, { clientId: "paho", version: 5 });
  const mosquitto = await mosquittoSub(hub, ...SPEAK_5, "-t", "$forbidden/#", "-q", "1");

  const refusal = await js.publish("$SYS/lie", "x", { qos: 1 }).catch((error: unknown) => error);
  const secondRefusal = await js.publish("$SYS/lie", "x", { qos: 2 }).catch((error: unknown) => error);
  const granted = await paho.order({ do: "subscribe", filter: "$forbidden/#", qos: 1 });
  await js.subscribe("room/#", 1);
  await js.publish("room/1", "still here", { qos: 1 });

  expect([refusal, secondRefusal]).toMatchObject([{ code: 0x87 }, { code: 0x87 }]);
  expect(granted).toMatchObject({ granted: [0x87] });
  expect(mosquitto.granted[0]).toBe(0x87);
  expect(await js.message("room/1")).toMatchObject({ payload: "still here" });
});

test("a client without a name is given one, and can use it", async () => {
  const hub = hubOf();
  const js = await connectJs(hub.mqttUrl, { ...V5, clientId: "" });
  const assigned = js.connack.properties?.assignedClientIdentifier ?? "";
  const second = await connectJs(hub.mqttUrl, { ...V5, clientId: assigned });

  const disconnect = await until("the first is told", () => js.disconnect());

  expect(assigned).not.toBe("");
  expect(disconnect.reasonCode).toBe(0x8e);
  expect(second.client.connected).toBe(true);
});

test("mosquitto_sub of MQTT 5 asks for its will when a signal ends it, and gets it", async () => {
  const hub = hubOf();
  const js = await connectJs5(hub);
  await js.subscribe("wills/#", 1);
  const will = ["--will-topic", "wills/1", "--will-payload", "gone", "--will-qos", "1"];
  const mosquitto = await mosquittoSub(hub, ...SPEAK_5, "-t", "room/#", ...will);

  await mosquitto.kill("SIGTERM"); // it leaves with reason code 0x04

  expect(await js.message("wills/1")).toMatchObject({ payload: "gone" });
});
