/** CONNECT of every version: what is read, and what is refused by which clause. */
import { expect, test } from "vitest";
import {
  type ConnectPacket,
  NEVER_EXPIRES,
  type PacketFault,
  type Version,
} from "../../../../src/broker/packets/packet.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import {
  bytesOf,
  connect,
  connected,
  FLAG,
  faultCode,
  field,
  type Part,
  props,
  u16,
  u32,
  userProperty,
} from "./client-bytes.ts";

const { malformedPacket, protocolError, unsupportedProtocolVersion, clientIdNotValid, topicNameInvalid } = REASON;
const VERSIONS: readonly Version[] = [3, 4, 5];

/** The two versions with their own words. */
const OLD: readonly Version[] = [3, 4];

function valid(packet: ConnectPacket | PacketFault): ConnectPacket {
  if (packet.type === "fault") throw new Error(packet.detail);
  return packet;
}

test.each(VERSIONS)("version %i: a CONNECT with all that it may hold is read", (version) => {
  const flags = FLAG.clean | FLAG.will | 0x10 | FLAG.willRetain | FLAG.password | FLAG.userName;
  const body = connect(version, flags, [
    "id",
    version === 5 ? props() : [],
    "will/é",
    field(Buffer.of(0, 255)),
    "name",
    field(Buffer.of(1, 0)),
  ]);
  const packet = valid(connected(body));
  expect(packet).toMatchObject({
    version,
    clientId: "id",
    clean: true,
    keepAliveS: 60,
    userName: "name",
    sessionExpiryS: 0,
  });
  expect(packet).toMatchObject({ receiveMaximum: 65_535, maxPacketBytes: undefined, topicAliasMaximum: 0 });
  expect([...(packet.password ?? [])]).toEqual([1, 0]);
  expect(packet.will).toMatchObject({ topic: "will/é", qos: 2, retain: true, delayS: 0, expiryS: undefined });
  expect([...(packet.will?.payload ?? [])]).toEqual([0, 255]);
});

test("the properties of a version 5 CONNECT are read [MQTT 5.0, 3.1.2.11]", () => {
  const properties = props(
    ...[0x11, u32(0xffff_ffff), 0x21, u16(7), 0x27, u32(0xffff_fffe), 0x22, u16(9), 0x19, 1, 0x17, 0],
    ...[userProperty("a", "1"), userProperty("a", "1"), 0x16, field(Buffer.of(1)), 0x15, "SCRAM"],
  );
  expect(valid(connected(connect(5, 0, [""], properties)))).toMatchObject({
    clientId: "",
    clean: false,
    sessionExpiryS: NEVER_EXPIRES,
    receiveMaximum: 7,
    maxPacketBytes: 0xffff_fffe,
    topicAliasMaximum: 9,
    wantsProblemInformation: false,
    authMethod: "SCRAM",
  });
});

test("problem information is wanted where nothing was said [MQTT 5.0, 3.1.2.11.7]", () => {
  expect(valid(connected(connect(5, 0, ["id"]))).wantsProblemInformation).toBe(true);
});

test.each(OLD)("version %i: a session without Clean Session never expires [MQTT-3.1.2-4]", (version) => {
  expect(valid(connected(connect(version, 0, ["id"]))).sessionExpiryS).toBe(NEVER_EXPIRES);
  expect(valid(connected(connect(version, FLAG.clean, ["id"]))).sessionExpiryS).toBe(0);
});

test("a will's delay and expiry are taken out, the rest is passed on in its order [MQTT-3.1.3-10]", () => {
  const passedOn = [
    bytesOf(userProperty("b", "1"), 0x01, 1),
    bytesOf(userProperty("a", "2"), 0x03, "text"),
    bytesOf(0x09, field(Buffer.of(9)), userProperty("b", "1")),
  ];
  const [one = [], two = [], three = []] = passedOn;
  const will = props(one, 0x18, u32(30), two, 0x02, u32(60), three);
  const packet = valid(connected(connect(5, FLAG.will, ["id", will, "t", field(Buffer.alloc(0))])));
  expect(packet.will).toMatchObject({ delayS: 30, expiryS: 60, qos: 0, retain: false });
  expect(Buffer.from(packet.will?.properties ?? [])).toEqual(Buffer.concat(passedOn));
});

