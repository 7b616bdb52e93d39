/** The bytes of a CONNECT with user name and password, for clients that are more or less than a library allows. Sends none. */

/** CONNECT of MQTT 3.1.1 with user name and password. */
export function connectBytes(deviceId: string, secret: string): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
  };
  const body = Buffer.concat([
    text("MQTT"),
    Uint8Array.of(4, 0b1100_0010, 0, 0),
    ...[deviceId, deviceId, secret].map(text),
  ]);
  if (body.length > 127) throw new Error("the remaining length takes one byte here");
  return Buffer.concat([Uint8Array.of(0x10, body.length), body]);
}
