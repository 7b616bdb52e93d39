/** The one thread that writes the embedded store. Entry of a worker; imported by nothing. */

import { openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import type { DeviceId } from "../../contract/readings.ts";
import type { EraseRequest } from "../../core/ports/history.ts";
import { StoreError } from "../../core/ports/readings-store.ts";
import type { DeviceState, Retention } from "../../core/ports/stored-device.ts";
import type { UpkeepRequest } from "../../core/ports/upkeep.ts";
import { identityOf } from "../../files/data-folder.ts";
import { checkLog } from "./db/check-log.ts";
import type { Damage, NoteDamage } from "./db/damage-note.ts";
import { diskFaultOf, diskWords, START_AGAIN } from "./db/disk-fault.ts";
import { createDiskSpace, type DiskSpace, diskFullText, isDiskFull, releaseReserve } from "./db/disk-space.ts";
import { damageWords, isDamage, primaryCode, testReadsBy } from "./db/file-damage.ts";
import { createLargeLogTest } from "./db/large-log.ts";
import { type OpenedFiles, watchOpenedFiles } from "./db/opened-files.ts";
import { createReadTest } from "./db/read-test.ts";
import { checkOwner, migrate } from "./db/schema.ts";
import { serve } from "./db/thread-link.ts";
import type { PackedBatch } from "./format/packed-batch.ts";
import { loadDevices } from "./read/load-devices.ts";
import { loadJournal } from "./read/load-journal.ts";

import { unsavedRows } from "./read/rows-since.ts";
import { createSealedLookup } from "./read/sealed-lookup.ts";
import { createDeriver } from "./upkeep/deriver.ts";
import { createEraser } from "./upkeep/eraser.ts";
import { createRebuilder } from "./upkeep/rebuilder.ts";
import { createRetentionSteps } from "./upkeep/retention.ts";
import { createRollupUpdater } from "./upkeep/rollup-updater.ts";
import { createSealer } from "./upkeep/sealer.ts";
import { createUpkeep } from "./upkeep/upkeep.ts";
import { createAppender } from "./write/append.ts";
import {
  deleteStep,
  markDeleted,
  nameDevice,
  probe,
  relocate,
  saveState,
  setRetention,
  testDisk,
} from "./write/device-table.ts";
import { createHotCounts } from "./write/hot-counts.ts";
import { createOutboxTable } from "./write/outbox-table.ts";

/** `maxPages` and `commitDelayMs` are for tests: a disk that is full, and one that is slow. */
export interface WriterThreadData {
  readonly file: string;
  readonly maxPages: number | undefined;
  readonly commitDelayMs: number | undefined;
  /** For the owner: what to do if the file is damaged. */
  readonly advice: string;
}

export type WriterOperations = ReturnType<typeof openStore>["operations"];

const note: NoteDamage = (found) => parentPort?.postMessage({ note: found });

/** IOERR, FULL, CANTOPEN. */
const SPACE_ERRORS = new Set([10, 13, 14]);

/** Throws, with a text for the owner, if the file is damaged. */
function open(data: WriterThreadData) {
  try {
    const isLogDamaged = checkLog(data.file, data.advice, note);
    return openStore(data, isLogDamaged);
  } catch (error) {
    const isSpaceError = SPACE_ERRORS.has(primaryCode(error) ?? 0);
    if (isSpaceError && releaseReserve(data.file)) throw new Error(diskFullText(data.file), { cause: error });
    const diskFault = diskFaultOf(error);
    if (diskFault !== undefined) throw new Error(diskWords(data.file, diskFault, START_AGAIN), { cause: error });
    // Code 1: a table or a column is missing.
    if (!isDamage(error) && primaryCode(error) !== 1) throw error;
    throw new Error(damageWords(data.file, (error as Error).message, data.advice));
  }
}

function openStore({ file, maxPages, commitDelayMs }: WriterThreadData, isLogDamaged: boolean) {
  const before = identityOf(file);
  const wasFull = releaseReserve(file);
  const db = new DatabaseSync(file);
  const descriptor = openSync(file, "r");
  testReadsBy(createReadTest(file, descriptor));
  db.exec("PRAGMA busy_timeout = 2000"); // somebody may look into the file with a program of SQLite
  checkOwner(db, file);
  // The first two have an effect only before the first table.
  db.exec("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  // FULL: each commit waits for the log to be on the disk; fullfsync: on macOS an fsync alone does not.
  db.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
  db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864");
  migrate(db, file);
  if (isLogDamaged) db.exec("PRAGMA wal_checkpoint(TRUNCATE)"); // else the next start reports the same damage again
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
  const files = watchOpenedFiles(file, before);
  const tryLargeLog = createLargeLogTest(db, file);
  const diskSpace = createDiskSpace(db, file, wasFull);
  const sealed = createSealedLookup(db);
  const hotCounts = createHotCounts(db);
  const appender = createAppender(db, { sealed, hotCounts, note });
  const rollups = createRollupUpdater(db);
  const onMoved = (key: number): void => {
    rollups.changed(key);
    sealed.invalidate(key);
    appender.invalidate(key);
  };
  const onErased = (key: number, hot: boolean): void => {
    onMoved(key);
    if (hot) hotCounts.invalidate();
  };
  const onDamage = (key: number, damage: Damage): void => {
    const deviceId = db.prepare("SELECT device_id FROM device WHERE key = ?").get(key)?.["device_id"];
    note({ deviceId: String(deviceId) as DeviceId, ...damage });
  };
  const onFault = (page: string): void => note({ page });
  const sealer = createSealer({ db, hotCounts, onSealed: onMoved, onDamage });
  const retention = createRetentionSteps({ db, sealer, rollups, onDeleted: onMoved, onFault });
  const upkeep = createUpkeep({ db, hotCounts, sealer, rollups, retention, onFault });
  const eraser = createEraser({ db, rollups, onErased, note });
  const onDerived = (key: number): void => {
    rollups.changed(key);
    sealed.invalidate(key);
  };
  const operations = {
    load: () => loadDevices(db, note),
    loadJournal: () => loadJournal(db, note),
    unsaved: (behindSeq: number | undefined) => unsavedRows(db, behindSeq),
    append: (batch: PackedBatch, clockSteps: readonly number[]) => {
      if (commitDelayMs !== undefined) sleep(commitDelayMs);
      return appender.append(batch, clockSteps);
    },
    probe: () => probe(db),
    testDisk: () => testDisk(db),
    saveState: (states: DeviceState[], throughSeq: number | undefined) => saveState(db, states, throughSeq),
    nameDevice: (deviceId: DeviceId, name: string | null, place: string | null) =>
      nameDevice(db, deviceId, name, place),
    relocate: (deviceIds: readonly DeviceId[], place: string | null) => relocate(db, deviceIds, place),
    deleteDevice: (deviceId: DeviceId) => {
      markDeleted(db, deviceId);
      appender.invalidate();
      hotCounts.invalidate();
      rollups.changed();
      sealed.invalidate();
    },
    deleteStep: () => deleteStep(db),
    setRetention: (deviceId: DeviceId, retention: Partial<Retention>) => setRetention(db, deviceId, retention),
    upkeep: (request: UpkeepRequest, clockSteps: readonly number[]) =>
      upkeep(request, { isFull: diskSpace.problem() !== undefined, clockSteps }),
    beginErase: (request: EraseRequest) => eraser.begin(request),
    pendingErasures: () => eraser.pending(),
    eraseStep: (job: number) => eraser.step(job),
    derive: createDeriver({ db, onDerived }),
    rebuild: createRebuilder({ db, rollups, onDeleted: onMoved }),
    ...createOutboxTable({
      db,
      appender,
      note,
      onEmptied: () => {
        appender.invalidate();
        hotCounts.invalidate();
        rollups.changed();
        sealed.invalidate();
      },
    }),
    /** A descriptor of the file for the other threads' `ReadTest`, closed when this one ends. */
    open: () => {
      probe(db);
      return descriptor;
    },
    filesProblem: () => {
      tryLargeLog();
      return files.problem() ?? diskSpace.problem();
    },
    close: () => db.close(),
  };
  return { operations, files, diskSpace };
}

/** Refused while the disk is full. */
const NEEDS_SPACE: ReadonlySet<string> = new Set<keyof WriterOperations>([
  "append",
  "outboxPut",
  "probe",
  "rebuild",
  "derive",
  "saveState",
  "nameDevice",
  "relocate",
]);
/** On a full disk these may use the reserve: what they delete makes room. Upkeep deletes what is past its age. */
const DELETES: ReadonlySet<string> = new Set<keyof WriterOperations>([
  "deleteDevice",
  "deleteStep",
  "beginErase",
  "eraseStep",
  "upkeep",
  "outboxAssign",
  "outboxRemove",
]);

/** Writes to files that are no longer at their path are not acknowledged. */
const guarded =
  (files: OpenedFiles, diskSpace: DiskSpace) =>
  (name: string, run: () => unknown): unknown => {
    if (name === "close" || name === "filesProblem") return run();
    refuse(files.found());
    if (NEEDS_SPACE.has(name)) refuse(diskSpace.problem());
    if (name === "upkeep") diskSpace.maintain();
    const answer = withRetry(name, diskSpace, run);
    refuse(files.quickProblem());
    return answer;
  };

function withRetry(name: string, diskSpace: DiskSpace, run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!isDiskFull(error) || !diskSpace.noteFull() || NEEDS_SPACE.has(name)) throw error;
  }
  try {
    return run(); // the log is empty, and of upkeep only what deletes is done
  } catch (error) {
    if (!isDiskFull(error) || !DELETES.has(name)) throw error;
    diskSpace.releaseReserve();
    return run();
  }
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new StoreError(problem, true);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

if (parentPort !== null) {
  const { operations, files, diskSpace } = open(workerData as WriterThreadData);
  serve(parentPort, operations, { around: guarded(files, diskSpace) });
}
