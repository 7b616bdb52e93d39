/** Lets one hub at a time use a data directory, by a lock that the kernel releases when its process ends, however it ends. */

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { StartError } from "../../core/start-error.ts";

export interface DataDirLock {
  release(): void;
}

/** Throws a StartError that names the process which holds it. */
export function lockDataDir(dataDir: string): DataDirLock {
  const holderFile = path.join(dataDir, "aerie.pid");
  // Node has no flock; SQLite's exclusive lock is one, on every platform.
  const db = new DatabaseSync(path.join(dataDir, "aerie.lock"));
  try {
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    const holder = `${dataDir} is in use by another hub${holderOf(holderFile)}. Stop that one, or give this one another directory (AERIE_DATA_DIR).`;
    throw new StartError(holder, 1, cause, true);
  }
  writeFileSync(holderFile, `${process.pid}\n`);
  return { release: () => db.close() };
}

function holderOf(file: string): string {
  try {
    return `, process ${readFileSync(file, "utf8").trim()}`;
  } catch {
    return "";
  }
}
