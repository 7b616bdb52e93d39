/** Makes the bytes of several acknowledgements, for one write. */

export const PUBACK = 0x40;
export const PUBREL = 0x62;

export function ackPackets(firstByte: typeof PUBACK | typeof PUBREL, packetIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(packetIds.length * 4);
  for (const [index, packetId] of packetIds.entries()) {
    const at = index * 4;
    bytes[at] = firstByte;
    bytes[at + 1] = 2;
    bytes[at + 2] = packetId >> 8;
    bytes[at + 3] = packetId & 0xff;
  }
  return bytes;
}
