/** Distinguishes a failing disk from damaged data and from a full disk. */
import { constants } from "node:os";
import { primaryCode, readFaultOf } from "./file-damage.ts";
import { DISK_CODES, isOfDisk } from "./read-test.ts";

/** What failed, and the system's message. */
export interface DiskFault {
  readonly cannotBe: "read" | "written" | "read or written";
  readonly reason: string;
}

/** Of SQLite (https://sqlite.org/rescode.html). */
const IOERR = 10;
const CANTOPEN = 14;
/** Extended codes of IOERR that are not faults of the disk: no memory, another process's lock. */
const NOT_OF_DISK = new Set([2826, 3082]);
/** WRITE, FSYNC, DIR_FSYNC, TRUNCATE, DELETE, BEGIN_ATOMIC, COMMIT_ATOMIC. */
const OF_WRITING = new Set([778, 1034, 1290, 1546, 2570, 7434, 7690]);

const ERRNO = constants.errno as Readonly<Record<string, number | undefined>>;
/** A full disk, and a process at its limits, have texts of their own. */
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
  // An error without an extended code comes from a query that returns rows.
  return { cannotBe: OF_WRITING.has(Number(sqliteExtendedCode)) ? "written" : "read", reason };
}

/** For the owner. `then`: what happens next, or what to do. */
export const diskWords = (file: string, { cannotBe, reason }: DiskFault, then = TRIES_AGAIN): string =>
  `${file} cannot be ${cannotBe}: its disk fails (${reason}). Nothing is deleted because of this. Check the disk, its cable and the system's log (dmesg); ${then}`;

const TRIES_AGAIN =
  "operations that need the file are refused meanwhile, and the hub keeps trying. While the file can still be read, aerie backup makes a copy on another disk";
export const START_AGAIN = "then start the hub again";
