/** Makes MQTT 3.1.1 packets by hand, wrong ones too, and cuts received bytes into packets. Opens no socket. */

export interface ConnectWish {
  clientId: string;
  clean?: boolean;
  keepAliveS?: number;
  will?: { topic: string; payload: string; qos?: number; retain?: boolean };
}

export interface PublishWish {
  topic: string | Uint8Array;
  payload: string | Uint8Array;
  qos?: 0 | 1 | 2;
  packetId?: number;
  dup?: boolean;
  retain?: boolean;
}

export interface Packet {
  /** 2 CONNACK, 3 PUBLISH, 4 PUBACK, 5 PUBREC, 7 PUBCOMP, 9 SUBACK, 13 PINGRESP. */
  readonly type: number;
  readonly flags: number;
  /** Behind the fixed header. */
  readonly body: Buffer;
}

export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBCOMP = 7;
export const SUBACK = 9;
export const PINGRESP = 13;

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

const text = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([u16(bytes.length), bytes]);
};

/** [MQTT-2.2.3] */
export function lengthBytes(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

export function packet(firstByte: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([firstByte]), lengthBytes(body.length), body]);
}

export function connectPacket({ clientId, clean = true, keepAliveS = 0, will }: ConnectWish): Buffer {
  const willFlags = will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 32 : 0);
  const head = Buffer.concat([text("MQTT"), Buffer.from([4, willFlags | (clean ? 2 : 0)]), u16(keepAliveS)]);
  return packet(0x10, head, text(clientId), ...(will === undefined ? [] : [text(will.topic), text(will.payload)]));
}

export function publishPacket(wish: PublishWish): Buffer {
  const { topic, payload, qos = 0, packetId, dup = false, retain = false } = wish;
  const id = qos > 0 ? [u16(packetId ?? 0)] : [];
  return packet(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), text(topic), ...id, Buffer.from(payload));
}

export const subscribePacket = (packetId: number, topic: string, qos = 0): Buffer =>
  packet(0x82, u16(packetId), text(topic), Buffer.from([qos]));

export const pubrelPacket = (packetId: number): Buffer => packet(0x62, u16(packetId));
export const pubackPacket = (packetId: number): Buffer => packet(0x40, u16(packetId));
export const PINGREQ_PACKET = Buffer.from([0xc0, 0]);
export const DISCONNECT_PACKET = Buffer.from([0xe0, 0]);

/** Packet id of an acknowledgement. */
export const idOf = ({ body }: Packet): number => body.readUInt16BE(0);

export interface Delivery {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  packetId: number | undefined;
}

export function deliveryOf({ flags, body }: Packet): Delivery {
  const qos = (flags >> 1) & 3;
  const topicEnd = 2 + body.readUInt16BE(0);
  return {
    topic: body.toString("utf8", 2, topicEnd),
    payload: body.toString("utf8", topicEnd + (qos > 0 ? 2 : 0)),
    qos,
    retain: (flags & 1) === 1,
    packetId: qos > 0 ? body.readUInt16BE(topicEnd) : undefined,
  };
}

/** Feed it what comes; `onPacket` gets each whole packet. */
export function packetReader(onPacket: (packet: Packet) => void): (chunk: Uint8Array) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const found = firstPacket(pending);
      if (found === undefined) return;
      pending = pending.subarray(found.bytes);
      onPacket(found.packet);
    }
  };
}

function firstPacket(bytes: Buffer): { packet: Packet; bytes: number } | undefined {
  let length = 0;
  let factor = 1;
  for (let at = 1; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 127) * factor;
    factor *= 128;
    if ((byte & 128) !== 0) continue;
    const end = at + 1 + length;
    if (bytes.length < end) return undefined;
    const first = bytes[0] ?? 0;
    return { packet: { type: first >> 4, flags: first & 15, body: bytes.subarray(at + 1, end) }, bytes: end };
  }
  return undefined;
}
