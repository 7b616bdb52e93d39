/** The thread that reads and writes `hub.db`. Entry of a worker; imported by nothing. */
import { readSync } from "node:fs";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { DeviceId } from "../../../contract/readings.ts";
import type { AlertEventsQuery, HubChange, HubFile, KeptOfHub, PresencesQuery } from "../../../core/ports/hub-file.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { freeBytes, isDiskFull, RESERVE_BYTES } from "../db/disk-space.ts";
import { primaryCode } from "../db/file-damage.ts";
import { logBytes, pragma } from "../db/space.ts";
import { serve } from "../db/thread-link.ts";
import { inTransaction } from "../db/transaction.ts";
import { isInstant } from "../format/stored-text.ts";
import { copyWithoutSecrets } from "./copy-without-secrets.ts";
import { fullWords, type HubFileThreadData, type OpenedHub, openHub, rescueAndOpen } from "./hub-opening.ts";
import { isUnreadable } from "./hub-rescue.ts";
import { HUB_FORMAT } from "./hub-schema.ts";

export type HubFileOperations = ReturnType<typeof createOperations>;

/** Another file takes its place where it is damaged. */
interface Current {
  opened: OpenedHub;
}

const note: NoteDamage = (found) => parentPort?.postMessage({ note: found });

function createOperations(hub: Current, file: string) {
  return {
    /** Settles when the file can be read and written. */
    open: () => undefined,
    load: (): KeptOfHub => {
      const { entries, times, alerts } = hub.opened;
      return {
        ...entries.load(note),
        records: alerts.loadRecords(note),
        presence: times.lastPresence(),
        lastRun: times.lastRun(),
      };
    },
    write: (calls: readonly (readonly HubChange[])[]) => write(hub.opened, calls),
    presence: (query: Parameters<HubFile["presence"]>[0]) => hub.opened.times.presence(query),
    presences: (query: PresencesQuery) => hub.opened.times.presences(query),
    runs: (query: Parameters<HubFile["runs"]>[0]) => hub.opened.times.runs(query),
    alertEvents: (query: AlertEventsQuery) => hub.opened.alerts.events(query, note),
    expireStep: (beforeMs: number) => expireStep(hub.opened, beforeMs),
    deleteDevice: (deviceId: DeviceId) => {
      const { db, entries, times } = hub.opened;
      inTransaction(db, () => {
        entries.deleteOwners(deviceId);
        times.deletePresence(deviceId);
      });
    },
    probe: () => probe(hub.opened.db),
    filesProblem: () => hub.opened.files.problem(),
    space: () => {
      const { db } = hub.opened;
      const pageBytes = pragma(db, "page_size");
      return {
        usedBytes: pragma(db, "page_count") * pageBytes + logBytes(file),
        reusableBytes: pragma(db, "freelist_count") * pageBytes,
      };
    },
    bytes: (secrets: boolean) => (secrets ? wholeFile(hub.opened) : copyWithoutSecrets(hub.opened.db, file)),
    close: () => hub.opened.db.close(),
  };
}

/** For each call why it was refused; undefined: it is durable. One that cannot be stored takes nothing with it. */
function write(opened: OpenedHub, calls: readonly (readonly HubChange[])[]): (string | undefined)[] {
  const { db } = opened;
  try {
    inTransaction(db, () => applyAll(opened, calls.flat()));
    return calls.map(() => undefined);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (calls.length === 1) return [(error as Error).message];
  }
  return calls.flatMap((changes) => write(opened, [changes]));
}

/** Not of the file, but of what was to be written: CONSTRAINT, MISMATCH, TOOBIG, or our own. */
const isRefusal = (error: unknown): boolean => [undefined, 18, 19, 20].includes(primaryCode(error));