test("MQTT 3.1: user name and password may be missing behind their flags [MQTT 3.1, 3.1]", () => {
  const flags = FLAG.clean | FLAG.userName | FLAG.password;
  expect(valid(connected(connect(3, flags, ["id"])))).toMatchObject({ userName: undefined, password: undefined });
  expect(valid(connected(connect(3, flags, ["id", "name"])))).toMatchObject({ userName: "name", password: undefined });
  expect(faultCode(connected(connect(4, flags, ["id"])))).toBe(malformedPacket);
});

test("MQTT 3.1 disregards the will's flags where there is no will [MQTT 3.1, 3.1]", () => {
  expect(valid(connected(connect(3, FLAG.clean | FLAG.willQos1 | FLAG.willRetain, ["id"]))).will).toBeUndefined();
});

test("version 5 allows a password without a user name [MQTT 5.0, 3.1.2.9]", () => {
  const packet = valid(connected(connect(5, FLAG.password, ["id", field(Buffer.of(1))])));
  expect(packet.userName).toBeUndefined();
  expect(packet.password).toHaveLength(1);
});

test("an empty client identifier stands with Clean Session in 3.1.1, and in 5 anyhow [MQTT-3.1.3-6] [MQTT-3.1.3-7]", () => {
  expect(valid(connected(connect(4, FLAG.clean, [""]))).clientId).toBe("");
  expect(valid(connected(connect(5, 0, [""]))).clientId).toBe("");
});

test.each<[string, Version, number]>([
  ["3.1.1, without Clean Session [MQTT-3.1.3-8]", 4, 0],
  ["3.1, without Clean Session", 3, 0],
  ["3.1, with Clean Session", 3, FLAG.clean],
])("an empty client identifier is refused, in words that the client reads: %s", (_, version, flags) => {
  expect(connected(connect(version, flags, [""]))).toMatchObject({
    type: "fault",
    reasonCode: clientIdNotValid,
    version,
  });
});

test.each<[string, Part[]]>([
  ["MQTT 6", ["MQTT", 6]],
  ["MQTT 3", ["MQTT", 3]],
  ["MQIsdp 4", ["MQIsdp", 4]],
  ["MQIsdp 5", ["MQIsdp", 5]],
  ["a bridge's MQTT 5, which has options of its own for it", ["MQTT", 0x85]],
  ["a bridge's MQTT 3", ["MQTT", 0x83]],
  ["0x86", ["MQTT", 0x86]],
])("an unknown protocol level is answered by a CONNACK of 3.1.1 [MQTT-3.1.2-2]: %s", (_, name) => {
  const body = bytesOf(...name, FLAG.clean, u16(60), "id");
  expect(connected(body)).toMatchObject({ type: "fault", reasonCode: unsupportedProtocolVersion, version: 4 });
});

test.each<[string, number, 3 | 4]>([
  ["MQIsdp", 0x83, 3],
  ["MQTT", 0x84, 4],
])("another broker says so in the highest bit of the level: %s %i", (name, level, version) => {
  const body = bytesOf(name, level, FLAG.clean, u16(60), "id");
  expect(connected(body)).toMatchObject({ type: "connect", version, isBridge: true });
});

test.each(["", "mqtt", "MQTTX", "HTTP"])("the protocol name %j has no version to answer in [MQTT-3.1.2-1]", (name) => {
  const fault = connected(bytesOf(name, 4, FLAG.clean, u16(60), "id"));
  expect(fault).toMatchObject({ type: "fault", reasonCode: unsupportedProtocolVersion, version: undefined });
});

test("the first packet is CONNECT, or it is a fault [MQTT-3.1.0-1]", () => {
  expect(faultCode(connected(connect(4, FLAG.clean, ["id"]), 0x30))).toBe(protocolError);
});

const payloadOfWill = (version: Version, topic: Part): Part[] => [
  "id",
  version === 5 ? props() : [],
  topic,
  field(Buffer.alloc(0)),
];

