/** Copies the whole store into a new file, consistently, while the hub runs. It never overwrites a file. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import type { FileBeside } from "../../../core/ports/readings-store.ts";
import { partOf } from "../../../core/transfer/part-file.ts";
import { syncPath } from "../../../files/durable-file.ts";
import { pragma } from "../db/space.ts";

/** In one step: SQLite's stepwise copy restarts at every commit, so it would never finish under ingest. */
export function backup(db: DatabaseSyncInstance, to: string, beside: readonly FileBeside[] = []): void {
  if (existsSync(to)) throw new Error(`the file ${to} exists already; choose another name`);
  const folder = path.dirname(to);
  checkFolder(folder);
  checkSpace(db, folder);
  const part = partOf(to);
  rmSync(part, { force: true }); // left by an interrupted copy
  try {
    db.prepare("VACUUM INTO ?").run(part);
    chmodSync(part, 0o600);
    putBeside(part, beside);
    syncPath(part);
    takeName(part, to);
    syncPath(folder);
  } finally {
    rmSync(part, { force: true });
  }
}

/** A table that only copies have: a restore removes it. */
export const BESIDE_TABLE = "beside";

function putBeside(file: string, beside: readonly FileBeside[]): void {
  if (beside.length === 0) return;
  const copy = new DatabaseSync(file);
  try {
    copy.exec(`CREATE TABLE ${BESIDE_TABLE} (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT`);
    const insert = copy.prepare(`INSERT INTO ${BESIDE_TABLE} (name, bytes) VALUES (?, ?)`);
    for (const { name, bytes } of beside) insert.run(name, bytes);
  } finally {
    copy.close();
  }
}

function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`the directory ${folder} does not exist; make it, or choose another one`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Error(
      `the hub may not write to ${folder} (${(cause as NodeJS.ErrnoException).code}); choose another directory`,
    );
  }
}

function checkSpace(db: DatabaseSyncInstance, folder: string): void {
  const needed = (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size");
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;
  throw new Error(
    `the copy needs ${mb(needed)}, and ${folder} has only ${mb(bavail * bsize)} free; free disk space, or choose another directory`,
  );
}

/** A hard link never replaces a file that was created meanwhile, as a rename would; not every file system has links. */
function takeName(part: string, to: string): void {
  try {
    linkSync(part, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new Error(`the file ${to} exists already; choose another name`);
    renameSync(part, to);
  }
}
