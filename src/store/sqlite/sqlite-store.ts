/** The embedded store: SQLite in one file, one thread that writes and one that reads. */

import path from "node:path";
import { Worker } from "node:worker_threads";
import type { DeviceId } from "../../contract/readings.ts";
import { createDamageNotes, type DamageNotes } from "../../core/health/damage.ts";
import type { DiskFaults } from "../../core/health/disk-faults.ts";
import { StartError } from "../../core/model/start-error.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Store, UnsavedReading } from "../../core/ports/readings-store.ts";
import type { ClockSteps } from "../../core/time/clock-steps.ts";
import { takeDataDir } from "./data-dir.ts";
import { createDamageList } from "./db/damage-list.ts";
import { damageWords, RESTORE } from "./db/file-damage.ts";
import { refuseNewerFile } from "./db/newer-file.ts";
import { STORE_FILE } from "./db/store-file.ts";
import { type LinkOptions, linkTo, type Thread } from "./db/thread-link.ts";
import { createDeletions } from "./deletions.ts";
import { createFailedCalls } from "./failed-calls.ts";
import { packBatch, unpackOutcomes } from "./format/packed-batch.ts";
import { parseMetrics } from "./format/stored-text.ts";
import type { UnsavedRow } from "./read/rows-since.ts";
import type { ReaderOperations, ReaderThreadData } from "./reader-thread.ts";
import { createRuleTrials } from "./rule-trials.ts";
import type { SideOperations, SideThreadData } from "./side-thread.ts";
import { createSideThread } from "./side-work.ts";
import type { WriterOperations, WriterThreadData } from "./writer-thread.ts";

export interface SqliteStoreOptions {
  /** Created if it does not exist. */
  readonly dataDir: string;
  readonly log: Log;
  /** A thread has ended: nothing can be stored any more. */
  readonly onDead: (cause: Error) => void;
  /** Receives damage outside of a device's history; left out: it is only logged. */
  readonly damage?: DamageNotes | undefined;
  /** Receives faults of the disk; left out: only callers are notified. */
  readonly diskFaults?: DiskFaults | undefined;
  /** Steps of the clock within `REDELIVERY_WINDOW_MS`; left out: the clock is assumed to be steady. */
  readonly clockSteps?: ClockSteps | undefined;
  /** For the owner: what to do if the file is damaged; left out: restore a backup. */
  readonly advice?: string | undefined;
  /** For tests: the most pages of the file (a full disk), and a pause before each commit (a slow disk). */
  readonly maxPages?: number | undefined;
  readonly commitDelayMs?: number | undefined;
  /** For tests: charts of more raw readings than this use hours or days if those are fine enough. */
  readonly quickReadings?: number | undefined;
}

/** Devices saved in one transaction, so that ingest does not wait for ten thousand. */
const SAVE_STEP = 500;

/** Rejects with a StartError if the directory or the file cannot be used. */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<Store> =>
  (await openSqliteParts(options)).store;

