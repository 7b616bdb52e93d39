/** Properties of MQTT 5: which may stand where, how often, and with which values. */
import { expect, test } from "vitest";
import type { ClientPacket, ConnectPacket, PacketFault } from "../../../../src/broker/packets/packet.ts";
import {
  PACKET,
  PROPERTIES,
  type Property,
  type PropertyPacket,
} from "../../../../src/broker/packets/property-table.ts";
import { REASON } from "../../../../src/contract/reason-codes.ts";
import {
  bytesOf,
  connect,
  connected,
  decoded,
  FLAG,
  faultCode,
  field,
  type Part,
  props,
  u16,
  u32,
  userProperty,
  varint,
} from "./client-bytes.ts";

const { malformedPacket, protocolError, topicAliasInvalid } = REASON;

type Sent = ClientPacket | ConnectPacket | PacketFault;

/** A valid packet of each kind, with these properties. */
const WITH: Partial<Record<keyof typeof PACKET, (section: Buffer) => Sent>> = {
  connect: (section) => connected(connect(5, FLAG.clean, ["id"], section)),
  will: (section) => connected(connect(5, FLAG.clean | FLAG.will, ["id", section, "t", field(Buffer.alloc(0))])),
  publish: (section) => decoded(0x32, bytesOf("t", u16(1), section, Buffer.from("x")), 5),
  ack: (section) => decoded(0x40, bytesOf(u16(1), 0, section), 5),
  subscribe: (section) => decoded(0x82, bytesOf(u16(1), section, "t", 0), 5),
  unsubscribe: (section) => decoded(0xa2, bytesOf(u16(1), section, "t"), 5),
  disconnect: (section) => decoded(0xe0, bytesOf(0, section), 5),
  auth: (section) => decoded(0xf0, bytesOf(0x18, section), 5),
};

const places = Object.keys(WITH) as (keyof typeof WITH)[];

function send(place: keyof typeof PACKET, ...parts: Part[]): Sent {
  // Without its method an AUTH is refused for that [MQTT 5.0, 3.15.2.2.2], and data needs a method anywhere.
  const first = parts[0];
  const method =
    first !== 0x15 && (place === "auth" || (place === "connect" && first === 0x16)) ? [0x15, "method"] : [];
  const sent = WITH[place]?.(props(...parts, ...method));
  if (sent === undefined) throw new Error(`a client sends no ${place}`);
  return sent;
}

const VALID: Record<Property["type"], Part> = {
  byte: 1,
  u16: u16(1),
  u32: u32(1),
  varint: 1,
  text: "x",
  binary: field(Buffer.of(0, 255)),
  pair: ["x", "y"],
};

test("the table has the 27 properties of the standard, each once [MQTT 5.0, 2.2.2.2]", () => {
  expect(PROPERTIES).toHaveLength(27);
  expect(new Set(PROPERTIES.map(({ id }) => id)).size).toBe(27);
});

test.each(PROPERTIES)("$name is taken from a client where the table says so, and nowhere else", (property) => {
  for (const place of places) {
    const bit: PropertyPacket = PACKET[place];
    const isServers = (property.fromServer & bit) !== 0;
    const expected =
      (property.fromClient & bit) !== 0
        ? expect.stringContaining("valid")
        : isServers
          ? protocolError
          : malformedPacket;
    expect([place, faultCode(send(place, property.id, VALID[property.type]))]).toEqual([place, expected]);
  }
});

test.each(PROPERTIES.filter(({ fromClient }) => fromClient !== 0))(
  "$name may stand twice only if it is a user property",
  (property) => {
    for (const place of places) {
      if ((property.fromClient & PACKET[place]) === 0) continue;
      const one = [property.id, VALID[property.type]];
      const twice = send(place, ...one, ...one);
      expect([place, faultCode(twice)]).toEqual([
        place,
        property.type === "pair" ? expect.stringContaining("valid") : protocolError,
      ]);
    }
  },
);

test.each(PROPERTIES.filter(({ fromClient }) => fromClient !== 0))("$name cut short is malformed", (property) => {
  const whole = bytesOf(property.id, VALID[property.type]);
  for (const place of places) {
    if ((property.fromClient & PACKET[place]) === 0) continue;
    for (let length = 1; length < whole.length; length++) {
      expect(faultCode(WITH[place]?.(props(whole.subarray(0, length))) ?? { type: "pingreq" })).toBe(malformedPacket);
    }
  }
});

