/** Replaces the store with a copy while no hub uses it. It keeps the former store under another name. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { StartError } from "../../../core/model/start-error.ts";
import { makeFolder, replaceFiles, syncPath } from "../../../files/durable-file.ts";
import { fileFault } from "../../../files/file-fault.ts";
import { lockDataDir } from "../db/data-dir-lock.ts";
import { refuseNewerFile } from "../db/newer-file.ts";
import { checkOwner, MIGRATIONS } from "../db/schema.ts";
import { logBytes } from "../db/space.ts";
import { STORE_FILE } from "../db/store-file.ts";
import { findLogDamage, hasFrames } from "../db/write-ahead-log.ts";
import { HUB_FILE, HUB_FORMAT } from "../hub-file/hub-schema.ts";
import { BESIDE_TABLE } from "./backup.ts";
import { exchange, finishExchange, preparedFolder } from "./exchange.ts";

export interface RestoreOptions {
  readonly dataDir: string;
  /** A whole store, as `backup` makes it. */
  readonly copy: string;
  readonly nowMs: number;
  readonly onBytes: (bytes: number) => void;
  /** Names of files that a copy may bring along. */
  readonly beside: readonly string[];
  /** Folders of the data directory that belong to the former store: they are kept beside it, and the copy gets empty ones. */
  readonly outdated: readonly string[];
  /** A line for who asked. */
  readonly say: (line: string) => void;
}

/** Returns the names under which the former files are kept. Rejects with a StartError; the former files are in place then. */
export async function restoreStore(options: RestoreOptions): Promise<readonly string[]> {
  const { dataDir, copy, nowMs, say } = options;
  checkCopy(copy);
  makeFolder(dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const finished = finishExchange(dataDir);
    if (finished !== undefined) say(finished);
    await prepare(options);
    for (const name of [STORE_FILE, HUB_FILE]) emptyLog(path.join(dataDir, name));
  } catch (cause) {
    rmSync(preparedFolder(dataDir), { recursive: true, force: true });
    lock.release();
    if (cause instanceof StartError) throw cause;
    throw new StartError(`The store was not restored: ${fileFault(cause)}. What was there is unchanged.`, 1, cause);
  }
  try {
    return exchange(dataDir, nowMs);
  } catch (cause) {
    throw new StartError((cause as Error).message, 1, cause);
  } finally {
    lock.release();
  }
}

/** Throws if it is not a store, is damaged, or was written by a newer version. */
export function checkCopy(copy: string): void {
  if (!existsSync(copy)) throw new StartError(`The file ${copy} does not exist.`, 1);
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
    throw new StartError(`This file cannot be restored: ${(cause as Error).message}`, 1, cause);
  } finally {
    db?.close();
  }
}

/** Writes everything that the exchange needs to the disk. */
async function prepare({ dataDir, copy, onBytes, beside, outdated }: RestoreOptions): Promise<void> {
  checkSpace(dataDir, copy);
  const folder = preparedFolder(dataDir);
  mkdirSync(folder, { mode: 0o700 });
  const fresh = path.join(folder, STORE_FILE);
  const from = createReadStream(copy, { highWaterMark: 1024 * 1024 });
  from.on("data", () => onBytes(from.bytesRead));
  await pipeline(from, createWriteStream(fresh, { flush: true, mode: 0o600 }));
  await replaceFiles(takeBeside(fresh, folder, beside));
  refuseNewerHubFile(path.join(folder, HUB_FILE), copy);
  for (const each of outdated) {
    if (existsSync(path.join(dataDir, each))) mkdirSync(path.join(folder, each), { mode: 0o700 });
  }
  syncPath(fresh);
}

function refuseNewerHubFile(file: string, copy: string): void {
  try {
    refuseNewerFile(file, HUB_FORMAT);
  } catch (cause) {
    const why = `its ${HUB_FILE} was written by a newer Aerie; restore it with that version`;
    throw new StartError(`${copy} cannot be restored: ${why}`, 1, cause);
  }
}

function checkSpace(dataDir: string, copy: string): void {
  const { bavail, bsize } = statfsSync(dataDir);
  const needed = statSync(copy).size;
  if (bavail * bsize < needed) {
    throw new StartError(
      `The restore needs ${mb(needed)} free in ${dataDir}, and only ${mb(bavail * bsize)} are free. Free disk space first.`,
      1,
    );
  }
}

/** Files that the copy contains besides the store. */
function takeBeside(fresh: string, folder: string, names: readonly string[]): { file: string; content: Uint8Array }[] {
  const db = new DatabaseSync(fresh);
  try {
    db.exec("PRAGMA journal_mode = DELETE"); // a copy of a stopped hub's file would get a log beside it here, which the exchange would move too
    const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(BESIDE_TABLE);
    if (isThere === undefined) return [];
    const rows = db.prepare(`SELECT name, bytes FROM ${BESIDE_TABLE}`).all();
    db.exec(`DROP TABLE ${BESIDE_TABLE}`);
    return rows
      .filter(({ name }) => names.includes(String(name))) // never a path that the copy invented
      .map(({ name, bytes }) => ({ file: path.join(folder, String(name)), content: bytes as Uint8Array }));
  } finally {
    db.close();
  }
}

/** After a kill, the last commits are only in the log. */
function emptyLog(file: string): void {
  if (!existsSync(file)) return;
  try {
    if (hasFrames(logBytes(file)) && findLogDamage(`${file}-wal`) !== undefined) return; // it is kept unchanged
    const db = new DatabaseSync(file);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
  } catch {
    // A damaged store is kept unchanged, with its log.
  }
}

const mb = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;
