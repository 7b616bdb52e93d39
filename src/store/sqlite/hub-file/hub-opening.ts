/** Opens `hub.db`; one that is damaged is replaced by what can be read of it. Runs in its thread. */
import { chmodSync, openSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { identityOf } from "../../../files/data-folder.ts";
import { checkLog } from "../db/check-log.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { diskFaultOf, diskWords, START_AGAIN } from "../db/disk-fault.ts";
import { isDiskFull } from "../db/disk-space.ts";
import { primaryCode, testReadsBy } from "../db/file-damage.ts";
import { type OpenedFiles, watchOpenedFiles } from "../db/opened-files.ts";
import { createReadTest } from "../db/read-test.ts";
import { checkOwner, migrate } from "../db/schema.ts";
import { logBytes } from "../db/space.ts";
import { hasFrames } from "../db/write-ahead-log.ts";
import { createHubAlerts, type HubAlerts } from "./hub-alerts.ts";
import { createHubEntries, type HubEntries } from "./hub-entries.ts";
import { finishRescue, isUnreadable, moveAside, rescue } from "./hub-rescue.ts";
import { HUB_FORMAT } from "./hub-schema.ts";
import { createHubTimes, type HubTimes } from "./hub-times.ts";

export interface HubFileThreadData {
  readonly file: string;
  /** For tests: the most pages of the file (a full disk). */
  readonly maxPages: number | undefined;
}

export interface OpenedHub {
  readonly db: DatabaseSyncInstance;
  readonly descriptor: number;
  readonly files: OpenedFiles;
  readonly entries: HubEntries;
  readonly times: HubTimes;
  readonly alerts: HubAlerts;
}

const BUSY = 5;

/** The file cannot be used as it is, and what it holds is to be rescued. */
class UnusableFile extends Error {}

/** Throws, with a text for the owner, if the disk is full or fails, or another program has the file. */
export function openHub(data: HubFileThreadData, note: NoteDamage): OpenedHub {
  const { file } = data;
  try {
    const kept = finishRescue(file);
    if (kept !== undefined) note({ words: rescuedWords(file, "it could not be read before this start", kept) });
    keepLostLog(file, note);
    return openFile(data, note, logDamage(file, note));
  } catch (error) {
    const diskFault = diskFaultOf(error);
    if (diskFault !== undefined) throw new Error(diskWords(file, diskFault, START_AGAIN), { cause: error });
    if (isDiskFull(error)) throw new Error(fullWords(file, START_AGAIN), { cause: error });
    if (primaryCode(error) === BUSY) throw new Error(`${file} is in use by another program. Close that one`);
    throw error;
  }
}

/** A log without its database: SQLite would delete it. */
function keepLostLog(file: string, note: NoteDamage): void {
  const isThere = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (isThere || !hasFrames(logBytes(file))) return;
  note({ words: rescuedWords(file, "it is missing or empty beside its write-ahead log", moveAside(file)) });
}

/** Undefined: the file can be opened with its log. */
function logDamage(file: string, note: NoteDamage): string | undefined {
  try {
    return checkLog(file, "", note) ? "" : undefined;
  } catch (error) {
    if (diskFaultOf(error) !== undefined || isDiskFull(error)) throw error;
    return (error as Error).message;
  }
}

/** `damage`: known before it is opened; empty: the log is, and the file without that part of it is whole. */
function openFile(data: HubFileThreadData, note: NoteDamage, damage: string | undefined): OpenedHub {
  const { file } = data;
  const before = identityOf(file);
  const db = new DatabaseSync(file);
  const descriptor = openSync(file, "r");
  testReadsBy(createReadTest(file, descriptor));
  try {
    if (damage) throw new UnusableFile(damage);
    prepare(db, data);
    if (damage === "") db.exec("PRAGMA wal_checkpoint(TRUNCATE)"); // else the next start reports the same damage again
  } catch (error) {
    if (!(error instanceof UnusableFile) && !isUnreadable(error)) throw error;
    return rescueAndOpen(data, note, db, (error as Error).message);
  }
  const files = watchOpenedFiles(file, before);
  return {
    db,
    descriptor,
    files,
    entries: createHubEntries(db),
    times: createHubTimes(db),
    alerts: createHubAlerts(db),
  };
}

function prepare(db: DatabaseSyncInstance, { file, maxPages }: HubFileThreadData): void {
  ownerOnly(file);
  db.exec("PRAGMA busy_timeout = 2000"); // somebody may look into the file with a program of SQLite
  try {
    checkOwner(db, file, HUB_FORMAT);
  } catch (error) {
    throw primaryCode(error) === undefined ? new UnusableFile("it is no hub.db of Aerie") : error;
  }
  // The first two have an effect only before the first table.
  db.exec("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  // As in the store: each commit waits for the log to be on the disk.
  db.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
  db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA wal_autocheckpoint = 250");
  migrate(db, file, HUB_FORMAT.migrations, HUB_FORMAT.applicationId);
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
}

/** It holds secrets of channels. SQLite gives its log the same mode. */
function ownerOnly(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // the file is another user's, or the file system has no modes
  }
}

/** `db` must not be used afterwards. */
export function rescueAndOpen(
  data: HubFileThreadData,
  note: NoteDamage,
  db: DatabaseSyncInstance,
  reason: string,
): OpenedHub {
  const { rows, kept } = rescue(db, data.file);
  note({ words: rescuedWords(data.file, reason, kept, rows) });
  return openFile(data, note, undefined);
}

const rescuedWords = (file: string, reason: string, kept: string, rows?: number): string =>
  `${file} was damaged (${reason}). The hub continues with what could be read of it${rows === undefined ? "" : ` (${rows} entries)`}; the damaged file is kept as ${kept}. Check the disk. What devices announce comes back by itself; if settings or mappings are missing, restore a backup (aerie restore)`;

/** For the owner. */
export const fullWords = (file: string, then: string): string =>
  `${file} cannot be written: the disk of ${path.dirname(file)} is full. Free some megabytes; ${then}`;
