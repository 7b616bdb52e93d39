/**
 * Reads the files of a store beside SQLite, which calls a page damaged that the disk did not give: its SQLITE_IOERR_CORRUPTFS (EIO)
 * becomes SQLITE_CORRUPT. What is found here tells one from the other. Interprets no byte.
 */
import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1_048_576;
/** Of each file at a time: a thread has other work. The next test continues where this one ended. */
const CHUNKS = 12;

/** Of the file system itself. Some systems answer a checksum that does not match with EBADMSG or EUCLEAN. */
export const DISK_CODES = ["EIO", "ENXIO", "ENODEV", "EROFS", "ESTALE", "EREMOTEIO", "ETIMEDOUT", "EBADMSG", "EUCLEAN"];

/** An error of the file system that is the disk's. */
export const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && DISK_CODES.includes(String((error as NodeJS.ErrnoException).code));

export interface ReadTest {
  /** The system's error; undefined: all that was read could be. */
  fault(): Error | undefined;
  /** What was found is held to be so until this is called: a page that is damaged is met again and again. */
  renew(): void;
}

/** `descriptor`: of the database, open as long as SQLite has it open: to close one would end SQLite's locks on the file. */
export function createReadTest(file: string, descriptor: number): ReadTest {
  const positions = { log: 0, database: 0 };
  let isPassed = false;

  function fault(): Error | undefined {
    if (isPassed) return undefined;
    for (const read of [readLog, readDatabase]) {
      try {
        read();
      } catch (error) {
        if (isOfDisk(error)) return error;
      }
    }
    isPassed = true;
    return undefined;
  }

  /** SQLite has no lock on it. */
  function readLog(): void {
    const log = openSync(`${file}-wal`, "r");
    try {
      positions.log = readFrom(log, positions.log);
    } finally {
      closeSync(log);
    }
  }

  function readDatabase(): void {
    positions.database = readFrom(descriptor, positions.database);
  }

  return {
    fault,
    renew: () => {
      isPassed = false;
    },
  };
}

/** Begins anew at the end. Where it stopped. */
function readFrom(descriptor: number, from: number): number {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let at = from;
  for (let chunks = 0; chunks < CHUNKS; chunks++) {
    const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
    at = read < CHUNK_BYTES ? 0 : at + read;
    if (at === 0 && from === 0) break; // that was all of it
  }
  return at;
}
