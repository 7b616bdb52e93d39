/** Bytes of MQTT 3.1, 3.1.1 and 5 packets as a client sends them, wrong ones too: each part can be replaced. Reads nothing. */

export type Version = 3 | 4 | 5;

export type PropertyValue = number | string | Uint8Array | readonly [name: string, value: string];

/** In the order in which they are to stand; or the bytes behind Property Length, whatever they are. */
export type Properties = readonly (readonly [id: number, value: PropertyValue])[] | Uint8Array;

type PropertyForm = "byte" | "u16" | "u32" | "varint" | "text" | "binary" | "pair";

const formsOf = (form: PropertyForm, ...ids: number[]): [number, PropertyForm][] => ids.map((id) => [id, form]);

/** MQTT 5, table 2-4. */
export const PROPERTY_FORMS: ReadonlyMap<number, PropertyForm> = new Map([
  ...formsOf("byte", 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a),
  ...formsOf("u16", 0x13, 0x21, 0x22, 0x23),
  ...formsOf("u32", 0x02, 0x11, 0x18, 0x27),
  ...formsOf("varint", 0x0b),
  ...formsOf("text", 0x03, 0x08, 0x12, 0x15, 0x1a, 0x1c, 0x1f),
  ...formsOf("binary", 0x09, 0x16),
  ...formsOf("pair", 0x26),
]);

export const PROPERTY = {
  payloadFormat: 0x01,
  messageExpiry: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  assignedClientId: 0x12,
  serverKeepAlive: 0x13,
  authMethod: 0x15,
  authData: 0x16,
  requestProblemInformation: 0x17,
  willDelay: 0x18,
  requestResponseInformation: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardAvailable: 0x28,
  subscriptionIdsAvailable: 0x29,
  sharedAvailable: 0x2a,
} as const;

export const u8 = (value: number): Buffer => Buffer.from([value]);
export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const u32 = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);

/** With its length in front: a UTF-8 string, or binary data. */
export function text(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** In as few bytes as possible. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** Any packet at all; its Remaining Length is right. */
export function packet(firstByte: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u8(firstByte), varint(body.length), body]);
}

/** As its identifier wants it; an unknown identifier takes bytes as they are. */
export function property(id: number, value: PropertyValue): Buffer {
  return Buffer.concat([varint(id), propertyValue(PROPERTY_FORMS.get(id), value)]);
}

function propertyValue(form: PropertyForm | undefined, value: PropertyValue): Buffer {
  if (typeof value === "number") {
    if (form === "u16") return u16(value);
    if (form === "u32") return u32(value);
    return form === "varint" ? varint(value) : u8(value);
  }
  if (typeof value === "string") return text(value);
  if (value instanceof Uint8Array) return form === undefined ? Buffer.from(value) : text(value);
  return Buffer.concat(value.map(text));
}

/** Property Length and what it counts. */
export function propertyBlock(properties: Properties = []): Buffer {
  const bytes =
    properties instanceof Uint8Array ? properties : Buffer.concat(properties.map(([id, value]) => property(id, value)));
  return Buffer.concat([varint(bytes.length), bytes]);
}

const onlyIn5 = (version: Version, properties: Properties | undefined): Buffer =>
  version === 5 ? propertyBlock(properties) : Buffer.alloc(0);

export interface WillWish {
  topic: string | Uint8Array;
  payload?: string | Uint8Array;
  qos?: number;
  retain?: boolean;
  properties?: Properties;
}

export interface ConnectWish {
  /** 4 where none is given; for 3 the protocol name is MQIsdp. */
  version?: Version;
  clientId?: string | Uint8Array;
  /** Clean Session, Clean Start. */
  clean?: boolean;
  keepAliveS?: number;
  will?: WillWish | undefined;
  userName?: string | Uint8Array | undefined;
  password?: string | Uint8Array | undefined;
  properties?: Properties;
  /** In place of what follows from the rest. */
  protocolName?: string | Uint8Array;
  level?: number;
  /** Connect Flags. */
  flags?: number;
  firstByte?: number;
  /** Behind the packet's last field, inside its Remaining Length. */
  tail?: Uint8Array;
}

