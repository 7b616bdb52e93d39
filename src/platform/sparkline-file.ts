/** Keeps the sparklines of an orderly stop for the next start, in a file of the data directory. What is missing is read from the store. */
import { readFileSync } from "node:fs";
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
const NUMBER_BYTES = 4;
/** Of a device: a mean of each of 36 steps, then how many values each is of. */
const NUMBERS = 72;

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
  const bytes = Buffer.alloc(HEAD_BYTES + json.length + sparklines.length * NUMBERS * NUMBER_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32LE(json.length, 5);
  json.copy(bytes, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const { numbers } of sparklines)
    for (let index = 0; index < NUMBERS; index++) at = bytes.writeFloatLE(numbers[index] ?? 0, at);
  bytes.writeUInt32LE(crc32(bytes.subarray(5)), 1);
  return bytes;
}

function read(file: string): readonly KeptSparkline[] {
  try {
    return decodeSparklines(readFileSync(file));
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
    const from = end + index * NUMBERS * NUMBER_BYTES;
    const numbers = Float32Array.from({ length: NUMBERS }, (_, at) => bytes.readFloatLE(from + at * NUMBER_BYTES));
    return { deviceId, metric, newestStep, latestAtMs, wholeFrom, numbers };
  });
}