function applyAll({ entries, times, alerts }: OpenedHub, changes: readonly HubChange[]): void {
  for (const change of changes) {
    switch (change.of) {
      case "learned":
        entries.writeLearned(change);
        break;
      case "mapping":
        entries.writeMapping(change);
        break;
      case "presence":
        times.writePresence({ ...change, atMs: instant(change.atMs), sinceMs: instant(change.sinceMs) });
        break;
      case "run":
        times.writeRun({ ...change, startedAtMs: instant(change.startedAtMs), aliveAtMs: instant(change.aliveAtMs) });
        break;
      case "record":
        alerts.writeRecord(change);
        break;
      case "alertEvent":
        alerts.writeEvent({ ...change, atMs: instant(change.atMs) });
        break;
    }
  }
}

function instant(ms: number): number {
  const whole = Math.round(ms);
  if (!isInstant(whole)) throw new Error(`${ms} is no instant`);
  return whole;
}

function expireStep({ db, times, alerts }: OpenedHub, beforeMs: number): boolean {
  let isMore = false;
  inTransaction(db, () => {
    isMore = times.expireStep(beforeMs) || alerts.expireStep(beforeMs);
  });
  if (!isMore) db.exec("PRAGMA incremental_vacuum");
  return isMore;
}

/** A small write that changes nothing. */
function probe(db: DatabaseSyncInstance): void {
  inTransaction(db, () => db.exec(`PRAGMA user_version = ${HUB_FORMAT.migrations.length}`));
}

/** With an empty log the file alone is everything; nothing else writes meanwhile. */
function wholeFile({ db, descriptor }: OpenedHub): Uint8Array {
  const { busy } = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
  if (busy !== 0) throw new StoreError("the write-ahead log of hub.db could not be emptied for a copy", true);
  const bytes = new Uint8Array(pragma(db, "page_count") * pragma(db, "page_size"));
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, at);
    if (read === 0) throw new StoreError("hub.db became shorter while it was copied", true);
    at += read;
  }
  return bytes;
}

const NEEDS_SPACE: ReadonlySet<string> = new Set<keyof HubFileOperations>(["write", "probe"]);
/** The store keeps so much for deletions on a full disk: it is not for what is learned. */
const LEAST_FREE_BYTES = RESERVE_BYTES + 1_048_576;

/** Rescues at most so many times in one run: a disk that damages everything is to be replaced. */
const MOST_RESCUES = 3;

function runHub(data: HubFileThreadData): void {
  const hub: Current = { opened: openHub(data, note) };
  const full = fullWords(data.file, "the hub tries again by itself");
  let rescues = 0;

  function around(name: string, run: () => unknown): unknown {
    if (name === "close" || name === "filesProblem") return run();
    refuse(hub.opened.files.found());
    if (NEEDS_SPACE.has(name) && freeBytes(path.dirname(data.file)) < LEAST_FREE_BYTES) refuse(full);
    const answer = runWhole(run);
    refuse(hub.opened.files.quickProblem());
    return answer;
  }

  function runWhole(run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      if (isDiskFull(error)) throw new StoreError(full, true);
      if (!isUnreadable(error) || rescues >= MOST_RESCUES) throw error;
      rescues++;
      replaceFile((error as Error).message);
      return run();
    }
  }

  function replaceFile(reason: string): void {
    const { db } = hub.opened;
    try {
      hub.opened = rescueAndOpen(data, note, db, reason);
    } catch (error) {
      if (!db.isOpen) queueMicrotask(() => throwOn(error)); // nothing can be stored any more: the thread ends
      throw error;
    }
  }

  if (parentPort !== null) serve(parentPort, createOperations(hub, data.file), { blocksOf, around });
}

function throwOn(error: unknown): never {
  throw error;
}

const blocksOf = (answer: unknown): ArrayBuffer[] =>
  answer instanceof Uint8Array && answer.buffer instanceof ArrayBuffer ? [answer.buffer] : [];

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new StoreError(problem, true);
}

if (parentPort !== null) runHub(workerData as HubFileThreadData);