export function connectPacket(wish: ConnectWish = {}): Buffer {
  const { version = 4, clientId = "", clean = true, keepAliveS = 0, will, userName, password } = wish;
  const willFlags = will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 32 : 0);
  const flags = willFlags | (clean ? 2 : 0) | (userName === undefined ? 0 : 128) | (password === undefined ? 0 : 64);
  return packet(
    wish.firstByte ?? 0x10,
    text(wish.protocolName ?? (version === 3 ? "MQIsdp" : "MQTT")),
    u8(wish.level ?? version),
    u8(wish.flags ?? flags),
    u16(keepAliveS),
    onlyIn5(version, wish.properties),
    text(clientId),
    ...(will === undefined ? [] : [onlyIn5(version, will.properties), text(will.topic), text(will.payload ?? "")]),
    ...(userName === undefined ? [] : [text(userName)]),
    ...(password === undefined ? [] : [text(password)]),
    wish.tail ?? Buffer.alloc(0),
  );
}

export interface PublishWish {
  topic: string | Uint8Array;
  payload?: string | Uint8Array;
  qos?: 0 | 1 | 2;
  /** Sent with QoS 1 and 2. */
  packetId?: number;
  dup?: boolean;
  retain?: boolean;
  properties?: Properties;
  /** In place of what follows from the rest. */
  firstByte?: number;
}

export function publishPacket(wish: PublishWish, version: Version = 4): Buffer {
  const { topic, payload = "", qos = 0, packetId = 0, dup = false, retain = false } = wish;
  return packet(
    wish.firstByte ?? 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    text(topic),
    ...(qos > 0 ? [u16(packetId)] : []),
    onlyIn5(version, wish.properties),
    Buffer.from(payload),
  );
}

export interface AckWish {
  /** MQTT 5; where it is left out, and properties too, the packet ends behind its identifier. */
  reasonCode?: number;
  properties?: Properties;
  /** The lower four bits of the first byte. */
  flags?: number;
}

function ackPacket(type: number, flags: number, packetId: number, wish: AckWish): Buffer {
  const { reasonCode, properties } = wish;
  return packet(
    (type << 4) | (wish.flags ?? flags),
    u16(packetId),
    ...(reasonCode === undefined && properties === undefined ? [] : [u8(reasonCode ?? 0)]),
    ...(properties === undefined ? [] : [propertyBlock(properties)]),
  );
}

export const pubackPacket = (packetId: number, wish: AckWish = {}): Buffer => ackPacket(4, 0, packetId, wish);
export const pubrecPacket = (packetId: number, wish: AckWish = {}): Buffer => ackPacket(5, 0, packetId, wish);
export const pubrelPacket = (packetId: number, wish: AckWish = {}): Buffer => ackPacket(6, 2, packetId, wish);
export const pubcompPacket = (packetId: number, wish: AckWish = {}): Buffer => ackPacket(7, 0, packetId, wish);

export interface SubscribeWish {
  packetId: number;
  /** The second is the options byte: the QoS, and in MQTT 5 what else stands there. */
  filters: readonly (readonly [filter: string | Uint8Array, options: number])[];
  properties?: Properties;
  flags?: number;
}

export function subscribePacket(wish: SubscribeWish, version: Version = 4): Buffer {
  const filters = wish.filters.flatMap(([filter, options]) => [text(filter), u8(options)]);
  return packet(0x80 | (wish.flags ?? 2), u16(wish.packetId), onlyIn5(version, wish.properties), ...filters);
}

export interface UnsubscribeWish {
  packetId: number;
  filters: readonly (string | Uint8Array)[];
  properties?: Properties;
  flags?: number;
}

export function unsubscribePacket(wish: UnsubscribeWish, version: Version = 4): Buffer {
  const properties = onlyIn5(version, wish.properties);
  return packet(0xa0 | (wish.flags ?? 2), u16(wish.packetId), properties, ...wish.filters.map(text));
}

export const pingreqPacket = (flags = 0, body: Uint8Array = Buffer.alloc(0)): Buffer => packet(0xc0 | flags, body);

/** DISCONNECT; with a reason code or properties only in MQTT 5. */
export function disconnectPacket(wish: AckWish = {}): Buffer {
  return codeAndProperties(0xe0, wish);
}

/** AUTH, MQTT 5. */
export function authPacket(wish: AckWish = {}): Buffer {
  return codeAndProperties(0xf0, wish);
}

function codeAndProperties(type: number, { flags = 0, reasonCode, properties }: AckWish): Buffer {
  return packet(
    type | flags,
    ...(reasonCode === undefined && properties === undefined ? [] : [u8(reasonCode ?? 0)]),
    ...(properties === undefined ? [] : [propertyBlock(properties)]),
  );
}
