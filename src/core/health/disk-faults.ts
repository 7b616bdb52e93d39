/** Remembers which operations failed because of the disk, and tests whether they still fail. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { StoreError } from "../ports/readings-store.ts";

/** The disk failed: not a wrong request, not a full disk, not damaged bytes. */
export class DiskError extends StoreError {
  constructor(message: string) {
    super(message, true);
  }
}

export interface DiskFaults {
  /**
   * Something failed. `key`: names it, so that it is listed once. `words`: for the owner. `test`: tries it again, and rejects with a
   * DiskError as long as it fails; left out: the caller of `note` calls `passed`.
   */
  note(key: string, words: string, test?: () => Promise<unknown>): void;
  passed(key: string): void;
  /** For the owner; undefined: the disk works. */
  problem(): string | undefined;
  /** Waits for the test that is under way. */
  close(): Promise<void>;
}

const TEST_EVERY_MS = 1_000;
/** If a disk fails everywhere, a few tests are enough to see that it still does. */
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
    if (faults.delete(key) && faults.size === 0) log.info("the disk works again");
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
