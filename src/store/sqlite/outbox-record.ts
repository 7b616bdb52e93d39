/** A value as bytes with a checksum, and back: a record of the outbox is sent as it was written, or not at all. */
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";

/** Version, CRC-32 of the version and of what follows. V8's own bytes, of which a record consisted before, begin with 0xff. */
const VERSION = 1;
const HEAD_BYTES = 5;
const V8_FIRST = 0xff;

/** A later version of the hub wrote it: it is whole, and not to be taken for damaged. */
export class NewerRecord extends Error {}

export function writeRecord(value: unknown): Buffer {
  const bytes = serialize(value);
  const head = Buffer.alloc(HEAD_BYTES, VERSION);
  head.writeUInt32LE(sumOf(VERSION, bytes), 1);
  return Buffer.concat([head, bytes]);
}

const sumOf = (version: number, bytes: Uint8Array): number => crc32(bytes, crc32(Uint8Array.of(version)));

/** Throws where it is damaged, or a NewerRecord. */
export function readRecord(record: unknown): unknown {
  if (!(record instanceof Uint8Array)) throw new Error("damaged: these are no bytes");
  const [version = 0] = record;
  if (version === V8_FIRST) return deserialize(record);
  if (record.length < HEAD_BYTES) throw new Error("damaged: it is cut off");
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const rest = bytes.subarray(HEAD_BYTES);
  if (sumOf(version, rest) !== bytes.readUInt32LE(1)) throw new Error("damaged: its checksum is another one");
  if (version !== VERSION) {
    throw new NewerRecord("what waits for MongoDB was written by a later version of the hub: start that version");
  }
  return deserialize(rest);
}
