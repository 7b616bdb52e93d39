/** What a client sends behind CONNECT: what is read, and what is refused by which clause. */
import { expect, test } from "vitest";
import { decodePacket } from "../../../../src/broker/packets/decode.ts";
import { createTopicMemo } from "../../../../src/broker/packets/decode-publish.ts";
import type { Version } from "../../../../src/broker/packets/packet.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import { bytesOf, decoded, faultCode, field, type Part, props, u16, u32 } from "./client-bytes.ts";

const { malformedPacket, protocolError, topicFilterInvalid, topicNameInvalid } = REASON;
const VERSIONS: readonly Version[] = [3, 4, 5];
const OLD: readonly Version[] = [3, 4];

/** An empty property section for 5, nothing for the others. */
const none = (version: Version): Part => (version === 5 ? 0 : []);

test.each(VERSIONS)(
  "version %i: a PUBLISH of each QoS is read, with its flags, its identifier and its payload",
  (version) => {
    expect(decoded(0x31, bytesOf("a/é", none(version), Buffer.from("xyz")), version)).toEqual({
      type: "publish",
      topic: "a/é",
      payload: Buffer.from("xyz"),
      qos: 0,
      retain: true,
      dup: false,
      packetId: 0,
      expiryS: undefined,
      properties: new Uint8Array(0),
      topicAlias: undefined,
    });
    expect(decoded(0x3a, bytesOf("a", u16(65_535), none(version)), version)).toMatchObject({
      qos: 1,
      dup: true,
      packetId: 65_535,
      payload: Buffer.alloc(0),
    });
    expect(decoded(0x34, bytesOf("a", u16(256), none(version), 7), version)).toMatchObject({
      qos: 2,
      dup: false,
      retain: false,
      packetId: 256,
      payload: Buffer.of(7),
    });
  },
);

test.each(VERSIONS)(
  "version %i: a byte order mark and control characters stay in a topic [MQTT-1.5.3-3] (5: [MQTT-1.5.4-3])",
  (version) => {
    for (const topic of ["\uFEFFa", "a\u0001b", "a\u007fb", "\uFEFF"]) {
      expect(decoded(0x30, bytesOf(topic, none(version)), version)).toMatchObject({ type: "publish", topic });
    }
  },
);

test.each(VERSIONS)("version %i: a PUBLISH is refused with", (version) => {
  const refused: [string, number, Part[], number?][] = [
    ["QoS 3 [MQTT-3.3.1-4]", 0x36, ["a", u16(1), none(version)]],
    ["DUP and QoS 0 [MQTT-3.3.1-2]", 0x38, ["a", none(version)]],
    ["packet identifier 0 [MQTT-2.3.1-1] (5: [MQTT-2.2.1-3])", 0x32, ["a", u16(0), none(version)], protocolError],
    ["no packet identifier", 0x32, ["a"]],
    ["half a topic", 0x30, [u16(5), 0x61]],
    ["no topic", 0x30, [0]],
    ["nothing at all", 0x30, []],
    ["U+0000 in its topic [MQTT-1.5.3-2] (5: [MQTT-1.5.4-2])", 0x30, ["a\0b", none(version)]],
    [
      "a surrogate in its topic [MQTT-1.5.3-1] (5: [MQTT-1.5.4-1])",
      0x30,
      [field(Buffer.of(0x61, 0xed, 0xb0, 0x80)), none(version)],
    ],
    ["overlong UTF-8 in its topic [MQTT-3.3.2-1]", 0x30, [field(Buffer.of(0xc1, 0x81)), none(version)]],
    ["+ in its topic [MQTT-3.3.2-2]", 0x30, ["a/+/b", none(version)], topicNameInvalid],
    ["# in its topic [MQTT-3.3.2-2]", 0x30, ["#", none(version)], topicNameInvalid],
    [
      "an empty topic [MQTT-4.7.3-1] (5: [MQTT 5.0, 3.3.2.3.4])",
      0x30,
      ["", none(version)],
      version === 5 ? protocolError : malformedPacket,
    ],
  ];
  for (const [what, first, parts, code = malformedPacket] of refused) {
    expect([what, faultCode(decoded(first, bytesOf(...parts), version))]).toEqual([what, code]);
  }
});

