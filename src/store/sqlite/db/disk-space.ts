/**
 * Keeps the last space of a full disk for deletions. A reserve file of some megabytes is deleted when it is needed: without it a
 * start on a full disk could not even open the store, and nothing could be deleted. While the disk is full, writes that need space
 * are refused. Runs in the writer's thread.
 */
import { randomFillSync } from "node:crypto";
import { rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { primaryCode } from "./file-damage.ts";
import { pragma } from "./space.ts";

export interface DiskSpace {
  /** For the owner: why writes that need space are refused. */
  problem(): string | undefined;
  /** A write failed with SQLITE_FULL. True: the disk is full, and operations that need no space may be tried again. */
  noteFull(): boolean;
  /** For deletions that failed nevertheless: frees the space of the reserve. */
  releaseReserve(): void;
  /** To be called from time to time. */
  maintain(): void;
}

const MIB = 1_048_576;
export const RESERVE_BYTES = 4 * MIB;
/** With less free space than this a disk is full. */
const FULL_BELOW_BYTES = MIB;
/** Enough to continue, free on the disk or inside the store. */
const ENOUGH_BYTES = 8 * MIB;
/** The part of it that must be free on the disk itself. */
const LOG_BYTES = 2 * MIB;
const GIVE_BACK_PAGES = 128;
const GIVE_BACK_STEPS = 8;
/** With less free space than this no reserve is made. */
const RESERVE_FROM_BYTES = 24 * MIB;
/**
 * The write-ahead log is checkpointed after this many pages (32 MiB), because every commit writes the same index pages again.
 * On a nearly full disk the database must be able to take in the log with the space that the reserve leaves.
 */
const LOG_PAGES = 8_000;
const SHORT_LOG_PAGES = 500;
const SHORT_LOG_BELOW_BYTES = 200 * MIB;

/** `wasFull`: what `releaseReserve` answered before the store was opened. */
export function createDiskSpace(db: DatabaseSyncInstance, file: string, wasFull: boolean): DiskSpace {
  const reserve = reserveOf(file);
  const directory = path.dirname(file);
  let isFull = wasFull;
  let logPages = 0;

  function problem(): string | undefined {
    if (!isFull) return undefined;
    for (
      let steps = 0;
      steps < GIVE_BACK_STEPS && insideBytes() > ENOUGH_BYTES && freeBytes(directory) < LOG_BYTES;
      steps++
    )
      giveBack();
    const free = freeBytes(directory);
    isFull = free < LOG_BYTES || free + insideBytes() < ENOUGH_BYTES;
    if (!isFull) return undefined;
    return `the disk of ${directory} is full, and nothing is stored until ${ENOUGH_BYTES / MIB} MB are free. Delete other files, or devices in the dashboard (a time range: DELETE /api/devices/<id>/readings)`;
  }

  function noteFull(): boolean {
    if (db.isTransaction) return false;
    isFull ||= freeBytes(directory) < FULL_BELOW_BYTES;
    if (isFull) emptyLog();
    return isFull;
  }

  function release(): void {
    rmSync(reserve, { force: true });
    emptyLog();
  }

  const insideBytes = (): number => pragma(db, "freelist_count") * pragma(db, "page_size");

  /** Returns free pages to the disk: a commit needs space in the log before it can reuse pages inside the database. */
  function giveBack(): void {
    try {
      db.exec(`PRAGMA incremental_vacuum(${GIVE_BACK_PAGES})`);
      emptyLog();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      release();
    }
  }

  /** So that its space can be used again, and the database returns what it does not need. */
  function emptyLog(): void {
    try {
      db.exec("PRAGMA wal_checkpoint(RESTART)");
    } catch {
      // the database would have to grow, and cannot
    }
  }

  function setLogPages(free: number): void {
    const wanted = free < SHORT_LOG_BELOW_BYTES ? SHORT_LOG_PAGES : LOG_PAGES;
    if (wanted !== logPages) db.exec(`PRAGMA wal_autocheckpoint = ${wanted}`);
    logPages = wanted;
  }

  function maintain(): void {
    const free = freeBytes(directory);
    setLogPages(free);
    if (isFull || free < RESERVE_FROM_BYTES || isWhole(reserve)) return;
    try {
      writeFileSync(reserve, randomFillSync(Buffer.alloc(RESERVE_BYTES)), { mode: 0o600 }); // a file of zeros may occupy no space
    } catch {
      rmSync(reserve, { force: true }); // tried again the next time
    }
  }

  setLogPages(freeBytes(directory));
  return { problem, noteFull, releaseReserve: release, maintain };
}

/** To be called before the store is opened, and when it cannot be opened. True: the disk is full, with or without a reserve. */
export function releaseReserve(file: string): boolean {
  if (freeBytes(path.dirname(file)) >= FULL_BELOW_BYTES) return false;
  rmSync(reserveOf(file), { force: true });
  return true;
}

export const isDiskFull = (error: unknown): boolean => primaryCode(error) === FULL;
/** SQLITE_FULL. */
const FULL = 13;

export const diskFullText = (file: string): string =>
  `The disk of ${path.dirname(file)} is full, so the store cannot even be read. Free some megabytes, and start the hub again.`;

/** A kill while it is written leaves a short file. */
const isWhole = (reserve: string): boolean => statSync(reserve, { throwIfNoEntry: false })?.size === RESERVE_BYTES;

const reserveOf = (file: string): string => path.join(path.dirname(file), "aerie.reserve");

export function freeBytes(directory: string): number {
  const disk = statfsSync(directory);
  return disk.bavail * disk.bsize;
}
