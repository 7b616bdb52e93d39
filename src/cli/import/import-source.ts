/** Opens a file to import: plain or gzip, CSV or NDJSON. */
import { createReadStream } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CommandFault } from "../shared/command-fault.ts";

export type FileFormat = "csv" | "ndjson";

export interface ImportSource {
  /** Absolute, links followed. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly format: FileFormat;
  /** Unpacked. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of the file as it lies there. */
  readBytes(): number;
}

/** Rejects with a CommandFault where there is no such file. */
export async function openImportSource(name: string, format: FileFormat | undefined): Promise<ImportSource> {
  try {
    const file = await realpath(name);
    const { size, mtimeMs } = await stat(file);
    const isGzip = await beginsWithGzip(file);
    const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
    const bytes = isGzip ? unpacked(raw) : raw;
    const known = format ?? formatOfName(name);
    return {
      file,
      sizeBytes: size,
      modifiedMs: mtimeMs,
      format: known ?? (await formatOfContent(file, isGzip)),
      bytes,
      readBytes: () => raw.bytesRead,
    };
  } catch (cause) {
    throw new CommandFault(`${name} cannot be read: ${(cause as Error).message}`);
  }
}

function unpacked(raw: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  pipeline(raw, gunzip).catch(() => undefined); // the reader of `gunzip` gets the error
  return gunzip;
}

async function beginsWithGzip(file: string): Promise<boolean> {
  const begin = await beginOf(file);
  return begin[0] === 0x1f && begin[1] === 0x8b;
}

async function beginOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function formatOfName(name: string): FileFormat | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, "");
  if (/\.(csv|tsv)$/.test(plain)) return "csv";
  return /\.(ndjson|jsonl|json)$/.test(plain) ? "ndjson" : undefined;
}

/** A line of NDJSON begins with a brace, and no column is called so. */
async function formatOfContent(file: string, isGzip: boolean): Promise<FileFormat> {
  let text = "";
  const stream = isGzip ? unpacked(createReadStream(file)) : createReadStream(file, { end: 4_095 });
  for await (const part of stream) {
    text += String(part);
    if (text.trim() !== "") break;
  }
  return text.trimStart().startsWith("{") ? "ndjson" : "csv";
}
