/** Tells a disk that does not do what it is asked from damaged bytes and from a full disk. Tries nothing again. */
import { constants } from "node:os";
import { primaryCode, readFaultOf } from "./file-damage.ts";
import { DISK_CODES, isOfDisk } from "./read-test.ts";

/** What of a file failed, and how the system says it. */
export interface DiskFault {
  readonly cannotBe: "read" | "written" | "read or written";
  readonly reason: string;
}

/** Of SQLite (https://sqlite.org/rescode.html). */
const IOERR = 10;
const CANTOPEN = 14;
/** Extended codes of IOERR that are no fault of the disk: no memory, somebody else's lock. */
const NOT_OF_DISK = new Set([2826, 3082]);
/** WRITE, FSYNC, DIR_FSYNC, TRUNCATE, DELETE, BEGIN_ATOMIC, COMMIT_ATOMIC. */
const OF_WRITING = new Set([778, 1034, 1290, 1546, 2570, 7434, 7690]);

const ERRNO = constants.errno as Readonly<Record<string, number | undefined>>;
/** A disk that is full, or a process that may not have more, has words of its own. */
const NOT_OF_DISK_ERRNO = ["ENOSPC", "EDQUOT", "EFBIG", "EMFILE", "ENFILE", "ENOMEM"].map((name) => ERRNO[name]);
const OF_DISK_ERRNO = DISK_CODES.map((name) => ERRNO[name]).filter((errno) => errno !== undefined);

/** Undefined: the error is another one. */
export function diskFaultOf(error: unknown): DiskFault | undefined {
  const { sqliteExtendedCode, systemErrno, message } = (error ?? {}) as {
    readonly [name in "sqliteExtendedCode" | "systemErrno" | "message"]?: unknown;
  };
  const reason = String(message);
  if (isOfDisk(error)) return { cannotBe: "read or written", reason };
  const readFault = readFaultOf(error);
  if (readFault !== undefined) return { cannotBe: "read", reason: readFault.message };
  const primary = primaryCode(error);
  if (primary === CANTOPEN && OF_DISK_ERRNO.includes(Number(systemErrno))) return { cannotBe: "read", reason };
  if (primary !== IOERR) return undefined;
  if (NOT_OF_DISK.has(Number(sqliteExtendedCode)) || NOT_OF_DISK_ERRNO.includes(Number(systemErrno))) return undefined;
  // What comes without an extended code is of a query that gives rows.
  return { cannotBe: OF_WRITING.has(Number(sqliteExtendedCode)) ? "written" : "read", reason };
}

/** For the owner. `then`: what happens next, or is to be done. */
export const diskWords = (file: string, { cannotBe, reason }: DiskFault, then = TRIES_AGAIN): string =>
  `${file} cannot be ${cannotBe}: its disk fails (${reason}). Nothing is deleted by that. Check the disk, its cable and the system's log (dmesg); ${then}`;

const TRIES_AGAIN =
  "what needs it is refused meanwhile, and the hub tries again by itself. While it can still be read, aerie backup makes a copy on another disk";
export const START_AGAIN = "then start the hub again";
