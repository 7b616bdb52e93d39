/** Makes the bytes of a PUBLISH. */

export interface PublishPacket {
  topic: string;
  /** Together with the topic less than 16 KB. */
  payload: string | Uint8Array;
  qos: 0 | 1 | 2;
  /** With QoS 1 and 2 only. */
  packetId?: number | undefined;
  retain?: boolean;
}

function remainingLength(length: number): number[] {
  return length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
}

export function publishPacket({ topic, payload, qos, packetId, retain = false }: PublishPacket): Buffer {
  const name = Buffer.from(topic, "latin1");
  const id = packetId === undefined ? [] : [packetId >> 8, packetId & 0xff];
  const body = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const length = 2 + name.length + id.length + body.length;
  const first = 0x30 | (qos << 1) | (retain ? 1 : 0);
  return Buffer.concat([
    Buffer.from([first, ...remainingLength(length), name.length >> 8, name.length & 0xff]),
    name,
    Buffer.from(id),
    body,
  ]);
}
