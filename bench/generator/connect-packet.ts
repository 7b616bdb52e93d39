/** Makes the bytes of an MQTT 3.1.1 CONNECT with a clean session. Knows no will, no login and no MQTT 5. */

/** Far longer than any run: the generator never pings, its publishes are its sign of life. */
const KEEP_ALIVE_S = 3_600;

/** `clientId` is at most 100 ASCII characters, so that the remaining length stays one byte. */
export function connectPacket(clientId: string): Buffer {
  const id = Buffer.from(clientId, "latin1");
  if (id.length > 100) throw new RangeError("a client id of the generator has at most 100 characters");
  const head = Buffer.from([0x10, 12 + id.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x02]);
  const tail = Buffer.from([KEEP_ALIVE_S >> 8, KEEP_ALIVE_S & 0xff, 0, id.length]);
  return Buffer.concat([head, tail, id]);
}
