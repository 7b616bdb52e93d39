/**
 * Reads the files of a store without SQLite, which reports damage (SQLITE_CORRUPT) where in truth the disk failed
 * (SQLITE_IOERR_CORRUPTFS, EIO). This test distinguishes the two.
 */
import { closeSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1_048_576;
/** Read of each file per test: the thread has other work. The next test continues where this one ended. */
const CHUNKS = 12;

/** Error codes of the file system. Some systems report a checksum that does not match as EBADMSG or EUCLEAN. */
export const DISK_CODES = ["EIO", "ENXIO", "ENODEV", "EROFS", "ESTALE", "EREMOTEIO", "ETIMEDOUT", "EBADMSG", "EUCLEAN"];

/** An error of the file system that the disk caused. */
export const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && DISK_CODES.includes(String((error as NodeJS.ErrnoException).code));

export interface ReadTest {
  /** The system's error; undefined: the files could be read. */
  fault(): Error | undefined;
  /** The result is kept until this is called, because a damaged page is met again and again. */
  renew(): void;
}

/** `descriptor`: of the database. It must stay open as long as SQLite has the file open: closing it would release SQLite's locks. */
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

/** Returns where it stopped; 0 at the end of the file. */
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