/** The same, with its writer thread: for the outbox, which has operations of its own there. */
export async function openSqliteParts(
  options: SqliteStoreOptions,
): Promise<{ readonly store: Store; readonly writer: Thread<WriterOperations> }> {
  const { dataDir, maxPages, commitDelayMs, quickReadings, log, advice = RESTORE } = options;
  const clockSteps = (): readonly number[] => options.clockSteps?.recent() ?? [];
  const file = path.join(dataDir, STORE_FILE);
  refuseNewerFile(file);
  const lock = takeDataDir(dataDir, log);
  /** While the store opens or closes, the end of a thread is expected. */
  let open = false;
  const onDead = (cause: Error): void => {
    if (open) options.onDead(cause);
  };
  const { damage: notes = createDamageNotes(log) } = options;
  const damage = createDamageList(log);
  const onDamage = (reason: string): string => {
    const words = damageWords(file, reason, advice);
    notes.note(words);
    return words;
  };
  const otherwise = options.advice === undefined ? ": a backup may have it" : "";
  const failed = createFailedCalls({
    file,
    faults: options.diskFaults,
    writer: () => writer,
    reader: () => reader,
    resumeDeletions: () => deletions.resume(),
    countAll: () => side.run("stats", []),
  });
  const link: Omit<LinkOptions, "onDiskFault"> = {
    onDead,
    onNote: (note) => {
      if ("what" in note) notes.note(`In ${file}, ${note.what} is damaged and was left out${otherwise}`);
      else if ("page" in note) onDamage(note.page);
      else if ("words" in note) notes.note(note.words);
      else damage.add(note);
    },
    onDamage,
  };
  const writer = startThread<WriterOperations>(
    "writer-thread",
    { file, maxPages, commitDelayMs, advice },
    {
      ...link,
      onDiskFault: failed.ofWriter,
    },
  );
  let descriptor: number;
  const reader = await openThreads().catch(async (cause: Error) => {
    await writer.stop();
    lock.release();
    throw new StartError(`The store cannot be opened. ${cause.message}`, 1, cause);
  });
  const side = createSideThread(() =>
    startThread<SideOperations>(
      "side-thread",
      { file, descriptor },
      {
        ...link,
        onDead: () => undefined,
        onDiskFault: failed.ofSide,
      },
    ),
  );
  /** The newest row whose outcome was returned, or that was given as unsaved after all others. */
  let settledSeq: number | undefined;
  const deletions = createDeletions(writer, log);

  /** The reader opens the file after the writer has created or migrated it. */
  async function openThreads(): Promise<Thread<ReaderOperations>> {
    descriptor = await writer.call("open", []);
    const started = startThread<ReaderOperations>(
      "reader-thread",
      { file, descriptor, quickReadings },
      {
        ...link,
        onDiskFault: failed.ofReader,
      },
    );
    try {
      // Until it answers it reads its code from files: a process that has no descriptor left by then would end.
      await started.call("open", []);
      return started;
    } catch (cause) {
      await started.stop();
      throw cause;
    }
  }

  async function close(): Promise<void> {
    open = false;
    await deletions.stop();
    await side.stop();
    await reader.call("close", []).catch(() => undefined);
    await reader.stop();
    try {
      await writer.call("close", []);
    } finally {
      await writer.stop();
      lock.release();
    }
  }

  await deletions.recover();
  deletions.start();
  open = true;
  const store: Store = {
    load: () => writer.call("load", []),
    loadJournal: () => writer.call("loadJournal", []),
    append: async (messages) => {
      const batch = packBatch(messages);
      const outcomes = await writer.call(
        "append",
        [batch, clockSteps()],
        [batch.numbers.buffer as ArrayBuffer, batch.bodies.buffer as ArrayBuffer],
      );
      settledSeq = outcomes.lastSeq;
      return unpackOutcomes(messages, outcomes);
    },
    probe: () => writer.call("probe", []),
    unsaved: async (take) => {
      for (let behindSeq: number | undefined; ; ) {
        const found = await writer.call("unsaved", [behindSeq]);
        await take(toUnsaved(found.rows));
        behindSeq = found.behindSeq;
        if (behindSeq !== undefined) continue;
        settledSeq = Math.max(settledSeq ?? 0, found.throughSeq);
        return;
      }
    },
    saveState: async (states, judged) => {
      const throughSeq = settledSeq; // states may include later rows; applying those again changes nothing
      await judged;
      for (let first = 0; first < states.length; first += SAVE_STEP) {
        const last = first + SAVE_STEP >= states.length;
        await writer.call("saveState", [states.slice(first, first + SAVE_STEP), last ? throughSeq : undefined]);
      }
    },
    nameDevice: (deviceId, { name, place }) => writer.call("nameDevice", [deviceId, name ?? null, place ?? null]),
    relocate: (deviceIds, place) => writer.call("relocate", [deviceIds, place ?? null]),
    deleteDevice: async (deviceId) => {
      await writer.call("deleteDevice", [deviceId]);
      deletions.start();
    },
    readings: async (query) => damage.note(query.deviceId, await reader.call("readings", [query])),
    readingsChunk: async (query) => damage.answer(query, await reader.call("readingsChunk", [query])),
    series: async (query) => damage.answer(query, await reader.call("series", [query])),
    rollups: async (query) => damage.note(query.deviceId, await reader.call("rollups", [query])),
    latestOf: async (deviceId, metrics) => damage.note(deviceId, await reader.call("latestOf", [deviceId, metrics])),
    damaged: damage.of,
    exportChunk: async (query) => damage.note(query.deviceId, await reader.call("exportChunk", [query])),
    tryRule: createRuleTrials(reader, damage.note),
    setRetention: (deviceId, retention) => writer.call("setRetention", [deviceId, retention]),
    erase: async (request) => {
      const job = await writer.call("beginErase", [request]);
      if (job !== undefined) await deletions.erase(job);
    },
    derive: (request) => writer.call("derive", [request]),
    rebuild: (hours) => writer.call("rebuild", [hours]),
    upkeep: async (request) => {
      if (deletions.isStuck()) deletions.start();
      const { fault, ...step } = await writer.call("upkeep", [request, clockSteps()]);
      failed.upkeepEnded(fault);
      return { ...step, ...(fault !== undefined && { failed: fault.reason }) };
    },
    backup: (to, beside) => side.run("backup", [to, beside]),
    stats: () => side.run("stats", []),
    space: () => reader.call("space", []),
    filesProblem: () => writer.call("filesProblem", []),
    close,
  };
  return { store, writer };
}

const toUnsaved = (rows: readonly UnsavedRow[]): UnsavedReading[] =>
  rows.flatMap(({ body, deviceId, ...row }) => {
    const metrics = parseMetrics(body);
    return metrics === undefined
      ? []
      : [{ ...row, deviceId: deviceId as DeviceId, metrics: new Map(Object.entries(metrics)) }];
  });

function startThread<Ops extends Record<string, (...args: never[]) => unknown>>(
  name: "writer-thread" | "reader-thread" | "side-thread",
  data: WriterThreadData | ReaderThreadData | SideThreadData,
  options: LinkOptions,
): Thread<Ops> {
  const worker = new Worker(new URL(`./${name}.js`, import.meta.url), { workerData: data, name });
  const link = linkTo<Ops>(worker, options);
  return {
    ...link,
    stop: async () => {
      await worker.terminate();
    },
  };
}
