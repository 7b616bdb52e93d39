/** Encodes the packets that are sent for each message: PUBLISH and its acknowledgements. */
import type { AckType, Qos, Version } from "./packet.ts";
import { PROPERTY } from "./property-table.ts";

export interface PublishHead {
  readonly version: Version;
  /** Empty with a topic alias that the client knows. */
  readonly topic: string;
  readonly payloadBytes: number;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Not sent with QoS 0. */
  readonly packetId: number;
  /** This and what follows is not sent to 3.x. Encoded, as a message holds them. */
  readonly properties: Uint8Array;
  readonly expiryS: number | undefined;
  readonly topicAlias: number | undefined;
  readonly subscriptionIds: readonly number[];
}

/** Everything before the payload; the remaining length has the payload in it. */
export function encodePublishHead(head: PublishHead): Buffer {
  const topicBytes = Buffer.byteLength(head.topic);
  const propertyBytes = head.version === 5 ? propertyBytesOf(head) : 0;
  let headBytes = 2 + topicBytes;
  if (head.qos !== 0) headBytes += 2;
  if (head.version === 5) headBytes += varintBytes(propertyBytes) + propertyBytes;
  const remaining = headBytes + head.payloadBytes;
  const out = Buffer.allocUnsafe(1 + varintBytes(remaining) + headBytes);
  out[0] = 0x30 | (head.dup ? 0x08 : 0) | (head.qos << 1) | (head.retain ? 0x01 : 0);
  let at = writeVarint(out, 1, remaining);
  at = writeU16(out, at, topicBytes);
  // A topic that has as many bytes as characters is ASCII.
  out.write(head.topic, at, topicBytes === head.topic.length ? "latin1" : "utf8");
  at += topicBytes;
  if (head.qos !== 0) at = writeU16(out, at, head.packetId);
  if (head.version === 5) writeProperties(out, writeVarint(out, at, propertyBytes), head);
  return out;
}

function propertyBytesOf(head: PublishHead): number {
  let bytes = head.properties.length;
  if (head.expiryS !== undefined) bytes += 5;
  if (head.topicAlias !== undefined) bytes += 3;
  for (let n = 0; n < head.subscriptionIds.length; n++) bytes += 1 + varintBytes(head.subscriptionIds[n] ?? 0);
  return bytes;
}

function writeProperties(out: Buffer, from: number, head: PublishHead): void {
  let at = from;
  if (head.expiryS !== undefined) {
    out[at] = PROPERTY.messageExpiry;
    at = out.writeUInt32BE(head.expiryS, at + 1);
  }
  if (head.topicAlias !== undefined) {
    out[at] = PROPERTY.topicAlias;
    at = writeU16(out, at + 1, head.topicAlias);
  }
  for (let n = 0; n < head.subscriptionIds.length; n++) {
    out[at] = PROPERTY.subscriptionId;
    at = writeVarint(out, at + 1, head.subscriptionIds[n] ?? 0);
  }
  if (head.properties.length > 0) out.set(head.properties, at);
}

const ACK_FIRST: Readonly<Record<AckType, number>> = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 };

/** The shortest form; 3.x has no reasons. [MQTT 5.0, 3.4.2.1] */
export function encodeAck(
  type: AckType,
  packetId: number,
  reasonCode: number,
  version: Version,
  reasonString?: string,
): Buffer {
  if (version === 5 && reasonString !== undefined) return encodeAckWithReason(type, packetId, reasonCode, reasonString);
  const short = version !== 5 || reasonCode === 0;
  const out = Buffer.allocUnsafe(short ? 4 : 5);
  out[0] = ACK_FIRST[type];
  out[1] = short ? 2 : 3;
  out[2] = packetId >> 8;
  out[3] = packetId;
  if (!short) out[4] = reasonCode;
  return out;
}

function encodeAckWithReason(type: AckType, packetId: number, reasonCode: number, reasonString: string): Buffer {
  const properties = textProperty(PROPERTY.reasonString, reasonString);
  const remaining = 3 + varintBytes(properties.length) + properties.length;
  const out = Buffer.allocUnsafe(1 + varintBytes(remaining) + remaining);
  out[0] = ACK_FIRST[type];
  let at = writeVarint(out, 1, remaining);
  at = writeU16(out, at, packetId);
  out[at] = reasonCode;
  at = writeVarint(out, at + 1, properties.length);
  out.set(properties, at);
  return out;
}

/** A property of type UTF-8 string. */
export function textProperty(id: number, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const out = Buffer.allocUnsafe(3 + bytes);
  out[0] = id;
  out.write(text, writeU16(out, 1, bytes), "utf8");
  return out;
}

/** Bytes of a variable byte integer. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

/** These two answer where the next byte goes. */
export function writeVarint(out: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>= 7;
  }
  out[at++] = rest;
  return at;
}

export function writeU16(out: Buffer, at: number, value: number): number {
  out[at] = value >> 8;
  out[at + 1] = value;
  return at + 2;
}
