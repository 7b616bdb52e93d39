/** Makes the bytes of an MQTT 3.1.1 CONNECT with a clean session. */

/** Far longer than any run: the generator never pings, its publishes are its sign of life. */
const KEEP_ALIVE_S = 3_600;

const CLEAN = 0x02;
const USER_AND_PASSWORD = 0xc0;

/** With a password the client id is the user name, too. All together is so short that the remaining length is one byte. */
export function connectPacket(clientId: string, password?: string): Buffer {
  const texts = password === undefined ? [clientId] : [clientId, clientId, password];
  const flags = password === undefined ? CLEAN : CLEAN | USER_AND_PASSWORD;
  const head = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, flags, KEEP_ALIVE_S >> 8, KEEP_ALIVE_S & 0xff]);
  const body = Buffer.concat([
    head,
    ...texts.flatMap((text) => [Uint8Array.of(0, text.length), Buffer.from(text, "latin1")]),
  ]);
  if (body.length > 127)
    throw new RangeError("client id and password of the generator have at most 100 characters together");
  return Buffer.concat([Uint8Array.of(0x10, body.length), body]);
}
