/** Copies the whole store into a new file, consistent, while everything goes on. Overwrites nothing. */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { partOf } from "../../core/part-file.ts";
import { pragma } from "./space.ts";

/** One step: SQLite's stepwise copy starts anew at every commit and never ends under ingest. */
export function backup(db: DatabaseSyncInstance, to: string): void {
  if (existsSync(to)) throw new Error(`${to} is there already; give a name that is not`);
  const folder = path.dirname(to);
  if (!existsSync(folder)) throw new Error(`There is no directory ${folder}`);
  checkRoom(db, folder);
  const part = partOf(to);
  rmSync(part, { force: true }); // of a copy that was broken off
  try {
    db.prepare("VACUUM INTO ?").run(part);
    syncPath(part);
    takeName(part, to);
    syncPath(folder);
  } finally {
    rmSync(part, { force: true });
  }
}

function checkRoom(db: DatabaseSyncInstance, folder: string): void {
  const needed = (pragma(db, "page_count") - pragma(db, "freelist_count")) * pragma(db, "page_size");
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;
  throw new Error(`The copy needs ${mb(needed)}, and ${folder} has ${mb(bavail * bsize)} free`);
}

/** A second name never replaces what came there meanwhile, as a new one would; not every file system knows any. */
function takeName(part: string, to: string): void {
  try {
    linkSync(part, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new Error(`${to} is there already`);
    renameSync(part, to);
  }
}

/** A file's content, or a directory's names, on the disk. */
export function syncPath(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
