/** The envelope of every compressed row: a version, a checksum, named sections. */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import type { ByteCursor } from "./byte-cursor.ts";
import { ByteWriter } from "./byte-writer.ts";

/** A compressed row cannot be read; the message says why. */
export class SegmentError extends Error {}

/** Instead of a version: the rest is the row as it was found, damaged. */
export const DAMAGED_ROW = 255;

/** Version, CRC-32 of what follows. */
const HEAD_BYTES = 5;

export function sealBytes(version: number, bytes: Buffer): Buffer {
  const deflated = deflateRawSync(bytes, { level: 6 });
  const sealed = Buffer.allocUnsafe(HEAD_BYTES + deflated.length);
  sealed[0] = version;
  sealed.writeUInt32LE(crc32(deflated), 1);
  sealed.set(deflated, HEAD_BYTES);
  return sealed;
}

/** Throws a SegmentError if they are damaged or of another version. */
export function openBytes(version: number, sealed: Buffer): Buffer {
  if (sealed[0] === DAMAGED_ROW) throw new SegmentError("damaged before it was compressed");
  if (sealed.length < HEAD_BYTES) throw new SegmentError("damaged: it ends too early");
  if (sealed[0] !== version) throw new SegmentError(`of version ${sealed[0]}; this program knows version ${version}`);
  const deflated = sealed.subarray(HEAD_BYTES);
  if (crc32(deflated) !== sealed.readUInt32LE(1)) throw new SegmentError("damaged: its checksum does not match");
  return inflateRawSync(deflated);
}

/** Names and lengths first, so that one section can be read without the others. */
export function writeSections<T>(
  out: ByteWriter,
  sections: ReadonlyMap<string, T>,
  write: (out: ByteWriter, section: T) => void,
): void {
  const written = [...sections].map(([name, section]) => {
    const into = new ByteWriter();
    write(into, section);
    return { name, bytes: into.written() };
  });
  out.varint(written.length);
  for (const { name, bytes } of written) {
    out.text(name);
    out.varint(bytes.length);
  }
  for (const { bytes } of written) out.bytes(bytes);
}

export function readSections(from: ByteCursor): Map<string, Buffer> {
  const heads = Array.from({ length: from.varint() }, () => ({ name: from.text(), length: from.varint() }));
  return new Map(heads.map(({ name, length }) => [name, from.bytes(length)]));
}
