/** Makes the packets of MQTT 3.1, 3.1.1 and 5 by hand, wrong ones too, and reads what differs in 5. Opens no socket. */
import { type Packet, packet, lengthBytes as variableInt } from "./packets.ts";

/** The protocol level of CONNECT: 3 is MQTT 3.1, 4 is 3.1.1. */
export type Version = 3 | 4 | 5;
export const VERSIONS: readonly Version[] = [3, 4, 5];

export const UNSUBACK = 11;
export const DISCONNECT = 14;

const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);
const u16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([u16(bytes.length), bytes]);
};

/** Encoded properties of MQTT 5, by the names of the standard. [MQTT 5.0, 2.2.2.2] */
export const property = {
  payloadFormat: (value: number) => Buffer.concat([u8(0x01), u8(value)]),
  messageExpiryS: (value: number) => Buffer.concat([u8(0x02), u32(value)]),
  contentType: (value: string) => Buffer.concat([u8(0x03), text(value)]),
  responseTopic: (value: string) => Buffer.concat([u8(0x08), text(value)]),
  correlationData: (value: Uint8Array) => Buffer.concat([u8(0x09), text(value)]),
  subscriptionId: (value: number) => Buffer.concat([u8(0x0b), variableInt(value)]),
  sessionExpiryS: (value: number) => Buffer.concat([u8(0x11), u32(value)]),
  authMethod: (value: string) => Buffer.concat([u8(0x15), text(value)]),
  willDelayS: (value: number) => Buffer.concat([u8(0x18), u32(value)]),
  receiveMaximum: (value: number) => Buffer.concat([u8(0x21), u16(value)]),
  topicAliasMaximum: (value: number) => Buffer.concat([u8(0x22), u16(value)]),
  topicAlias: (value: number) => Buffer.concat([u8(0x23), u16(value)]),
  user: (name: string, value: string) => Buffer.concat([u8(0x26), text(name), text(value)]),
  maxPacketBytes: (value: number) => Buffer.concat([u8(0x27), u32(value)]),
};

/** The properties of a packet of that version: none before 5. */
const propertiesOf = (version: Version, properties: readonly Uint8Array[] = []): Buffer[] => {
  if (version !== 5) return [];
  const bytes = Buffer.concat(properties);
  return [variableInt(bytes.length), bytes];
};

export interface WillWish {
  topic: string;
  payload: string;
  qos?: number;
  retain?: boolean;
  properties?: readonly Uint8Array[];
}

export interface ConnectOptions {
  clientId: string;
  clean?: boolean;
  keepAliveS?: number;
  will?: WillWish | undefined;
  userName?: string | undefined;
  password?: string | undefined;
  properties?: readonly Uint8Array[];
}

export function connectOf(version: Version, options: ConnectOptions): Buffer {
  const { clientId, clean = true, keepAliveS = 0, will, userName, password, properties } = options;
  const willFlags = will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 32 : 0);
  const flags = willFlags | (clean ? 2 : 0) | (userName === undefined ? 0 : 128) | (password === undefined ? 0 : 64);
  const willParts =
    will === undefined ? [] : [...propertiesOf(version, will.properties), text(will.topic), text(will.payload)];
  return packet(
    0x10,
    text(version === 3 ? "MQIsdp" : "MQTT"),
    u8(version),
    u8(flags),
    u16(keepAliveS),
    ...propertiesOf(version, properties),
    text(clientId),
    ...willParts,
    ...[userName, password].flatMap((each) => (each === undefined ? [] : [text(each)])),
  );
}

export interface PublishOptions {
  topic: string;
  payload: string | Uint8Array;
  qos?: number;
  packetId?: number;
  dup?: boolean;
  retain?: boolean;
  properties?: readonly Uint8Array[];
}

