/** Reads the packets that a broker sends, of every version, and fails on what no broker may send. Knows no sockets. */
import { PROPERTY_FORMS, type PropertyValue, type Version } from "./bytes.ts";

export type ReceivedProperty = readonly [id: number, value: PropertyValue];

interface Common {
  /** The lower four bits of the first byte. */
  readonly flags: number;
  /** The whole packet. */
  readonly bytes: Buffer;
  /** MQTT 5, in their order; empty for 3.x. */
  readonly properties: readonly ReceivedProperty[];
}

interface Coded extends Common {
  /** Return code of 3.x, reason code of 5; 0 where the packet ends before it. */
  readonly code: number;
}

interface Ack extends Coded {
  readonly packetId: number;
}

export interface Connack extends Coded {
  readonly type: "connack";
  readonly sessionPresent: boolean;
}

export interface Publish extends Common {
  readonly type: "publish";
  readonly topic: string;
  readonly payload: string;
  readonly payloadBytes: Buffer;
  readonly qos: number;
  readonly dup: boolean;
  readonly retain: boolean;
  /** 0 with QoS 0. */
  readonly packetId: number;
}

export interface Suback extends Common {
  readonly type: "suback" | "unsuback";
  readonly packetId: number;
  /** Empty in an UNSUBACK of 3.x. */
  readonly codes: readonly number[];
}

/** Name → what it holds. */
export interface Packets {
  connack: Connack;
  publish: Publish;
  puback: Ack & { readonly type: "puback" };
  pubrec: Ack & { readonly type: "pubrec" };
  pubrel: Ack & { readonly type: "pubrel" };
  pubcomp: Ack & { readonly type: "pubcomp" };
  suback: Suback & { readonly type: "suback" };
  unsuback: Suback & { readonly type: "unsuback" };
  pingresp: Common & { readonly type: "pingresp" };
  disconnect: Coded & { readonly type: "disconnect" };
  auth: Coded & { readonly type: "auth" };
}

export type PacketType = keyof Packets;
export type Received = Packets[PacketType];

/** The first property of that identifier. */
export function propertyOf(packet: Received, id: number): PropertyValue | undefined {
  return packet.properties.find(([each]) => each === id)?.[1];
}

/** All values of that identifier, in their order. */
export function propertiesOf(packet: Received, id: number): PropertyValue[] {
  return packet.properties.filter(([each]) => each === id).map(([, value]) => value);
}

/** Takes bytes from the front; throws where there are too few. */
function cursor(bytes: Buffer) {
  let at = 0;
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new Error(`a packet ends too early: ${bytes.toString("hex")}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const u8 = (): number => take(1).readUInt8();
  const u16 = (): number => take(2).readUInt16BE();
  const binary = (): Buffer => take(u16());
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = u8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Error(`a length of more than four bytes: ${bytes.toString("hex")}`);
  };
  const text = (): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(binary());
  return { u8, u16, u32: () => take(4).readUInt32BE(), varint, binary, text, take, left: () => bytes.length - at };
}

type Cursor = ReturnType<typeof cursor>;

function propertiesIn(body: Cursor): ReceivedProperty[] {
  const block = cursor(body.take(body.varint()));
  const found: ReceivedProperty[] = [];
  while (block.left() > 0) {
    const id = block.varint();
    found.push([id, valueIn(id, block)]);
  }
  return found;
}

function valueIn(id: number, block: Cursor): PropertyValue {
  switch (PROPERTY_FORMS.get(id)) {
    case "byte":
      return block.u8();
    case "u16":
      return block.u16();
    case "u32":
      return block.u32();
    case "varint":
      return block.varint();
    case "text":
      return block.text();
    case "binary":
      return block.binary();
    case "pair":
      return [block.text(), block.text()];
    case undefined:
      throw new Error(`the broker sent property 0x${id.toString(16)}, which there is not`);
  }
}

const ACKS = { 4: "puback", 5: "pubrec", 6: "pubrel", 7: "pubcomp" } as const;

/** One whole packet. */
export function readPacket(bytes: Buffer, headerLength: number, version: Version): Received {
  const first = bytes.readUInt8(0);
  const body = cursor(bytes.subarray(headerLength));
  const packet = bodyOf(first >> 4, first & 15, body, version, bytes);
  if (body.left() > 0) throw new Error(`the broker sent bytes behind a packet's end: ${bytes.toString("hex")}`);
  return packet;
}

function bodyOf(type: number, flags: number, body: Cursor, version: Version, bytes: Buffer): Received {
  const properties = (): ReceivedProperty[] => (version === 5 && body.left() > 0 ? propertiesIn(body) : []);
  const code = (): number => (body.left() > 0 ? body.u8() : 0);
  const common = { flags, bytes };
  switch (type) {
    case 2: {
      const acknowledge = body.u8();
      if (acknowledge > 1) throw new Error(`Connect Acknowledge Flags are ${acknowledge}`);
      const sessionPresent = acknowledge === 1;
      return { ...common, type: "connack", sessionPresent, code: body.u8(), properties: properties() };
    }
    case 3:
      return publishOf(flags, body, properties, bytes);
    case 4:
    case 5:
    case 6:
    case 7:
      return { ...common, type: ACKS[type], packetId: body.u16(), code: code(), properties: properties() };
    case 9:
    case 11: {
      const packetId = body.u16();
      const found = properties();
      const codes = [...body.take(body.left())];
      return { ...common, type: type === 9 ? "suback" : "unsuback", packetId, properties: found, codes } as Received;
    }
    case 13:
      return { ...common, type: "pingresp", properties: [] };
    case 14:
    case 15:
      return { ...common, type: type === 14 ? "disconnect" : "auth", code: code(), properties: properties() };
    default:
      throw new Error(`the broker sent a packet of type ${type}`);
  }
}

function publishOf(flags: number, body: Cursor, properties: () => ReceivedProperty[], bytes: Buffer): Publish {
  const qos = (flags >> 1) & 3;
  const topic = body.text();
  const packetId = qos > 0 ? body.u16() : 0;
  const found = properties();
  const payloadBytes = body.take(body.left());
  return {
    type: "publish",
    flags,
    bytes,
    topic,
    payload: payloadBytes.toString(),
    payloadBytes,
    qos,
    dup: (flags & 8) !== 0,
    retain: (flags & 1) !== 0,
    packetId,
    properties: found,
  };
}

/** Feed it what comes; `onPacket` gets each whole packet. */
export function receivedReader(version: Version, onPacket: (packet: Received) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const length = lengthsOf(pending);
      if (length === undefined || pending.length < length.whole) return;
      const bytes = pending.subarray(0, length.whole);
      pending = pending.subarray(length.whole);
      onPacket(readPacket(bytes, length.header, version));
    }
  };
}

function lengthsOf(bytes: Buffer): { header: number; whole: number } | undefined {
  let length = 0;
  for (let at = 1; at < bytes.length; at += 1) {
    const byte = bytes.readUInt8(at);
    length += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return { header: at + 1, whole: at + 1 + length };
    if (at === 4) throw new Error("the broker sent a Remaining Length of more than four bytes");
  }
  return undefined;
}
