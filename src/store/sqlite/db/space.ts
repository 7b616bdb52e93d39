/** Measures the size of the store and the free space of its disk. */
import { statfsSync, statSync } from "node:fs";
import path from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { StoreSpace } from "../../../core/ports/readings-store.ts";

export function readSpace(db: DatabaseSyncInstance, file: string): StoreSpace {
  const pageBytes = pragma(db, "page_size");
  const disk = statfsSync(path.dirname(file));
  return {
    usedBytes: pragma(db, "page_count") * pageBytes + logBytes(file),
    reusableBytes: pragma(db, "freelist_count") * pageBytes,
    diskFreeBytes: disk.bavail * disk.bsize,
    diskBytes: disk.blocks * disk.bsize,
  };
}

/** Size of the write-ahead log, which does not exist before the first write. */
export const logBytes = (file: string): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;

export function pragma(db: DatabaseSyncInstance, name: "page_size" | "page_count" | "freelist_count"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
