/** Notes each call of the store's threads that failed because of the disk, and how to test whether it still fails. */
import type { DiskFaults } from "../../core/health/disk-faults.ts";
import { type DiskFault, diskWords, START_AGAIN } from "./db/disk-fault.ts";
import type { Call, Link, LinkOptions } from "./db/thread-link.ts";
import type { WriterOperations } from "./writer-thread.ts";

type OnDiskFault = LinkOptions["onDiskFault"];

export interface FailedCallsOptions {
  readonly file: string;
  /** Left out: only the caller is notified. */
  readonly faults: DiskFaults | undefined;
  readonly writer: () => Link<WriterOperations>;
  readonly reader: () => Pick<Link<never>, "repeat">;
  /** Resumes deletions; rejects if they fail again. */
  readonly resumeDeletions: () => Promise<void>;
  readonly countAll: () => Promise<unknown>;
}

/** The caller reports the failure and tries again. */
const REPORTED_BY_CALLER = new Set(["append", "outboxPut", "probe", "close"]);
const STARTING = new Set(["open", "load", "loadJournal", "outboxOpen"]);
const DELETING = new Set(["deleteStep", "pendingErasures", "eraseStep"]);
const TO_REPEAT = new Set(["filesProblem", "outboxNext"]);

export interface FailedCalls {
  readonly ofWriter: OnDiskFault;
  readonly ofReader: OnDiskFault;
  readonly ofSide: OnDiskFault;
  /** A step of upkeep ended; `fault`: what failed in it because of the disk. */
  upkeepEnded(fault: DiskFault | undefined): void;
}

export function createFailedCalls(options: FailedCallsOptions): FailedCalls {
  const { file, faults, writer, reader, resumeDeletions, countAll } = options;

  function note(fault: DiskFault, what: string, test?: () => Promise<unknown>): string {
    const words = diskWords(file, fault);
    faults?.note(`${what} of ${file}`, words, test);
    return words;
  }

  function ofWriter(fault: DiskFault, call: Call): string {
    const { name } = call;
    if (STARTING.has(name)) return diskWords(file, fault, START_AGAIN);
    if (REPORTED_BY_CALLER.has(name)) return diskWords(file, fault);
    if (name === "upkeep") return note(fault, UPKEEP); // the next step is its test
    if (DELETING.has(name)) return note(fault, "deletions", resumeDeletions);
    if (TO_REPEAT.has(name)) return note(fault, name, () => writer().repeat(call));
    return note(fault, name, () => writer().call("testDisk", []));
  }

  /** Reading changes nothing, so the test repeats the call. */
  function ofReader(fault: DiskFault, call: Call): string {
    if (STARTING.has(call.name)) return diskWords(file, fault, START_AGAIN);
    if (REPORTED_BY_CALLER.has(call.name)) return diskWords(file, fault);
    return note(fault, `${call.name} ${JSON.stringify(call.args)}`, () => reader().repeat(call));
  }

  function ofSide(fault: DiskFault, { name }: Call): string {
    if (name !== "backup") return note(fault, name, countAll);
    // It may be the disk of the copy. Counting reads all pages of the store, so it tests the store's disk.
    if (faults !== undefined) void countAll().catch(() => undefined);
    return `The disk of the store or of the copy fails (${fault.reason})`;
  }

  return {
    ofWriter,
    ofReader,
    ofSide,
    upkeepEnded: (fault) => {
      if (fault === undefined) faults?.passed(`${UPKEEP} of ${file}`);
      else note(fault, UPKEEP);
    },
  };
}

const UPKEEP = "upkeep";
