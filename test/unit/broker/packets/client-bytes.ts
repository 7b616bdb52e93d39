/** Writes what a client would send, right or wrong, byte by byte. Shares no code with the codec that it tests. */

import { decodePacket } from "../../../../src/broker/packets/decode.ts";
import { decodeConnect } from "../../../../src/broker/packets/decode-connect.ts";
import { createTopicMemo } from "../../../../src/broker/packets/decode-publish.ts";
import type { ClientPacket, ConnectPacket, PacketFault, Version } from "../../../../src/broker/packets/packet.ts";

export type Part = number | string | Uint8Array | readonly Part[];

/** Numbers are single bytes; strings are UTF-8 behind their length; nested parts are joined. */
export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "number") return Buffer.of(part);
      if (typeof part === "string") return field(Buffer.from(part));
      return part instanceof Uint8Array ? part : bytesOf(...part);
    }),
  );
}

/** Binary data, or any bytes in a string's place. */
export const field = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes]);
export const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
export const u32 = (value: number): Buffer => bytesOf(u16(Math.floor(value / 0x1_0000)), u16(value % 0x1_0000));

/** Variable byte integer. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = Math.floor(rest / 128);
    bytes.push((rest % 128) + (more > 0 ? 128 : 0));
    rest = more;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** A property section with its length. */
export function props(...parts: readonly Part[]): Buffer {
  const section = bytesOf(...parts);
  return Buffer.concat([varint(section.length), section]);
}

export const userProperty = (name: string, value: string): Buffer => bytesOf(0x26, name, value);

/** CONNECT's flags. */
export const FLAG = { clean: 0x02, will: 0x04, willQos1: 0x08, willRetain: 0x20, password: 0x40, userName: 0x80 };

const NAME: Record<Version, readonly Part[]> = { 3: ["MQIsdp", 3], 4: ["MQTT", 4], 5: ["MQTT", 5] };

/** The body of a CONNECT with keep-alive 60, and for 5 without properties where none are given. */
export function connect(version: Version, flags: number, payload: readonly Part[], properties = props()): Buffer {
  return bytesOf(...NAME[version], flags, u16(60), version === 5 ? properties : [], ...payload);
}

/** As the socket would hold it: other packets' bytes before and behind. */
export function decoded(first: number, body: Uint8Array, version: Version): ClientPacket | PacketFault {
  const bytes = Buffer.concat([Buffer.alloc(3, 0xc0), body, Buffer.alloc(9, 0x41)]);
  return decodePacket(first, bytes, 3, 3 + body.length, version, createTopicMemo());
}

export function connected(body: Uint8Array, first = 0x10): ConnectPacket | PacketFault {
  const bytes = Buffer.concat([Buffer.alloc(3, 0xc0), body, Buffer.alloc(9, 0x41)]);
  return decodeConnect(first, bytes, 3, 3 + body.length);
}

/** A packet's reason code where it is a fault; else what it is, so that a failed test says so. */
export function faultCode(packet: ClientPacket | ConnectPacket | PacketFault): number | string {
  return packet.type === "fault" ? packet.reasonCode : `a valid ${packet.type}`;
}

/** A whole packet as it stands on the wire → its first byte and its body. */
export function unframed(wire: Uint8Array): { first: number; body: Buffer } {
  let length = 0;
  let at = 1;
  for (let factor = 1; ; factor *= 128) {
    const byte = wire[at++] ?? 0;
    length += (byte & 127) * factor;
    if (byte < 128) break;
  }
  if (wire.length - at !== length)
    throw new Error(`the remaining length says ${length}, there are ${wire.length - at}`);
  return { first: wire[0] ?? 0, body: Buffer.from(wire.subarray(at)) };
}