test.each<[string, keyof typeof PACKET, Part[], number]>([
  ["Subscription Identifier, which a client may not send [MQTT-3.3.4-6]", "publish", [0x0b, 1], protocolError],
  ["Payload Format Indicator 2 [MQTT 5.0, 3.3.2.3.2]", "publish", [0x01, 2], protocolError],
  ["the will's Payload Format Indicator 2", "will", [0x01, 2], protocolError],
  ["Request Problem Information 2 [MQTT 5.0, 3.1.2.11.7]", "connect", [0x17, 2], protocolError],
  ["Request Response Information 2 [MQTT 5.0, 3.1.2.11.6]", "connect", [0x19, 2], protocolError],
  ["Receive Maximum 0 [MQTT 5.0, 3.1.2.11.3]", "connect", [0x21, u16(0)], protocolError],
  ["Maximum Packet Size 0 [MQTT 5.0, 3.1.2.11.4]", "connect", [0x27, u32(0)], protocolError],
  ["Topic Alias 0 [MQTT-3.3.2-8]", "publish", [0x23, u16(0)], topicAliasInvalid],
  ["Subscription Identifier 0 [MQTT 5.0, 3.8.2.1.2]", "subscribe", [0x0b, 0], protocolError],
  ["a wildcard in Response Topic [MQTT-3.3.2-14]", "publish", [0x08, "a/+"], protocolError],
  ["a wildcard in the will's Response Topic", "will", [0x08, "#"], protocolError],
  ["Content Type that is not UTF-8 [MQTT-3.3.2-19]", "publish", [0x03, field(Buffer.of(0xff))], malformedPacket],
  ["U+0000 in a user property's name [MQTT-1.5.4-2]", "publish", [0x26, "a\0", "b"], malformedPacket],
  [
    "a user property's value that is not UTF-8 [MQTT-1.5.7-1]",
    "connect",
    [0x26, "a", field(Buffer.of(0xfe))],
    malformedPacket,
  ],
  ["an unknown identifier [MQTT 5.0, 2.2.2.2]", "publish", [0x7f, 1], malformedPacket],
  ["an unknown identifier of two bytes", "publish", [varint(300), 1], malformedPacket],
  ["an identifier in more bytes than it needs [MQTT-1.5.5-1]", "publish", [0x81, 0x00, 1], malformedPacket],
])("refused: %s", (_, place, parts, code) => {
  expect(faultCode(send(place, ...parts))).toBe(code);
});

test("Authentication Data needs a method [MQTT 5.0, 3.1.2.11.10]", () => {
  expect(faultCode(connected(connect(5, FLAG.clean, ["id"], props(0x16, field(Buffer.of(1))))))).toBe(protocolError);
});

test("a property length that the packet does not have, or in more bytes than it needs, is malformed [MQTT-1.5.5-1]", () => {
  expect(faultCode(decoded(0x30, bytesOf("t", 5, 0x01, 1), 5))).toBe(malformedPacket);
  expect(faultCode(decoded(0x30, bytesOf("t"), 5))).toBe(malformedPacket);
  expect(faultCode(decoded(0x30, bytesOf("t", 0x80, 0x00), 5))).toBe(malformedPacket);
  expect(faultCode(decoded(0x30, bytesOf("t", 0x80, 0x80, 0x80, 0x80, 0x01), 5))).toBe(malformedPacket);
});

test("a publish's alias and expiry are taken out, the rest is passed on as it came [MQTT-3.3.2-17] [MQTT-3.3.2-18]", () => {
  const one = bytesOf(userProperty("b", "1"), userProperty("a", "2"), 0x01, 0);
  const two = bytesOf(userProperty("b", "1"), 0x08, "answer/é", 0x09, field(Buffer.of(0, 1)), 0x03, "");
  const packet = send("publish", 0x23, u16(5), one, 0x02, u32(0xffff_ffff), two);
  expect(packet).toMatchObject({ type: "publish", topic: "t", packetId: 1, topicAlias: 5, expiryS: 0xffff_ffff });
  expect(packet).toMatchObject({ payload: Buffer.from("x"), properties: Buffer.concat([one, two]) });
});

test("properties are a view of the packet's bytes where nothing stands between them", () => {
  const body = bytesOf("t", props(0x23, u16(5), userProperty("a", "1"), userProperty("a", "1"), 0x02, u32(1)));
  const packet = decoded(0x30, body, 5);
  if (packet.type !== "publish") throw new Error(packet.type);
  expect(Buffer.from(packet.properties)).toEqual(bytesOf(userProperty("a", "1"), userProperty("a", "1")));
  expect(packet.properties.buffer).toBe((packet.payload as Buffer).buffer);
});
