/** The records of access on a disk whose writes end when the test says so, and as it says. */
import { createAccessBook } from "../../../src/core/access/access-book.ts";
import { type AccessRecords, type BoardRecord, NO_RECORDS } from "../../../src/core/access/access-records.ts";
import { createManualClock } from "../clock/manual-clock.ts";
import { createMemoryLog } from "./memory-log.ts";

export const FULL = new Error("access.json cannot be written: the disk is full (ENOSPC)");

/** A disk whose writes end when the test says so, and as it says. */
export function openBook(records: AccessRecords = NO_RECORDS, isInForce?: (board: BoardRecord) => boolean) {
  let disk = records;
  let isFull = false;
  let isHeld = false;
  let finish: (() => void) | undefined;
  const clock = createManualClock();
  const log = createMemoryLog();
  const save = (next: AccessRecords): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        finish = undefined;
        if (isFull) return reject(FULL);
        disk = next;
        resolve();
      };
      if (finish !== undefined) throw new Error("two writes at once");
      if (isHeld) finish = end;
      else end();
    });
  const book = createAccessBook({ store: { records, save }, clock, log, ...(isInForce && { isInForce }) });
  return {
    book,
    clock,
    log,
    disk: () => disk,
    full: (full: boolean) => {
      isFull = full;
    },
    hold: (held: boolean) => {
      isHeld = held;
    },
    finish: () => finish?.(),
    isWriting: () => finish !== undefined,
  };
}
