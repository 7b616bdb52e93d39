/** Makes the bytes of SUBSCRIBE and UNSUBSCRIBE with one filter. */

/** `filter` is at most 100 ASCII characters, so that the remaining length stays one byte. */
function withFilter(firstByte: number, packetId: number, filter: string, options: readonly number[]): Buffer {
  const name = Buffer.from(filter, "latin1");
  if (name.length > 100) throw new RangeError("a filter of the generator has at most 100 characters");
  const head = [firstByte, 4 + name.length + options.length, packetId >> 8, packetId & 0xff, 0, name.length];
  return Buffer.concat([Buffer.from(head), name, Buffer.from(options)]);
}

export const subscribePacket = (packetId: number, filter: string, qos: 0 | 1): Buffer =>
  withFilter(0x82, packetId, filter, [qos]);

export const unsubscribePacket = (packetId: number, filter: string): Buffer => withFilter(0xa2, packetId, filter, []);
