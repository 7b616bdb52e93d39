/**
 * A record of the outbox: the version of its format, a checksum, and bytes of that format. It is read as it was written, or not at all.
 * Knows no format.
 */
import { crc32 } from "node:zlib";

/** Version, CRC-32 of the version and of what follows. */
const VERSION = 2;
const HEAD_BYTES = 5;
/** V8's own bytes with the head before them; and without, as the first hubs wrote them: these begin with 0xff. */
const FORMER_VERSION = 1;
const V8_FIRST = 0xff;

export interface OpenedRecord {
  /** `v8`: of a former version (former-outbox-group.ts); else outbox-group.ts reads it. */
  readonly format: "v8" | "group";
  readonly content: Uint8Array;
  /** The first hubs wrote none: whether it is damaged shows only when it is read. */
  readonly hasChecksum: boolean;
}

/** A later version of the hub wrote it: it is whole, and not to be taken for damaged. */
export class NewerRecord extends Error {}

export function writeRecord(content: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(HEAD_BYTES + content.length);
  record[0] = VERSION;
  record.writeUInt32LE(sumOf(VERSION, content), 1);
  record.set(content, HEAD_BYTES);
  return record;
}

const sumOf = (version: number, content: Uint8Array): number => crc32(content, crc32(Uint8Array.of(version)));

/** Throws where it is damaged, or a NewerRecord. */
export function openRecord(record: unknown): OpenedRecord {
  if (!(record instanceof Uint8Array)) throw new Error("damaged: these are no bytes");
  const [version = 0] = record;
  if (version === V8_FIRST) return { format: "v8", content: record, hasChecksum: false };
  if (record.length < HEAD_BYTES) throw new Error("damaged: it is cut off");
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const content = bytes.subarray(HEAD_BYTES);
  if (sumOf(version, content) !== bytes.readUInt32LE(1)) throw new Error("damaged: its checksum is another one");
  if (version > VERSION || version < FORMER_VERSION) {
    throw new NewerRecord("what waits for MongoDB was written by a later version of the hub: start that version");
  }
  return { format: version === VERSION ? "group" : "v8", content, hasChecksum: true };
}
