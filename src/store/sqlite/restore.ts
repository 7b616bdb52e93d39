/** Puts a copy in the place of the store while no hub uses it. Takes nothing away: what was there is kept under another name. */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { StartError } from "../../core/start-error.ts";
import { BESIDE_TABLE, syncPath } from "./backup.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import { checkOwner, MIGRATIONS } from "./schema.ts";
import { STORE_FILE } from "./store-file.ts";

export interface RestoreOptions {
  readonly dataDir: string;
  /** A whole store, as `backup` makes it. */
  readonly copy: string;
  readonly nowMs: number;
  readonly onBytes: (bytes: number) => void;
  /** Names of files that a copy may bring along. */
  readonly beside: readonly string[];
}

/** Where the former store is kept; undefined: there was none. Rejects with a StartError, and nothing is changed then. */
export async function restoreStore({
  dataDir,
  copy,
  nowMs,
  onBytes,
  beside,
}: RestoreOptions): Promise<string | undefined> {
  checkCopy(copy);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataDir(dataDir);
  try {
    const file = path.join(dataDir, STORE_FILE);
    const fresh = `${file}.restoring`;
    checkRoom(dataDir, copy);
    try {
      await copyTo(fresh, copy, onBytes);
      takeBeside(fresh, dataDir, beside, nowMs);
      return exchange(file, fresh, nowMs);
    } finally {
      rmSync(fresh, { force: true });
    }
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw new StartError(`The store was not restored: ${(cause as Error).message}`, 1, cause);
  } finally {
    lock.release();
  }
}

/** Throws where it is no store, or one that this version cannot use, or damaged. */
export function checkCopy(copy: string): void {
  if (!existsSync(copy)) throw new StartError(`There is no file ${copy}`, 1);
  let db: DatabaseSyncInstance | undefined;
  try {
    db = new DatabaseSync(copy, { readOnly: true });
    const { isNew } = checkOwner(db, copy);
    if (isNew) throw new Error(`${copy} is empty`);
    const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > MIGRATIONS.length)
      throw new Error(`${copy} was written by a newer Aerie; restore it with that version`);
    const found = String(db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    if (found !== "ok") throw new Error(`${copy} is damaged: ${found}`);
  } catch (cause) {
    throw new StartError(`This is no copy that can be restored: ${(cause as Error).message}`, 1, cause);
  } finally {
    db?.close();
  }
}

function checkRoom(dataDir: string, copy: string): void {
  const { bavail, bsize } = statfsSync(dataDir);
  const needed = statSync(copy).size;
  if (bavail * bsize < needed) {
    throw new StartError(`${dataDir} has room for ${bavail * bsize} bytes, and the copy takes ${needed}`, 1);
  }
}

async function copyTo(fresh: string, copy: string, onBytes: (bytes: number) => void): Promise<void> {
  const from = createReadStream(copy, { highWaterMark: 1024 * 1024 });
  from.on("data", () => onBytes(from.bytesRead));
  await pipeline(from, createWriteStream(fresh, { flush: true, mode: 0o600 }));
}

/** What a copy brought along besides the store; what was there under these names is kept aside. */
function takeBeside(fresh: string, dataDir: string, names: readonly string[], nowMs: number): void {
  const db = new DatabaseSync(fresh);
  try {
    const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(BESIDE_TABLE);
    if (isThere === undefined) return;
    for (const { name, bytes } of db.prepare(`SELECT name, bytes FROM ${BESIDE_TABLE}`).all()) {
      if (!names.includes(String(name))) continue; // never a path that a copy made up
      const file = path.join(dataDir, String(name));
      if (existsSync(file)) renameSync(file, asideOf(file, nowMs));
      writeFileSync(file, bytes as Uint8Array, { mode: 0o600, flush: true });
    }
    db.exec(`DROP TABLE ${BESIDE_TABLE}`);
  } finally {
    db.close();
  }
}

const asideOf = (file: string, nowMs: number): string =>
  `${file}.before-restore-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "-")}`;

/** The store's name stands for a whole store at every moment, whenever the power goes. */
function exchange(file: string, fresh: string, nowMs: number): string | undefined {
  const aside = asideOf(file, nowMs);
  const isThere = existsSync(file);
  if (isThere) keepAside(file, aside);
  rmSync(`${file}-wal`, { force: true });
  rmSync(`${file}-shm`, { force: true });
  renameSync(fresh, file);
  syncPath(path.dirname(file));
  return isThere ? aside : undefined;
}

function keepAside(file: string, aside: string): void {
  emptyLog(file);
  // A log that could not be emptied belongs to the file, and is found by its name.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  try {
    linkSync(file, aside);
  } catch {
    renameSync(file, aside); // a file system that knows no second name
  }
}

/** Of a hub that was killed: what it committed last is not in the file yet. */
function emptyLog(file: string): void {
  try {
    const db = new DatabaseSync(file);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
  } catch {
    // A damaged store is kept as it is.
  }
}
