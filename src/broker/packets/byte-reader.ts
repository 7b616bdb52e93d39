/** Reads MQTT's data types from the bytes of one packet, never beyond its end. */
import { isUtf8 } from "node:buffer";
import { REASON } from "../../contract/reason-codes.ts";
import type { PacketFault, Version } from "./packet.ts";

/** Thrown among the decode functions only: the exported ones answer it as a PacketFault. */
export class MalformedPacket extends Error {
  readonly reasonCode: number;

  constructor(detail: string, reasonCode: number = REASON.malformedPacket) {
    super(detail);
    this.reasonCode = reasonCode;
  }
}

/** What was thrown while a packet was read, as an answer. Anything but a MalformedPacket is a fault of this codec. */
export function faultOf(error: unknown, version?: Version): PacketFault {
  if (error instanceof MalformedPacket) {
    return { type: "fault", reasonCode: error.reasonCode, detail: error.message, version };
  }
  return { type: "fault", reasonCode: REASON.unspecified, detail: `the decoder failed: ${String(error)}`, version };
}

/**
 * Throws where bytes[from, to) are no string that MQTT knows; answers whether they are ASCII, which is quicker to make a
 * string of. Control characters may be refused [1.5.4] and are let in: boards send them.
 */
export function checkText(bytes: Buffer, from: number, to: number): boolean {
  let ascii = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) throw new MalformedPacket("a string holds U+0000 [MQTT-1.5.3-2] [MQTT-1.5.4-2]");
    if (byte > 0x7f) ascii = false;
  }
  // isUtf8 refuses surrogates too.
  if (!ascii && !isUtf8(bytes.subarray(from, to))) {
    throw new MalformedPacket("a string is not UTF-8 [MQTT-1.5.3-1] [MQTT-1.5.4-1]");
  }
  return ascii;
}

export class ByteReader {
  readonly bytes: Buffer;
  /** Of the next byte. */
  at: number;
  readonly end: number;

  constructor(bytes: Buffer, from: number, to: number) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.bytes[this.take(1)] ?? 0;
  }

  u16(): number {
    const at = this.take(2);
    return ((this.bytes[at] ?? 0) << 8) | (this.bytes[at + 1] ?? 0);
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** Variable byte integer: at most four bytes, and no more than it needs. [MQTT-1.5.5-1] */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte > 0x7f) continue;
      if (byte === 0 && shift > 0) {
        throw new MalformedPacket("a variable byte integer is longer than it needs [MQTT-1.5.5-1]");
      }
      return value;
    }
    throw new MalformedPacket("a variable byte integer has more than four bytes [1.5.5]");
  }

  /** A UTF-8 string. A byte order mark stays where it is. [MQTT-1.5.3-3] [MQTT-1.5.4-3] */
  text(): string {
    const length = this.u16();
    const from = this.take(length);
    const ascii = checkText(this.bytes, from, this.at);
    return this.bytes.toString(ascii ? "latin1" : "utf8", from, this.at);
  }

  /** Checks a string without making one. */
  skipText(): void {
    const length = this.u16();
    const from = this.take(length);
    checkText(this.bytes, from, this.at);
  }

  /** A view of the packet's own bytes. */
  binary(): Buffer {
    const length = this.u16();
    const from = this.take(length);
    return this.bytes.subarray(from, this.at);
  }

  packetId(): number {
    const packetId = this.u16();
    if (packetId === 0) {
      throw new MalformedPacket("packet identifier 0 [MQTT-2.3.1-1] [MQTT-2.2.1-3]", REASON.protocolError);
    }
    return packetId;
  }

  /** A reader of the next bytes alone, which this one leaves behind. */
  section(length: number): ByteReader {
    const from = this.take(length);
    return new ByteReader(this.bytes, from, this.at);
  }

  expectEnd(packet: string): void {
    if (this.at !== this.end) throw new MalformedPacket(`${packet} has ${this.left} bytes too many`);
  }

  /** Where the bytes taken begin. */
  private take(length: number): number {
    const from = this.at;
    if (from + length > this.end) throw new MalformedPacket("a field goes beyond the end of its packet");
    this.at = from + length;
    return from;
  }
}
