/** Keeps people, tokens and credentials in a private file of the data directory. */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type AccessStore, NO_RECORDS } from "../../core/access/access-records.ts";
import { StartError } from "../../core/model/start-error.ts";
import type { Log } from "../../core/ports/log.ts";
import type { FileBeside } from "../../core/ports/readings-store.ts";
import { watchDataFolder } from "../../files/data-folder.ts";
import { makeFolder, removeLeftovers, replaceFiles } from "../../files/durable-file.ts";
import { fileFault } from "../../files/file-fault.ts";
import { keepPrivate } from "../../files/private-file.ts";
import { ACCESS_FILE, type AccessText, formatAccess, parseAccess } from "./access-format.ts";

const KEY_FILE = "access.key";
/** Together they are what a whole copy of the hub needs besides its store. */
export const ACCESS_FILES: readonly string[] = [ACCESS_FILE, KEY_FILE];
const KEY_BYTES = 32;

export interface AccessFile extends AccessStore {
  /** Of keyed hashes. */
  readonly key: Uint8Array;
  /** Puts the key on disk, where it is not; `save` does it too. Rejects with an Error in the owner's words. */
  saveKey(): Promise<void>;
}

/** Throws a StartError if the file is damaged or cannot be read: nobody is let in by mistake. */
export function openAccessFile({ dataDir, log }: { readonly dataDir: string; readonly log: Log }): AccessFile {
  makeFolder(dataDir);
  const checkFolder = watchDataFolder(dataDir);
  const [file, keyFile] = [path.join(dataDir, ACCESS_FILE), path.join(dataDir, KEY_FILE)];
  removeLeftovers([file, keyFile]);
  for (const each of [file, keyFile]) keepPrivate(each, log);
  const { records, keyCheck } = readRecords(file);
  const isKeyNeeded = Object.values(records).some((list) => Array.isArray(list) && list.length > 0);
  const kept = readKey(keyFile, isKeyNeeded);
  const key = kept ?? randomBytes(KEY_BYTES);
  if (isKeyNeeded && keyCheck !== undefined && keyCheck !== checkOf(key)) throw notTheKey(keyFile);
  let isKeySaved = kept !== undefined;

  async function saveKey(): Promise<void> {
    if (isKeySaved) return;
    checkFolder();
    await put(keyFile, key);
    isKeySaved = true;
  }

  return {
    records,
    key,
    saveKey,
    save: async (next) => {
      await saveKey(); // there are no records without it
      checkFolder();
      await put(file, formatAccess({ records: next, keyCheck: checkOf(key) }));
    },
  };
}

export const readAccessFiles = (dataDir: string): FileBeside[] =>
  ACCESS_FILES.flatMap((name) => {
    const file = path.join(dataDir, name);
    return existsSync(file) ? [{ name, bytes: readFileSync(file) }] : [];
  });

async function put(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await replaceFiles([{ file, content }]);
  } catch (cause) {
    throw new Error(`${file} cannot be written: ${fileFault(cause)}`, { cause });
  }
}

const checkOf = (key: Uint8Array): string => createHmac("sha256", key).update("the key of access.json").digest("hex");

function readRecords(file: string): AccessText {
  try {
    const content = readIfThere(file);
    return content === undefined ? { records: NO_RECORDS, keyCheck: undefined } : parseAccess(content.toString());
  } catch (cause) {
    throw new StartError(
      `${file} cannot be read (${fileFault(cause)}). Restore it from a backup, or move it away and set the hub up again: all accounts, tokens and board secrets are then lost.`,
      1,
      cause,
    );
  }
}

/** Undefined: there is no valid key, and none is needed. */
function readKey(file: string, isNeeded: boolean): Uint8Array | undefined {
  let key: Buffer | undefined;
  try {
    key = readIfThere(file);
  } catch (cause) {
    throw new StartError(`${file} cannot be read: ${fileFault(cause)}. Restore it from a backup.`, 1, cause);
  }
  if (key?.length === KEY_BYTES) return key;
  if (!isNeeded) return undefined;
  if (key !== undefined) throw notTheKey(file);
  throw new StartError(
    `${file} is missing: without it no token and no board secret works. Restore it from a backup.`,
    1,
  );
}

const notTheKey = (file: string): StartError =>
  new StartError(
    `${file} is not the key that belongs to ${ACCESS_FILE}: with it no token and no board secret works. Restore it from a backup (both files of the same one), or move both away and set the hub up again: all accounts, tokens and board secrets are then lost.`,
    1,
  );

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