test.each(VERSIONS)("version %i: a CONNECT is malformed with", (version) => {
  const refused: [string, Buffer, number?][] = [
    ["the reserved flag [MQTT-3.1.2-3]", connect(version, FLAG.clean | 1, ["id"])],
    [
      "will QoS 3 [MQTT-3.1.2-14] (5: -12)",
      connect(version, FLAG.clean | FLAG.will | 0x18, payloadOfWill(version, "t")),
    ],
    ["a byte behind its end", connect(version, FLAG.clean, ["id", 0])],
    ["no client identifier [MQTT-3.1.3-3]", connect(version, FLAG.clean, [])],
    ["a client identifier that is not UTF-8 [MQTT-3.1.3-4]", connect(version, FLAG.clean, [field(Buffer.of(0xff))])],
    ["U+0000 in a client identifier [MQTT-1.5.3-2]", connect(version, FLAG.clean, ["a\0"])],
    [
      "a surrogate in a user name [MQTT-1.5.3-1]",
      connect(version, FLAG.clean | FLAG.userName, ["id", field(Buffer.of(0xed, 0xa0, 0x80))]),
    ],
    [
      "a will topic that is not UTF-8 [MQTT-3.1.3-10]",
      connect(version, FLAG.will, payloadOfWill(version, field(Buffer.of(0xc0, 0x80)))),
    ],
    ["an empty will topic [MQTT-4.7.3-1]", connect(version, FLAG.will, payloadOfWill(version, "")), topicNameInvalid],
    [
      "a wildcard in its will topic [MQTT-3.3.2-2]",
      connect(version, FLAG.will, payloadOfWill(version, "a/#")),
      topicNameInvalid,
    ],
  ];
  for (const [what, body, code = malformedPacket] of refused)
    expect([what, connected(body)]).toMatchObject([what, { reasonCode: code, version }]);
});

test.each<[string, Version, number, number]>([
  ["will QoS without a will, 3.1.1 [MQTT-3.1.2-13]", 4, FLAG.clean | FLAG.willQos1, malformedPacket],
  ["will QoS without a will, 5 [MQTT-3.1.2-11]", 5, FLAG.clean | FLAG.willQos1, malformedPacket],
  ["will retain without a will, 3.1.1 [MQTT-3.1.2-15]", 4, FLAG.clean | FLAG.willRetain, malformedPacket],
  ["will retain without a will, 5 [MQTT-3.1.2-13]", 5, FLAG.clean | FLAG.willRetain, malformedPacket],
  ["a password without a user name, 3.1.1 [MQTT-3.1.2-22]", 4, FLAG.clean | FLAG.password, malformedPacket],
  ["a password without a user name, 3.1", 3, FLAG.clean | FLAG.password, malformedPacket],
])("flags that contradict each other are refused: %s", (_, version, flags, code) => {
  expect(
    faultCode(connected(connect(version, flags, ["id", "pw"].slice(0, (flags & FLAG.password) === 0 ? 1 : 2)))),
  ).toBe(code);
});

test.each(VERSIONS)("version %i: the fixed header's flags are 0 [MQTT-2.2.2-2] (5: [MQTT-2.1.3-1])", (version) => {
  expect(connected(connect(version, FLAG.clean, ["id"]), 0x11)).toMatchObject({ reasonCode: malformedPacket, version });
});

test.each(VERSIONS)("version %i: a CONNECT cut short anywhere is a fault, and never throws", (version) => {
  const flags = FLAG.clean | FLAG.will | FLAG.userName | FLAG.password;
  const body = connect(version, flags, [...payloadOfWill(version, "t"), "name", "password"], props(0x11, u32(5)));
  // 3.1 may stop in front of user name or password.
  const mayEnd = version === 3 ? [body.length - 16, body.length - 10] : [];
  for (let length = 0; length < body.length; length++) {
    const type = mayEnd.includes(length) ? "connect" : "fault";
    expect([length, connected(body.subarray(0, length)).type]).toEqual([length, type]);
  }
});
