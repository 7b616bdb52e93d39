/**
 * Keeps the last of a full disk for deleting. A file of some megabytes is there to be given up for it: without it a start on a full
 * disk could not even open the store, and nothing could be deleted to make room. While the disk is full, what would take room is
 * refused. Runs in the writer's thread; deletes nothing of the owner.
 */
import { randomFillSync } from "node:crypto";
import { rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { primaryCode } from "./file-damage.ts";
import { pragma } from "./space.ts";

export interface DiskSpace {
  /** Why nothing that takes room may be written, in words for the owner. */
  problem(): string | undefined;
  /** A write failed for want of room. True: because the disk is full, and what takes no room is worth another try. */
  noteFull(): boolean;
  /** For what deletes, where that has failed all the same: the reserve's room is there now. */
  releaseReserve(): void;
  /** From time to time. */
  maintain(): void;
}

const MIB = 1_048_576;
const RESERVE_BYTES = 4 * MIB;
/** With less than this a disk is full. */
const FULL_BELOW_BYTES = MIB;
/** Enough to continue, free on the disk or inside the store. */
const ENOUGH_BYTES = 8 * MIB;
/** Of these so much must be free on the disk itself. */
const LOG_BYTES = 2 * MIB;
const GIVE_BACK_PAGES = 128;
const GIVE_BACK_STEPS = 8;
/** With less than this no reserve is made. */
const RESERVE_FROM_BYTES = 24 * MIB;
/**
 * The write-ahead log is emptied into the database after so many pages: 32 MiB, because the same pages of an index are written again
 * by every commit. On a disk that is nearly full the database must be able to take the log in with what the reserve leaves.
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
    return `the disk of ${directory} is full, and nothing is stored until ${ENOUGH_BYTES / MIB} MB are free. Delete devices or ranges in the dashboard, or other files`;
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

  /** What was deleted becomes room of the disk: a commit takes some in the log before it uses what is free inside. */
  function giveBack(): void {
    try {
      db.exec(`PRAGMA incremental_vacuum(${GIVE_BACK_PAGES})`);
      emptyLog();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      release();
    }
  }

  /** So that its room can be used again, and the database gives back what it does not need. */
  function emptyLog(): void {
    try {
      db.exec("PRAGMA wal_checkpoint(RESTART)");
    } catch {
      // the database has to grow, and cannot
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
      writeFileSync(reserve, randomFillSync(Buffer.alloc(RESERVE_BYTES)), { mode: 0o600 }); // zeros may take no room
    } catch {
      rmSync(reserve, { force: true }); // the next time
    }
  }

  setLogPages(freeBytes(directory));
  return { problem, noteFull, releaseReserve: release, maintain };
}

/** Before the store is opened, and when it cannot be. True: the disk is full, whether or not there was a reserve. */
export function releaseReserve(file: string): boolean {
  if (freeBytes(path.dirname(file)) >= FULL_BELOW_BYTES) return false;
  rmSync(reserveOf(file), { force: true });
  return true;
}

export const isDiskFull = (error: unknown): boolean => primaryCode(error) === FULL;
/** SQLITE_FULL. */
const FULL = 13;

export const diskFullText = (file: string): string =>
  `The disk of ${path.dirname(file)} is full, even to read what is there. Make some megabytes free, and start the hub again.`;

/** A kill while it was written leaves a short one. */
const isWhole = (reserve: string): boolean => statSync(reserve, { throwIfNoEntry: false })?.size === RESERVE_BYTES;

const reserveOf = (file: string): string => path.join(path.dirname(file), "aerie.reserve");

function freeBytes(directory: string): number {
  const disk = statfsSync(directory);
  return disk.bavail * disk.bsize;
}
