/** A record of the outbox: a format version, a checksum, and the bytes of that format. A damaged record is never read in part. */
import { crc32 } from "node:zlib";

/** Version, CRC-32 of the version and of what follows. */
const VERSION = 2;
const HEAD_BYTES = 5;
/** V8's serialization behind the head. The first hubs wrote it without the head: it begins with 0xff then. */
const FORMER_VERSION = 1;
const V8_FIRST = 0xff;

export interface OpenedRecord {
  /** `v8`: written by a former version, read by former-outbox-group.ts; `group`: read by outbox-group.ts. */
  readonly format: "v8" | "group";
  readonly content: Uint8Array;
  /** The first hubs wrote none: damage is found only when the record is read. */
  readonly hasChecksum: boolean;
}

/** A later version of the hub wrote the record. It is intact, and must not be treated as damaged. */
export class NewerRecord extends Error {}

export function writeRecord(content: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(HEAD_BYTES + content.length);
  record[0] = VERSION;
  record.writeUInt32LE(sumOf(VERSION, content), 1);
  record.set(content, HEAD_BYTES);
  return record;
}

const sumOf = (version: number, content: Uint8Array): number => crc32(content, crc32(Uint8Array.of(version)));

/** Throws if it is damaged; throws a NewerRecord if a later version wrote it. */
export function openRecord(record: unknown): OpenedRecord {
  if (!(record instanceof Uint8Array)) throw new Error("damaged: not a BLOB");
  const [version = 0] = record;
  if (version === V8_FIRST) return { format: "v8", content: record, hasChecksum: false };
  if (record.length < HEAD_BYTES) throw new Error("damaged: it ends too early");
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const content = bytes.subarray(HEAD_BYTES);
  if (sumOf(version, content) !== bytes.readUInt32LE(1)) throw new Error("damaged: its checksum does not match");
  if (version > VERSION || version < FORMER_VERSION) {
    throw new NewerRecord("what waits for MongoDB was written by a later version of the hub: start that version");
  }
  return { format: version === VERSION ? "group" : "v8", content, hasChecksum: true };
}
