/** Cuts what a broker sends into packets, of any length. */

/** One object for all packets of a connection, valid during the call only: nothing is made or copied for each. */
export interface InboundPacket {
  /** Type and flags. */
  firstByte: number;
  /** The body is at `from` ≤ index < `end`. */
  bytes: Uint8Array;
  from: number;
  end: number;
  /** performance.now() when its last byte was read. */
  atMs: number;
}

/** Remaining length is at most four bytes [MQTT-2.2.3]. */
const LENGTH_BYTES = 4;
const NOTHING = new Uint8Array(0);

export const typeOf = ({ firstByte }: InboundPacket): number => firstByte >> 4;

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Of any packet that begins with its packet id: all but CONNACK, PUBLISH and PINGRESP. */
export const packetIdOf = ({ bytes, from }: InboundPacket): number => uint16(bytes, from);

/** Of a PUBLISH at QoS 1 or 2. */
export const publishIdOf = ({ bytes, from }: InboundPacket): number => uint16(bytes, from + 2 + uint16(bytes, from));

/** Where the payload of a PUBLISH begins. */
function payloadAt({ firstByte, bytes, from }: InboundPacket): number {
  return from + 2 + uint16(bytes, from) + ((firstByte & 0x06) === 0 ? 0 : 2);
}

/** The first four bytes of a PUBLISH's payload as a number. */
export function payloadNumber(packet: InboundPacket): number {
  const at = payloadAt(packet);
  return uint16(packet.bytes, at) * 0x1_0000 + uint16(packet.bytes, at + 2);
}

export function topicOf({ bytes, from }: InboundPacket): string {
  return Buffer.from(bytes.subarray(from + 2, from + 2 + uint16(bytes, from))).toString("latin1");
}

export function payloadOf(packet: InboundPacket): string {
  return Buffer.from(packet.bytes.subarray(payloadAt(packet), packet.end)).toString("latin1");
}

/** Puts the packet that begins at `at` into `packet`; false while it is not whole. */
function cut(packet: InboundPacket, bytes: Uint8Array, at: number, length: number): boolean {
  let remaining = 0;
  for (let index = 0; index < LENGTH_BYTES; index += 1) {
    const offset = at + 1 + index;
    if (offset >= length) return false;
    const byte = bytes[offset] ?? 0;
    remaining |= (byte & 0x7f) << (7 * index);
    if (byte >= 0x80) continue;
    if (offset + 1 + remaining > length) return false;
    packet.firstByte = bytes[at] ?? 0;
    packet.bytes = bytes;
    packet.from = offset + 1;
    packet.end = offset + 1 + remaining;
    return true;
  }
  throw new RangeError("a remaining length of more than four bytes");
}

/** What is left of a chunk is copied: the chunk's memory may be read into again. */
export function cutPackets(
  onPacket: (packet: InboundPacket) => void,
): (chunk: Uint8Array, length: number, atMs: number) => void {
  const packet: InboundPacket = { firstByte: 0, bytes: NOTHING, from: 0, end: 0, atMs: 0 };
  let rest = NOTHING;
  return (chunk, chunkLength, atMs) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk.subarray(0, chunkLength)]);
    const length = rest.length === 0 ? chunkLength : bytes.length;
    packet.atMs = atMs;
    let at = 0;
    while (cut(packet, bytes, at, length)) {
      at = packet.end;
      onPacket(packet);
    }
    rest = at === length ? NOTHING : Buffer.from(bytes.subarray(at, length)); // a copy: slice of a Buffer is none
  };
}