test("version 5: a topic alias stands for an empty topic [MQTT 5.0, 3.3.2.3.4]", () => {
  expect(decoded(0x30, bytesOf("", props(0x23, u16(3))), 5)).toMatchObject({
    type: "publish",
    topic: "",
    topicAlias: 3,
  });
});

test.each(VERSIONS)("version %i: the memo answers only the same topic, and holds none that was refused", (version) => {
  const memo = createTopicMemo();
  const topicOf = (topic: Part) => {
    const body = bytesOf(topic, none(version), 1);
    const packet = decodePacket(0x30, body, 0, body.length, version, memo);
    return packet.type === "publish" ? packet.topic : faultCode(packet);
  };
  const topics: readonly string[] = ["a/b", "a/b", "a/c", "é", "Ã©", "é", "a/b", "ab", "a/b\u0001", "a/b"];
  expect(topics.map(topicOf)).toEqual(topics);
  expect([topicOf("a/+"), topicOf("a/+"), topicOf(field(Buffer.of(0xc3))), topicOf("a/b")]).toEqual([
    topicNameInvalid,
    topicNameInvalid,
    malformedPacket,
    "a/b",
  ]);
});

const ACKS = [
  [0x40, "puback"],
  [0x50, "pubrec"],
  [0x62, "pubrel"],
  [0x70, "pubcomp"],
] as const;

test.each(ACKS)("acknowledgements of every version are read: 0x%x %s", (first, type) => {
  for (const version of VERSIONS) {
    expect(decoded(first, u16(300), version)).toEqual({ type, packetId: 300, reasonCode: 0 });
    expect(faultCode(decoded(first, u16(0), version))).toBe(protocolError);
    expect(faultCode(decoded(first, Buffer.of(1), version))).toBe(malformedPacket);
    expect(faultCode(decoded(first ^ 1, u16(1), version))).toBe(malformedPacket); // [MQTT-2.2.2-2], [MQTT-3.6.1-1]
  }
  for (const version of OLD) expect(faultCode(decoded(first, bytesOf(u16(1), 0), version))).toBe(malformedPacket);
});

test.each(ACKS)("version 5: reason codes and properties of 0x%x %s [MQTT-3.4.2-1] to [MQTT-3.7.2-1]", (first, type) => {
  const known =
    type === "puback" || type === "pubrec" ? [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99] : [0x00, 0x92];
  for (let code = 0; code < 256; code++) {
    const packet = decoded(first, bytesOf(u16(1), code), 5);
    if (known.includes(code)) expect(packet).toEqual({ type, packetId: 1, reasonCode: code });
    else expect(faultCode(packet)).toBe(protocolError);
  }
  const told = bytesOf(u16(1), known.at(-1) ?? 0, props(0x1f, "why", 0x26, "a", "b"));
  expect(decoded(first, told, 5)).toMatchObject({ type, reasonCode: known.at(-1) });
  expect(faultCode(decoded(first, bytesOf(told, 0), 5))).toBe(malformedPacket);
});

test.each(VERSIONS)("version %i: SUBSCRIBE is read with its filters in their order", (version) => {
  const wish = { noLocal: false, retainAsPublished: false, retainHandling: 0 };
  expect(decoded(0x82, bytesOf(u16(9), none(version), "a/+", 0, "$share/g/#", 2, "a/+", 1), version)).toEqual({
    type: "subscribe",
    packetId: 9,
    requests: [
      { filter: "a/+", qos: 0, ...wish },
      { filter: "$share/g/#", qos: 2, ...wish },
      { filter: "a/+", qos: 1, ...wish },
    ],
    subscriptionId: undefined,
  });
});

