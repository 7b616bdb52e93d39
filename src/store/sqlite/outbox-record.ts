/** A value as bytes with a checksum, and back: a record of the outbox is sent as it was written, or not at all. */
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";

/** Version, CRC-32 of what follows. V8's own bytes, of which a record consisted before, begin with 0xff. */
const VERSION = 1;
const HEAD_BYTES = 5;
const V8_FIRST = 0xff;

export function writeRecord(value: unknown): Buffer {
  const bytes = serialize(value);
  const head = Buffer.alloc(HEAD_BYTES, VERSION);
  head.writeUInt32LE(crc32(bytes), 1);
  return Buffer.concat([head, bytes]);
}

/** Throws where it is damaged. */
export function readRecord(record: unknown): unknown {
  if (!(record instanceof Uint8Array)) throw new Error("damaged: these are no bytes");
  if (record[0] === V8_FIRST) return deserialize(record);
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (record[0] !== VERSION || bytes.length < HEAD_BYTES)
    throw new Error("damaged: of no version that this program knows");
  const rest = bytes.subarray(HEAD_BYTES);
  if (crc32(rest) !== bytes.readUInt32LE(1)) throw new Error("damaged: its checksum is another one");
  return deserialize(rest);
}
