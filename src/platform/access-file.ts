/** Keeps people, tokens and credentials in a file of the data directory that only its owner may read. Decides nothing. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import path from "node:path";
import { type AccessRecords, type AccessStore, NO_RECORDS } from "../core/access-records.ts";
import type { FileBeside } from "../core/ports.ts";
import { StartError } from "../core/start-error.ts";

const FILE = "access.json";
const KEY_FILE = "access.key";
/** Together they are what a whole copy of the hub needs besides its store. */
export const ACCESS_FILES: readonly string[] = [FILE, KEY_FILE];
const KEY_BYTES = 32;
const VERSION = 1;

export interface AccessFile extends AccessStore {
  /** Of keyed hashes; made when it is asked for first. */
  readonly key: () => Uint8Array;
  /** Settles when all that was given is on disk. */
  close(): Promise<void>;
}

/** Throws a StartError where the file is none of ours, or cannot be read: nobody is let in by mistake. */
export function openAccessFile(dataDir: string): AccessFile {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, FILE);
  const records = readRecords(file);
  let known = records === undefined ? undefined : readKey(path.join(dataDir, KEY_FILE), true);
  let wanted: AccessRecords | undefined;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (wanted !== undefined) {
      const next = wanted;
      wanted = undefined;
      await replaceFile(file, `${JSON.stringify({ version: VERSION, ...next })}\n`);
    }
  }

  function key(): Uint8Array {
    known ??= readKey(path.join(dataDir, KEY_FILE), false);
    return known;
  }

  /** What is given while one is written goes with the next. There are no records without the key. */
  function save(next: AccessRecords): Promise<void> {
    key();
    wanted = next;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    records: records ?? NO_RECORDS,
    key,
    save,
    close: async () => {
      await writing?.catch(() => undefined);
    },
  };
}

export const readAccessFiles = (dataDir: string): FileBeside[] =>
  ACCESS_FILES.flatMap((name) => {
    const file = path.join(dataDir, name);
    return existsSync(file) ? [{ name, bytes: readFileSync(file) }] : [];
  });

function readRecords(file: string): AccessRecords | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { version, ...records } = JSON.parse(readFileSync(file, "utf8")) as AccessRecords & { version: unknown };
    const lists = Object.keys(NO_RECORDS).every((name) => Array.isArray(records[name as keyof AccessRecords]));
    if (version !== VERSION || !lists) throw new Error("it is of another shape");
    return records;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `${file} cannot be read (${why}). Restore it from a backup, or take it away to begin with no accounts.`,
      1,
      cause,
    );
  }
}

/** Without the key no secret that was handed out is known again: a file of records without one is a fault. */
function readKey(file: string, isNeeded: boolean): Uint8Array {
  if (!existsSync(file)) {
    if (isNeeded)
      throw new StartError(
        `${file} is missing: without it no token and no board is known again. Restore it from a backup.`,
        1,
      );
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx", flush: true });
  }
  const key = readFileSync(file);
  if (key.length !== KEY_BYTES) throw new StartError(`${file} is no key of this hub. Restore it from a backup.`, 1);
  return key;
}

/** Whole, or as it was before, also after a power cut. */
async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = await open(`${file}.new`, "w", 0o600);
  try {
    await fresh.writeFile(text);
    await fresh.sync();
  } finally {
    await fresh.close();
  }
  await rename(`${file}.new`, file);
  const directory = await open(path.dirname(file), "r").catch(() => undefined); // Windows opens none
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}