test("version 5: subscription options and the identifier are read [MQTT 5.0, 3.8.3.1]", () => {
  const body = bytesOf(u16(1), props(0x0b, [0xff, 0xff, 0xff, 0x7f], 0x26, "a", "b"), "a", 0x2d, "b", 0x1a);
  expect(decoded(0x82, body, 5)).toMatchObject({
    subscriptionId: 268_435_455,
    requests: [
      { filter: "a", qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      { filter: "b", qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 1 },
    ],
  });
});

test.each(VERSIONS)("version %i: UNSUBSCRIBE is read with its filters in their order", (version) => {
  const packet = decoded(0xa2, bytesOf(u16(9), none(version), "b", "a/#", "b"), version);
  expect(packet).toEqual({ type: "unsubscribe", packetId: 9, filters: ["b", "a/#", "b"] });
});

test.each(VERSIONS)("version %i: SUBSCRIBE and UNSUBSCRIBE are refused with", (version) => {
  const head = [u16(1), none(version)];
  const refused: [string, number, Part[], number?][] = [
    ["flags 0 [MQTT-3.8.1-1]", 0x80, [...head, "a", 0]],
    ["flags 3 [MQTT-3.8.1-1]", 0x83, [...head, "a", 0]],
    ["flags 0 [MQTT-3.10.1-1]", 0xa0, [...head, "a"]],
    ["packet identifier 0 [MQTT-2.3.1-1] (5: [MQTT-2.2.1-3])", 0x82, [u16(0), none(version), "a", 0], protocolError],
    ["packet identifier 0, UNSUBSCRIBE", 0xa2, [u16(0), none(version), "a"], protocolError],
    ["no filter [MQTT-3.8.3-3] (5: -2)", 0x82, head, protocolError],
    ["no filter [MQTT-3.10.3-2]", 0xa2, head, protocolError],
    ["no options [MQTT-3.8.3-3]", 0x82, [...head, "a"]],
    ["a filter that is not UTF-8 [MQTT-3.8.3-1]", 0x82, [...head, field(Buffer.of(0xff)), 0]],
    ["a filter that is not UTF-8 [MQTT-3.10.3-1]", 0xa2, [...head, field(Buffer.of(0xff))]],
    ["U+0000 in a filter [MQTT-4.7.3-2]", 0x82, [...head, "\0", 0]],
    ["reserved options [MQTT-3.8.3-4] (5: -5)", 0x82, [...head, "a", 0x40]],
    ["QoS 3 [MQTT-3.8.3-4] (5: 3.8.3.1)", 0x82, [...head, "a", 3], version === 5 ? protocolError : malformedPacket],
    ["Retain Handling 3 (5: 3.8.3.1)", 0x82, [...head, "a", 0x30], version === 5 ? protocolError : malformedPacket],
    [
      "No Local on a shared subscription (5: [MQTT-3.8.3-4])",
      0x82,
      [...head, "$share/g/a", 4],
      version === 5 ? protocolError : malformedPacket,
    ],
  ];
  for (const [what, first, parts, code = malformedPacket] of refused) {
    expect([what, faultCode(decoded(first, bytesOf(...parts), version))]).toEqual([what, code]);
  }
});

test.each(VERSIONS)("version %i: a filter that is none is a fault in 3.x, and left to the answer in 5", (version) => {
  const head = [u16(1), none(version)];
  const filters: [string, number, Part[]][] = [
    ["a misplaced wildcard in the second filter [MQTT-4.7.1-2]", 0x82, [...head, "a", 0, "a#", 0]],
    ["a misplaced wildcard [MQTT-4.7.1-3], UNSUBSCRIBE", 0xa2, [...head, "a+"]],
    ["an empty filter [MQTT-4.7.3-1]", 0x82, [...head, "", 0]],
    ["an empty share name [MQTT-4.8.2-1]", 0x82, [...head, "$share//a", 0]],
  ];
  for (const [what, first, parts] of filters) {
    const packet = decoded(first, bytesOf(...parts), version);
    expect([what, packet.type === "fault"]).toEqual([what, version !== 5]);
    if (version !== 5) expect(faultCode(packet)).toBe(topicFilterInvalid);
  }
});

test.each([0x6a, 0x8a, 0xaa])(
  "MQTT 3.1 sends 0x%x again with DUP, later versions never do [MQTT 3.1, 2.1] [MQTT-2.2.2-2]",
  (first) => {
    const body = first === 0x6a ? u16(1) : bytesOf(u16(1), "a", first === 0x8a ? 0 : []);
    expect(decoded(first, body, 3).type).not.toBe("fault");
    expect(faultCode(decoded(first, body, 4))).toBe(malformedPacket);
  },
);

test.each(VERSIONS)(
  "version %i: PINGREQ and DISCONNECT are read, and refused with flags or bytes that they have not",
  (version) => {
    expect(decoded(0xc0, Buffer.alloc(0), version)).toEqual({ type: "pingreq" });
    expect(decoded(0xe0, Buffer.alloc(0), version)).toEqual({
      type: "disconnect",
      reasonCode: 0,
      sessionExpiryS: undefined,
    });
    expect(faultCode(decoded(0xc0, Buffer.of(0), version))).toBe(malformedPacket);
    expect(faultCode(decoded(0xc1, Buffer.alloc(0), version))).toBe(malformedPacket);
    expect(faultCode(decoded(0xe1, Buffer.alloc(0), version))).toBe(malformedPacket); // [MQTT-3.14.1-1]
    expect(decoded(0xe0, Buffer.of(0), version).type).toBe(version === 5 ? "disconnect" : "fault");
  },
);

test("version 5: DISCONNECT's reason codes are those that a client may send [MQTT-3.14.2-1]", () => {
  const known = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
  for (let code = 0; code < 256; code++) {
    const packet = decoded(0xe0, Buffer.of(code), 5);
    if (known.includes(code)) expect(packet).toMatchObject({ type: "disconnect", reasonCode: code });
    else expect(faultCode(packet)).toBe(protocolError);
  }
});

test("version 5: DISCONNECT may change the session's expiry [MQTT 5.0, 3.14.2.2.2]", () => {
  expect(decoded(0xe0, bytesOf(4, props(0x11, u32(60))), 5)).toEqual({
    type: "disconnect",
    reasonCode: 4,
    sessionExpiryS: 60,
  });
});

test("AUTH is of version 5, with a method and a reason of a client's [MQTT-3.15.1-1] [MQTT-3.15.2-1]", () => {
  const method = props(0x15, "m", 0x16, field(Buffer.of(1)));
  expect(decoded(0xf0, bytesOf(0x18, method), 5)).toEqual({ type: "auth", reasonCode: 0x18 });
  expect(decoded(0xf0, bytesOf(0x19, method), 5)).toEqual({ type: "auth", reasonCode: 0x19 });
  expect(faultCode(decoded(0xf0, bytesOf(0x00, method), 5))).toBe(protocolError);
  expect(faultCode(decoded(0xf0, Buffer.alloc(0), 5))).toBe(protocolError);
  expect(faultCode(decoded(0xf0, bytesOf(0x18, 0), 5))).toBe(protocolError);
  expect(faultCode(decoded(0xf1, bytesOf(0x18, method), 5))).toBe(malformedPacket);
  for (const version of OLD) expect(faultCode(decoded(0xf0, Buffer.alloc(0), version))).toBe(malformedPacket);
});

test.each(VERSIONS)(
  "version %i: types that only servers send, type 0 and a second CONNECT are refused [MQTT-3.1.0-2]",
  (version) => {
    expect(faultCode(decoded(0x00, Buffer.alloc(0), version))).toBe(malformedPacket);
    for (const first of [0x10, 0x20, 0x90, 0xb0, 0xd0]) {
      expect(faultCode(decoded(first, bytesOf(u16(1)), version))).toBe(protocolError);
    }
  },
);
