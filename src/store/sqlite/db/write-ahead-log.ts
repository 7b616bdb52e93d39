/**
 * Checks a write-ahead log before SQLite opens it, because SQLite silently drops everything behind the first damaged byte. The
 * format: https://sqlite.org/fileformat2.html, 4.
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { endianness } from "node:os";

export interface LogDamage {
  /** Position of the first frame that cannot be read; 0: the header. */
  readonly atByte: number;
  /** Commits from that position on: each was on the disk before the next one began. */
  readonly commits: number;
  /** Changes each time the log restarts. */
  readonly generation: string;
}

const HEADER_BYTES = 32;
const FRAME_HEAD_BYTES = 24;
const MAGIC = 0x377f0682;
/** As the schema sets it; of a header that is damaged. */
const OUR_PAGE_BYTES = 4_096;
const CHUNK_FRAMES = 256;

/** The log holds at least one page of a commit. */
export const hasFrames = (logBytes: number): boolean => logBytes >= HEADER_BYTES + FRAME_HEAD_BYTES + OUR_PAGE_BYTES;

/**
 * Undefined: the log is complete, or ends in the middle of the last commit, as a power cut leaves it. Damage is proved by a frame
 * that was written behind a commit (its checksum continues the commit's) and cannot be reached: a commit is synced before the next.
 */
export function findLogDamage(log: string): LogDamage | undefined {
  const descriptor = openSync(log, "r");
  try {
    return hasFrames(fstatSync(descriptor).size) ? scan(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

type Sums = readonly [number, number];

function scan(descriptor: number): LogDamage | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(descriptor, header, 0, HEADER_BYTES, 0);
  const saysBig = header.readUInt32BE(0) === MAGIC + 1;
  const headerSums = sumUp(header, 0, 24, !saysBig, [0, 0]);
  const isHeaderWhole = (header.readUInt32BE(0) & ~1) === MAGIC && isSums(header, 24, headerSums);
  const isLittle = isHeaderWhole ? !saysBig : endianness() === "LE";
  const frameBytes = FRAME_HEAD_BYTES + (isHeaderWhole ? header.readUInt32BE(8) : OUR_PAGE_BYTES);
  const chunk = Buffer.alloc(frameBytes * CHUNK_FRAMES);
  let salts = isHeaderWhole ? header.toString("hex", 16, 24) : undefined;
  let brokenAt = isHeaderWhole ? undefined : 0;
  let isProved = false;
  let commits = 0;
  let sums = headerSums;
  let isCommitBefore = false;
  for (let at = HEADER_BYTES; ; ) {
    const read = readSync(descriptor, chunk, 0, chunk.length, at);
    for (let from = 0; from + frameBytes <= read; from += frameBytes, at += frameBytes) {
      salts ??= chunk.toString("hex", from + 8, from + 16);
      const isCurrent = chunk.toString("hex", from + 8, from + 16) === salts;
      const own = sumUp(chunk, from, from + 8, isLittle, sums);
      const isNext =
        isCurrent && isSums(chunk, from + 16, sumUp(chunk, from + FRAME_HEAD_BYTES, from + frameBytes, isLittle, own));
      const isCommit = chunk.readUInt32BE(from + 4) !== 0;
      if (!isNext) brokenAt ??= at;
      if (brokenAt !== undefined) {
        isProved ||= isNext && isCommitBefore;
        if (isCurrent && isCommit) commits++;
      }
      // The next frame continues the checksum that is stored here, whether this frame is intact or not.
      sums = [chunk.readUInt32BE(from + 16), chunk.readUInt32BE(from + 20)];
      isCommitBefore = isCommit;
    }
    if (read < chunk.length) break;
  }
  return isProved && brokenAt !== undefined ? { atByte: brokenAt, commits, generation: salts ?? "" } : undefined;
}

const isSums = (bytes: Buffer, at: number, [a, b]: Sums): boolean =>
  bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;

/** SQLite's checksum, continued from the given value. */
function sumUp(bytes: Buffer, from: number, to: number, isLittle: boolean, [first, second]: Sums): Sums {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [a, b] = [first, second];
  for (let at = from; at < to; at += 8) {
    a = (a + words.getUint32(at, isLittle) + b) >>> 0;
    b = (b + words.getUint32(at + 4, isLittle) + a) >>> 0;
  }
  return [a, b];
}
