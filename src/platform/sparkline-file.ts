/** Keeps the sparklines of an orderly stop for the next start only, in a file of the data directory. What is missing is read from the store. */
import { readFileSync, rmSync } from "node:fs";
import { endianness } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import type { KeptSparkline } from "../core/sparklines/sparklines.ts";
import { watchDataFolder } from "../files/data-folder.ts";
import { replaceFiles } from "../files/durable-file.ts";
import { fileFault } from "../files/file-fault.ts";

export const SPARKLINE_FILE = "sparklines.bin";
const VERSION = 1;
/** The version, the CRC-32 of the rest, and the length of the JSON. */
const HEAD_BYTES = 9;
/** Of a device: a mean of each of 36 steps, then how many values each is of. */
const NUMBERS = 72;
const FLOAT_BYTES = NUMBERS * Float32Array.BYTES_PER_ELEMENT;

/** As `KeptSparkline` has them, in this order. */
type StoredHead = [deviceId: string, metric: string, newestStep: number, latestAtMs: number, wholeFrom: number];

export interface SparklineFile {
  /** None where there is no file, or one that cannot be read or has another version. */
  readonly kept: readonly KeptSparkline[];
  /** Rejects where it cannot be written, or the data directory is another one. */
  save(sparklines: readonly KeptSparkline[]): Promise<void>;
}

export function openSparklineFile(dataDir: string): SparklineFile {
  const file = path.join(dataDir, SPARKLINE_FILE);
  const checkFolder = watchDataFolder(dataDir);
  return {
    kept: read(file),
    save: async (sparklines) => {
      checkFolder();
      try {
        await replaceFiles([{ file, content: encodeSparklines(sparklines) }]);
      } catch (cause) {
        throw new Error(`${file} cannot be written: ${fileFault(cause)}`, { cause });
      }
    },
  };
}

/** Before readings change while no hub runs: the next start reads all from the store. Throws as `node:fs` does. */
export const dropSparklineFile = (dataDir: string): void => rmSync(path.join(dataDir, SPARKLINE_FILE), { force: true });

export function encodeSparklines(sparklines: readonly KeptSparkline[]): Uint8Array {
  const list = sparklines.map(
    ({ deviceId, metric, newestStep, latestAtMs, wholeFrom }): StoredHead => [
      deviceId,
      metric,
      newestStep,
      latestAtMs,
      wholeFrom,
    ],
  );
  const json = Buffer.from(JSON.stringify(list));
  const bytes = Buffer.alloc(HEAD_BYTES + json.length + sparklines.length * FLOAT_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32LE(json.length, 5);
  json.copy(bytes, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const { numbers } of sparklines) {
    bytes.set(littleEndian(new Uint8Array(numbers.slice(0, NUMBERS).buffer)), at);
    at += FLOAT_BYTES;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(5)), 1);
  return bytes;
}

/** Floats of this machine to those of the file, and back; in place. One by one would take a tenth of a second for 10,000 devices. */
function littleEndian(floats: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (endianness() === "BE") Buffer.from(floats.buffer).swap32();
  return floats;
}

function read(file: string): readonly KeptSparkline[] {
  try {
    const content = readFileSync(file);
    // After this run is killed, it would bring back what was erased in it.
    rmSync(file);
    return decodeSparklines(content);
  } catch {
    return [];
  }
}

/** None where they are not of this version, or damaged. */
export function decodeSparklines(content: Uint8Array): KeptSparkline[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < HEAD_BYTES || bytes.readUInt8(0) !== VERSION) return [];
  if (bytes.readUInt32LE(1) !== crc32(bytes.subarray(5))) return [];
  const end = HEAD_BYTES + bytes.readUInt32LE(5);
  const list = JSON.parse(bytes.toString("utf8", HEAD_BYTES, end)) as StoredHead[];
  return list.map(([deviceId, metric, newestStep, latestAtMs, wholeFrom], index) => {
    const from = end + index * FLOAT_BYTES;
    const numbers = new Float32Array(littleEndian(new Uint8Array(bytes.subarray(from, from + FLOAT_BYTES))).buffer);
    return { deviceId, metric, newestStep, latestAtMs, wholeFrom, numbers };
  });
}
