/** `hub.db`: what the hub keeps on its own disk beside the readings. One thread reads and writes it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { createDamageNotes, type DamageNotes } from "../../../core/health/damage.ts";
import type { DiskFaults } from "../../../core/health/disk-faults.ts";
import { createSerialQueue } from "../../../core/model/serial-queue.ts";
import { StartError } from "../../../core/model/start-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { HubFile } from "../../../core/ports/hub-file.ts";
import type { Log } from "../../../core/ports/log.ts";
import { type FileBeside, StoreError } from "../../../core/ports/readings-store.ts";
import { type DiskFault, diskWords, START_AGAIN } from "../db/disk-fault.ts";
import { damageWords } from "../db/file-damage.ts";
import { refuseNewerFile } from "../db/newer-file.ts";
import { type Call, linkTo } from "../db/thread-link.ts";
import type { HubFileOperations } from "./hub-file-thread.ts";
import type { HubFileThreadData } from "./hub-opening.ts";
import { HUB_FILE, HUB_FORMAT } from "./hub-schema.ts";
import { createWriteGroups } from "./write-groups.ts";

export interface HubFileOptions {
  /** It exists, and no other hub uses it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The thread has ended: nothing can be written any more. */
  readonly onDead: (cause: Error) => void;
  /** Left out: damage is only logged. */
  readonly damage?: DamageNotes | undefined;
  /** Left out: only callers are notified. */
  readonly diskFaults?: DiskFaults | undefined;
  /** For tests: the most pages of the file (a full disk). */
  readonly maxPages?: number | undefined;
}

/** Throws a StartError if a newer version wrote it. It changes nothing. */
export const refuseNewerHubFile = (dataDir: string): void => refuseNewerFile(path.join(dataDir, HUB_FILE), HUB_FORMAT);

/** For a backup. */
export const copyHubFile = async (
  hubFile: Pick<HubFile, "bytes">,
  options: { secrets: boolean },
): Promise<FileBeside[]> => [{ name: HUB_FILE, bytes: await hubFile.bytes(options) }];

/** While no hub runs: `hub.db` is opened for one task. Undefined: there is none. */
export async function withHubFile<T>(
  options: HubFileOptions,
  task: (hubFile: HubFile) => Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(path.join(options.dataDir, HUB_FILE))) return undefined;
  const hubFile = await openHubFile(options);
  try {
    return await task(hubFile);
  } finally {
    await hubFile.close();
  }
}

const STARTING = new Set(["open", "load"]);
const READING = new Set(["presence", "presences", "runs", "alertEvents", "bytes", "space"]);

/** Rejects with a StartError if it cannot be opened. Damage is no reason: what can be read is kept. */
export async function openHubFile(options: HubFileOptions): Promise<HubFile> {
  const { dataDir, clock, log, damage = createDamageNotes(log), diskFaults, maxPages } = options;
  refuseNewerHubFile(dataDir);
  const file = path.join(dataDir, HUB_FILE);
  const data: HubFileThreadData = { file, maxPages };
  const worker = new Worker(new URL("./hub-file-thread.js", import.meta.url), { workerData: data, name: "hub-file" });
  /** While it opens or closes, the end of the thread is expected. */
  let isOpen = false;
  const link = linkTo<HubFileOperations>(worker, {
    onDead: (cause) => {
      if (isOpen) options.onDead(cause);
    },
    onNote: (note) => {
      if ("words" in note) damage.note(note.words);
      else if ("what" in note)
        damage.note(`In ${file}, ${note.what} is damaged and was left out: a backup may have it`);
    },
    onDamage: (reason) => {
      const words = damageWords(file, reason, ADVICE);
      damage.note(words);
      return words;
    },
    onDiskFault,
  });
  const queue = createSerialQueue();
  const groups = createWriteGroups({ clock, run: queue.run, send: (calls) => changing(link.call("write", [calls])) });
  /** Why the last write failed; undefined: it did not. */
  let failure: string | undefined;

  function onDiskFault(fault: DiskFault, call: Call): string {
    if (STARTING.has(call.name)) return diskWords(file, fault, START_AGAIN);
    const words = diskWords(file, fault);
    const test = READING.has(call.name) ? () => link.repeat(call) : () => link.call("probe", []);
    diskFaults?.note(`${call.name} of ${file}`, words, test);
    return words;
  }

  /** After what was asked before. */
  function inOrder<T>(task: () => Promise<T>): Promise<T> {
    groups.end();
    return queue.run(task);
  }

  async function changing<T>(task: Promise<T>): Promise<T> {
    try {
      const answer = await task;
      failure = undefined;
      return answer;
    } catch (error) {
      if (error instanceof StoreError && error.passing) failure = error.message;
      throw error;
    }
  }

  async function problem(): Promise<string | undefined> {
    const found = await inOrder(() => link.call("filesProblem", []));
    if (found !== undefined || failure === undefined) return found;
    await inOrder(() => changing(link.call("probe", []))).catch(() => undefined);
    return failure;
  }

  async function expire(beforeMs: number): Promise<void> {
    while (await inOrder(() => changing(link.call("expireStep", [beforeMs]))));
  }

  async function close(): Promise<void> {
    isOpen = false;
    try {
      await inOrder(() => link.call("close", []));
    } finally {
      await worker.terminate();
    }
  }

  try {
    await link.call("open", []);
  } catch (cause) {
    await worker.terminate();
    throw new StartError(`${HUB_FILE} cannot be opened. ${(cause as Error).message}`, 1, cause);
  }
  isOpen = true;
  return {
    load: () => inOrder(() => link.call("load", [])),
    write: groups.write,
    presence: (query) => inOrder(() => link.call("presence", [query])),
    presences: (query) => link.call("presences", [query]),
    runs: (query) => inOrder(() => link.call("runs", [query])),
    alertEvents: (query) => inOrder(() => link.call("alertEvents", [query])),
    expire,
    deleteDevice: (deviceId) => inOrder(() => changing(link.call("deleteDevice", [deviceId]))),
    bytes: ({ secrets } = { secrets: true }) => inOrder(() => link.call("bytes", [secrets])),
    space: () => inOrder(() => link.call("space", [])),
    problem,
    close,
  };
}

const ADVICE =
  "Check the disk, then start the hub again: it continues with what can be read. A backup may have the rest (aerie restore)";
