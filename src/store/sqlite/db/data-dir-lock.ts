/** Lets only one hub at a time use a data directory, by a lock that the kernel releases when the process ends. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { StartError } from "../../../core/model/start-error.ts";
import { LOCK_FILE } from "../../../files/data-folder.ts";
import { primaryCode } from "./file-damage.ts";

export interface DataDirLock {
  /** Why the process id could not be written, so that another hub cannot name this process; undefined: it was written. */
  readonly unnamed: unknown;
  release(): void;
}

/** SQLITE_BUSY, SQLITE_CORRUPT and SQLITE_NOTADB. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Throws a StartError that names the process that holds the lock, or the file that is in the way. */
export function lockDataDir(dataDir: string): DataDirLock {
  const holderFile = path.join(dataDir, "aerie.pid");
  const lockFile = path.join(dataDir, LOCK_FILE);
  // Node has no flock; SQLite's exclusive lock is one, on every platform. Nothing is ever written to the file.
  const db = new DatabaseSync(lockFile, { open: false });
  try {
    db.open();
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    if (db.isOpen) db.close();
    throw faultOf(cause, { dataDir, lockFile, holderFile });
  }
  return { unnamed: noteHolder(holderFile), release: () => db.close() };
}

function faultOf(cause: unknown, files: { dataDir: string; lockFile: string; holderFile: string }): StartError {
  const { dataDir, lockFile, holderFile } = files;
  switch (primaryCode(cause)) {
    case BUSY:
      return new StartError(
        `${dataDir} is in use by another hub${holderOf(holderFile)}. Stop that one, or give this one another directory (AERIE_DATA_DIR).`,
        1,
        cause,
        true,
      );
    case CORRUPT:
    case NOT_A_DATABASE:
      return new StartError(
        `${lockFile} is damaged, or not a file of the hub. It holds no data: remove it, and start the hub again.`,
        1,
        cause,
      );
    default:
      return new StartError(
        `${lockFile} cannot be opened: ${(cause as Error).message}. The hub must be able to read and write it. Where it is not a file, remove it; or give the hub another directory (AERIE_DATA_DIR).`,
        1,
        cause,
      );
  }
}

/** It only improves a message: a full disk, or a file that cannot be written, does not stop the start. */
function noteHolder(file: string): unknown {
  try {
    writeFileSync(file, `${process.pid}\n`);
    return undefined;
  } catch (cause) {
    try {
      rmSync(file, { force: true }); // else it names a process that is gone
    } catch {
      // it stays
    }
    return cause;
  }
}

function holderOf(file: string): string {
  try {
    const holder = readFileSync(file, "utf8").trim();
    return /^\d{1,10}$/.test(holder) ? `, process ${holder}` : "";
  } catch {
    return "";
  }
}