export function publishOf(version: Version, options: PublishOptions): Buffer {
  const { topic, payload, qos = 0, packetId = 0, dup = false, retain = false, properties } = options;
  const id = qos > 0 ? [u16(packetId)] : [];
  const flags = (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  return packet(0x30 | flags, text(topic), ...id, ...propertiesOf(version, properties), Buffer.from(payload));
}

/** `options`: the QoS; in 5 also no local (4), retain as published (8), retain handling (16, 32). */
export type FilterWish = readonly [filter: string, options: number];

export const subscribeOf = (
  version: Version,
  packetId: number,
  filters: readonly FilterWish[],
  properties?: readonly Uint8Array[],
): Buffer =>
  packet(
    0x82,
    u16(packetId),
    ...propertiesOf(version, properties),
    ...filters.flatMap(([filter, options]) => [text(filter), u8(options)]),
  );

export const unsubscribeOf = (version: Version, packetId: number, filters: readonly string[]): Buffer =>
  packet(0xa2, u16(packetId), ...propertiesOf(version), ...filters.map(text));

const ACK_BYTES = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;

/** The short form, which both generations have; with a reason code in 5 where one is given. */
export const ackOf = (version: Version, type: keyof typeof ACK_BYTES, packetId: number, reasonCode?: number): Buffer =>
  packet(ACK_BYTES[type], u16(packetId), ...(version === 5 && reasonCode !== undefined ? [u8(reasonCode), u8(0)] : []));

export const disconnectOf = (version: Version, reasonCode = 0, properties?: readonly Uint8Array[]): Buffer =>
  version === 5 ? packet(0xe0, u8(reasonCode), ...propertiesOf(5, properties)) : packet(0xe0);

export const authOf = (reasonCode: number, properties?: readonly Uint8Array[]): Buffer =>
  packet(0xf0, u8(reasonCode), ...propertiesOf(5, properties));

interface Properties {
  /** Numbers by the property's identifier; text and data are passed over. */
  readonly numbers: ReadonlyMap<number, number>;
  readonly bytes: number;
}

/** Of a packet that the hub sent. */
function readProperties(body: Buffer, start: number): Properties {
  const { value: length, bytes } = readVariableInt(body, start);
  const end = start + bytes + length;
  const numbers = new Map<number, number>();
  let at = start + bytes;
  while (at < end) {
    const id = body.readUInt8(at++);
    if ([0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a].includes(id)) numbers.set(id, body.readUInt8(at++));
    else if ([0x13, 0x21, 0x22, 0x23].includes(id)) {
      numbers.set(id, body.readUInt16BE(at));
      at += 2;
    } else if ([0x02, 0x11, 0x18, 0x27].includes(id)) {
      numbers.set(id, body.readUInt32BE(at));
      at += 4;
    } else if (id === 0x0b) {
      const { value, bytes: width } = readVariableInt(body, at);
      numbers.set(id, value);
      at += width;
    } else for (let texts = id === 0x26 ? 2 : 1; texts > 0; texts -= 1) at += 2 + body.readUInt16BE(at);
  }
  return { numbers, bytes: end - start };
}

function readVariableInt(body: Buffer, start: number): { value: number; bytes: number } {
  let value = 0;
  for (let bytes = 1; ; bytes += 1) {
    const byte = body.readUInt8(start + bytes - 1);
    value += (byte & 127) * 128 ** (bytes - 1);
    if ((byte & 128) === 0) return { value, bytes };
  }
}

export interface Connack {
  readonly sessionPresent: boolean;
  /** Return code of 3.x, reason code of 5. */
  readonly code: number;
  readonly numbers: ReadonlyMap<number, number>;
}

export function readConnack(version: Version, { body }: Packet): Connack {
  const numbers = version === 5 && body.length > 2 ? readProperties(body, 2).numbers : new Map<number, number>();
  return { sessionPresent: ((body[0] ?? 0) & 1) === 1, code: body[1] ?? -1, numbers };
}

/** Return codes of 3.x and reason codes of 5, one a filter. */
export const readSuback = (version: Version, { body }: Packet): number[] => [
  ...body.subarray(2 + (version === 5 ? readProperties(body, 2).bytes : 0)),
];

/** 0 where nothing was said: as PUBACK and the like have it, and DISCONNECT. */
export const reasonOf = ({ type, body }: Packet): number => body[type === DISCONNECT ? 0 : 2] ?? 0;

export interface VersionedDelivery {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly packetId: number;
}

export function readPublish(version: Version, { flags, body }: Packet): VersionedDelivery {
  const qos = (flags >> 1) & 3;
  const topicEnd = 2 + body.readUInt16BE(0);
  const idEnd = topicEnd + (qos > 0 ? 2 : 0);
  return {
    topic: body.toString("utf8", 2, topicEnd),
    payload: body.subarray(idEnd + (version === 5 ? readProperties(body, idEnd).bytes : 0)),
    qos,
    retain: (flags & 1) === 1,
    dup: (flags & 8) === 8,
    packetId: qos > 0 ? body.readUInt16BE(topicEnd) : 0,
  };
}
