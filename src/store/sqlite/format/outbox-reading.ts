/** The format of a reading in an outbox record: a row of fixed length, and its body behind all rows. The layout is stored: it may not change. */
import type { DeviceId, MetricValue } from "../../../contract/readings.ts";
import type { Body, ReadingWrite } from "../../../core/ports/writes.ts";

/** Bytes from the beginning of the row; little-endian. */
const AT = {
  /** Doubles. */
  atMs: 0,
  receivedAtMs: 8,
  /** NONE: it has none. */
  n: 16,
  /** Unsigned, 32 bits. */
  device: 24,
  /** NO_CLIENT: it came with QoS 0, and the fields of the packet have no meaning. */
  client: 28,
  bodyBytes: 32,
  element: 36,
  /** Unsigned, 16 bits. */
  packetId: 40,
  /** One byte; the one behind it is 0. */
  flags: 42,
} as const;
export const READING_BYTES = 44;

const NONE = -1;
const NO_CLIENT = 0xffff_ffff;
const TIMED = 1;
const DUP = 2;

export const bodyBytes = (body: Body): number =>
  typeof body === "string" ? Buffer.byteLength(body) : body.reduce((sum, { length }) => sum + length, 0);

/** `row`: of READING_BYTES. `text`: the index of a device or client id. */
export function writeReading(write: ReadingWrite, row: DataView, start: number, text: (text: string) => number): void {
  const { packet } = write;
  row.setFloat64(start + AT.atMs, write.atMs, true);
  row.setFloat64(start + AT.receivedAtMs, write.receivedAtMs, true);
  row.setFloat64(start + AT.n, write.n ?? NONE, true);
  row.setUint32(start + AT.device, text(write.deviceId), true);
  row.setUint32(start + AT.client, packet === undefined ? NO_CLIENT : text(packet.clientId), true);
  row.setUint32(start + AT.bodyBytes, bodyBytes(write.body), true);
  row.setUint32(start + AT.element, write.element, true);
  row.setUint16(start + AT.packetId, packet?.id ?? 0, true);
  row.setUint8(start + AT.flags, (write.timed ? TIMED : 0) | (packet?.dup === true ? DUP : 0));
}

/** Returns where the next one begins. */
export function writeBody(body: Body, into: Buffer, start: number): number {
  if (typeof body === "string") return start + into.write(body, start);
  let at = start;
  for (const part of body) {
    into.set(part, at);
    at += part.length;
  }
  return at;
}

/** `body`: the text of so many bytes, which follow those of the row before. */
export function readReading(
  row: DataView,
  start: number,
  text: (index: number) => string,
  body: (bytes: number) => string,
): ReadingWrite {
  const [n, client, flags] = [
    row.getFloat64(start + AT.n, true),
    row.getUint32(start + AT.client, true),
    row.getUint8(start + AT.flags),
  ];
  const [id, dup] = [row.getUint16(start + AT.packetId, true), (flags & DUP) !== 0];
  return readingWrite({
    deviceId: text(row.getUint32(start + AT.device, true)) as DeviceId,
    atMs: row.getFloat64(start + AT.atMs, true),
    timed: (flags & TIMED) !== 0,
    receivedAtMs: row.getFloat64(start + AT.receivedAtMs, true),
    element: row.getUint32(start + AT.element, true),
    n: n === NONE ? undefined : n,
    packet: client === NO_CLIENT ? undefined : { clientId: text(client), id, dup },
    body: body(row.getUint32(start + AT.bodyBytes, true)),
  });
}

/** Its metrics are read from its body. */
export function readingWrite({
  n,
  ...about
}: Omit<ReadingWrite, "kind" | "metrics" | "body" | "n"> & { body: string; n: number | undefined }): ReadingWrite {
  const metrics = new Map(Object.entries(JSON.parse(about.body) as { [metric: string]: MetricValue }));
  return { kind: "reading", metrics, ...about, ...(n !== undefined && { n }) };
}
