/** What the hub sends, byte for byte. */
import { expect, test } from "vitest";
import { encodeAck, encodePublishHead, type PublishHead } from "../../../../src/broker/packets/encode.ts";
import {
  connackCodeOf,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  PINGRESP,
} from "../../../../src/broker/packets/encode-answers.ts";
import type { Version } from "../../../../src/broker/packets/packet.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import { bytesOf, field, props, u16, u32, unframed, userProperty } from "./client-bytes.ts";

const OLD: readonly Version[] = [3, 4];

const HEAD: PublishHead = {
  version: 4,
  topic: "a/b",
  payloadBytes: 0,
  qos: 0,
  retain: false,
  dup: false,
  packetId: 0,
  properties: new Uint8Array(0),
  expiryS: undefined,
  topicAlias: undefined,
  subscriptionIds: [],
};

test("a PUBLISH head of 3.x has no properties, whatever the message had", () => {
  const head: PublishHead = {
    ...HEAD,
    qos: 2,
    retain: true,
    dup: true,
    packetId: 513,
    payloadBytes: 1,
    expiryS: 1,
    topicAlias: 1,
    subscriptionIds: [1],
    properties: userProperty("a", "b"),
  };
  expect(encodePublishHead(head)).toEqual(bytesOf(0x3d, 8, "a/b", u16(513)));
  expect(encodePublishHead({ ...head, version: 3, qos: 0, dup: false })).toEqual(bytesOf(0x31, 6, "a/b"));
});

test.each([[0], [121], [122], [16_377], [16_378], [2_097_145], [2_097_155]])(
  "the remaining length counts a payload of %i bytes [MQTT-2.2.3]",
  (payloadBytes) => {
    const head = encodePublishHead({ ...HEAD, version: 5, payloadBytes });
    const { first, body } = unframed(Buffer.concat([head, Buffer.alloc(payloadBytes)]));
    expect([first, body.subarray(0, 6)]).toEqual([0x30, bytesOf("a/b", 0)]);
  },
);

test("a PUBLISH head of 5 has expiry, alias, all subscription identifiers and the passed-on properties [MQTT-3.3.4-3]", () => {
  const passedOn = bytesOf(userProperty("b", "1"), userProperty("a", "2"), userProperty("b", "1"));
  const head = encodePublishHead({
    ...HEAD,
    version: 5,
    qos: 1,
    packetId: 7,
    topic: "é",
    properties: passedOn,
    expiryS: 0xffff_ffff,
    topicAlias: 300,
    subscriptionIds: [1, 268_435_455],
  });
  const section = props(0x02, u32(0xffff_ffff), 0x23, u16(300), 0x0b, 1, 0x0b, [0xff, 0xff, 0xff, 0x7f], passedOn);
  expect(unframed(head)).toEqual({ first: 0x32, body: bytesOf("é", u16(7), section) });
});

test("a property section of more than 127 bytes has a longer length", () => {
  const passedOn = userProperty("name", "x".repeat(300));
  const { body } = unframed(encodePublishHead({ ...HEAD, version: 5, topic: "", topicAlias: 1, properties: passedOn }));
  expect(body).toEqual(bytesOf("", props(0x23, u16(1), passedOn)));
});

const ACKS = [
  ["puback", 0x40],
  ["pubrec", 0x50],
  ["pubrel", 0x62],
  ["pubcomp", 0x70],
] as const;

test.each(ACKS)("%s takes the shortest form that says what there is to say [MQTT 5.0, 3.4.2.1]", (type, first) => {
  for (const version of OLD) expect(encodeAck(type, 513, 0x92, version, "why")).toEqual(Buffer.of(first, 2, 2, 1));
  expect(encodeAck(type, 65_535, 0, 5)).toEqual(Buffer.of(first, 2, 255, 255));
  expect(encodeAck(type, 513, 0x92, 5)).toEqual(Buffer.of(first, 3, 2, 1, 0x92));
  expect(unframed(encodeAck(type, 1, 0x92, 5, "é".repeat(100)))).toEqual({
    first,
    body: bytesOf(u16(1), 0x92, props(0x1f, "é".repeat(100))),
  });
});

