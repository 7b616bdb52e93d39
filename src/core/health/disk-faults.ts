/** Remembers what a disk that fails did not do, and tests whether it does it again. Repairs nothing. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { StoreError } from "../ports/readings-store.ts";

/** The disk failed: neither the fault of what was asked, nor a full disk, nor damaged bytes. */
export class DiskError extends StoreError {
  constructor(message: string) {
    super(message, true);
  }
}

export interface DiskFaults {
  /**
   * Something failed. `key`: what it was, so that each stands once. `words`: for the owner. `test`: does it again, and rejects with a
   * DiskError as long as it fails; left out: whoever notes it calls `passed`.
   */
  note(key: string, words: string, test?: () => Promise<unknown>): void;
  passed(key: string): void;
  /** For the owner; undefined: the disk does what it is asked. */
  problem(): string | undefined;
  /** Waits for the test that is under way. */
  close(): Promise<void>;
}

const TEST_EVERY_MS = 1_000;
/** Of a disk that fails everywhere a few are enough to see that it still does. */
const MOST_FAULTS = 4;

interface Fault {
  readonly words: string;
  readonly test: (() => Promise<unknown>) | undefined;
}

export function createDiskFaults({ clock, log }: { readonly clock: Clock; readonly log: Log }): DiskFaults {
  const faults = new Map<string, Fault>();
  let testing: Promise<void> | undefined;
  const stop = clock.every(TEST_EVERY_MS, () => {
    testing ??= testAll().finally(() => {
      testing = undefined;
    });
  });

  async function testAll(): Promise<void> {
    for (const [key, { test }] of [...faults]) {
      if (test !== undefined && !(await fails(test))) passed(key);
    }
  }

  function note(key: string, words: string, test?: () => Promise<unknown>): void {
    if (faults.size >= MOST_FAULTS && !faults.has(key)) return;
    if (faults.size === 0) log.error("the disk fails", { reason: words });
    faults.set(key, { words, test });
  }

  function passed(key: string): void {
    if (faults.delete(key) && faults.size === 0) log.info("the disk does what it is asked again");
  }

  return {
    note,
    passed,
    problem: () => [...faults.values()][0]?.words,
    close: async () => {
      stop();
      await testing;
    },
  };
}

async function fails(test: () => Promise<unknown>): Promise<boolean> {
  try {
    await test();
    return false;
  } catch (error) {
    return error instanceof DiskError;
  }
}