test("SUBACK of 3.x knows one failure only [MQTT-3.9.3-2]", () => {
  for (const version of OLD)
    expect(encodeSuback(513, [0, 1, 2, 0x87, 0x80], version)).toEqual(Buffer.of(0x90, 7, 2, 1, 0, 1, 2, 0x80, 0x80));
  expect(encodeSuback(513, [0, 1, 2, 0x87, 0x80], 5)).toEqual(Buffer.of(0x90, 8, 2, 1, 0, 0, 1, 2, 0x87, 0x80));
});

test("UNSUBACK has reasons in 5 only [MQTT-3.11.3-1]", () => {
  for (const version of OLD) expect(encodeUnsuback(513, [0, 0x11], version)).toEqual(Buffer.of(0xb0, 2, 2, 1));
  expect(encodeUnsuback(513, [0, 0x11], 5)).toEqual(Buffer.of(0xb0, 5, 2, 1, 0, 0, 0x11));
});

test("a SUBACK of many filters has a longer length", () => {
  expect(unframed(encodeSuback(1, new Array<number>(300).fill(2), 5)).body).toEqual(
    bytesOf(u16(1), 0, Buffer.alloc(300, 2)),
  );
});

test("PINGRESP and DISCONNECT", () => {
  expect(PINGRESP).toEqual(Buffer.of(0xd0, 0));
  expect(encodeDisconnect(0)).toEqual(Buffer.of(0xe0, 0));
  expect(encodeDisconnect(0x8e)).toEqual(Buffer.of(0xe0, 1, 0x8e));
  expect(unframed(encodeDisconnect(0x8e, "taken over"))).toEqual({
    first: 0xe0,
    body: bytesOf(0x8e, props(0x1f, "taken over")),
  });
});

test.each<[Version, boolean, number, number[]]>([
  [4, true, 0, [1, 0]],
  [4, false, 0, [0, 0]],
  [3, true, 0, [0, 0]],
  [4, true, REASON.notAuthorized, [0, 5]],
  [5, true, 0, [1, 0, 0]],
  [5, true, REASON.notAuthorized, [0, 0x87, 0]],
])(
  "CONNACK of version %i, session present %s, reason %i [MQTT-3.2.2-4] (5: [MQTT-3.2.2-6])",
  (version, sessionPresent, reasonCode, body) => {
    expect(unframed(encodeConnack({ version, sessionPresent, reasonCode }))).toEqual({
      first: 0x20,
      body: Buffer.from(body),
    });
  },
);

test("CONNACK of version 5 tells all that the server decided, and of 3.x nothing of it", () => {
  const said = {
    sessionPresent: false,
    reasonCode: 0,
    sessionExpiryS: 0xffff_ffff,
    receiveMaximum: 1000,
    maxPacketBytes: 262_144,
    assignedClientId: "é",
    topicAliasMaximum: 0,
    serverKeepAliveS: 60,
    reasonString: "why",
    authMethod: "m",
  };
  const section = props(
    0x11,
    u32(0xffff_ffff),
    0x12,
    "é",
    0x13,
    u16(60),
    0x15,
    "m",
    0x1f,
    "why",
    0x21,
    u16(1000),
    0x22,
    u16(0),
    0x27,
    u32(262_144),
  );
  expect(unframed(encodeConnack({ ...said, version: 5 })).body).toEqual(bytesOf(0, 0, section));
  expect(encodeConnack({ ...said, version: 4 })).toEqual(Buffer.of(0x20, 2, 0, 0));
});

test("every reason code has a return code of 3.x: 0 where it is no error, 1 to 5 where it is [MQTT-3.2.2-5]", () => {
  const { unsupportedProtocolVersion, clientIdNotValid, serverBusy, badUserNameOrPassword, notAuthorized } = REASON;
  expect(
    [unsupportedProtocolVersion, clientIdNotValid, serverBusy, badUserNameOrPassword, notAuthorized].map(connackCodeOf),
  ).toEqual([1, 2, 3, 4, 5]);
  for (const code of Object.values(REASON)) {
    if (code < 0x80) expect(connackCodeOf(code)).toBe(0);
    else expect([1, 2, 3, 4, 5]).toContain(connackCodeOf(code));
  }
});

test("binary data and strings of the test's own encoder carry their length", () => {
  expect(bytesOf(field(Buffer.of(1)), "é")).toEqual(Buffer.of(0, 1, 1, 0, 2, 0xc3, 0xa9));
});
