/** Distinguishes damage of a database file from other errors, and tells the owner what to do about it. */
import type { ReadTest } from "./read-test.ts";

/** SQLite's primary result code of an error (https://sqlite.org/rescode.html); undefined: it is not SQLite's. */
export function primaryCode(error: unknown): number | undefined {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (typeof errcode === "number") return errcode & 0xff;
  return code === "ERR_SQLITE_ERROR" ? CODES.get(String(message)) : undefined;
}

/** The driver's `all` and `iterate` throw errors with SQLite's text and without its code. */
const CODES: ReadonlyMap<string, number> = new Map([
  ["database is locked", 5],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
]);

/** CORRUPT, NOTADB. A temporary read error of the disk (IOERR) is not among them. */
const OF_DAMAGE = new Set([11, 26]);

/** Of the only store that a thread has open. */
let readTest: ReadTest | undefined;
/** The result for an error is kept. */
const readFaults = new WeakMap<object, Error | undefined>();

/** From now on damage that SQLite reports is checked by reading the files. */
export function testReadsBy(test: ReadTest): void {
  readTest = test;
}

/** Another call begins: the former result no longer applies. */
export function renewReadTest(): void {
  readTest?.renew();
}

/** Why the disk could not read what SQLite calls damaged; undefined: it could, or the error is another one. */
export function readFaultOf(error: unknown): Error | undefined {
  if (typeof error !== "object" || error === null || !OF_DAMAGE.has(primaryCode(error) ?? 0)) return undefined;
  if (!readFaults.has(error)) readFaults.set(error, readTest?.fault());
  return readFaults.get(error);
}

/** What was read is not what was written. Out of range: an integer that none of our columns holds. */
export function isDamage(error: unknown): boolean {
  if ((error as { code?: unknown }).code === "ERR_OUT_OF_RANGE") return true;
  return OF_DAMAGE.has(primaryCode(error) ?? 0) && readFaultOf(error) === undefined;
}

/** For the owner. `advice`: what to do if the store has no backups. */
export function damageWords(file: string, reason: string, advice = RESTORE): string {
  return `${file} is damaged, and part of it cannot be read (${reason}). ${advice}`;
}

export const RESTORE =
  "Check the disk, stop the hub and put a backup in its place (aerie restore); without one, aerie export saves what can still be read";

/** Undefined: its page is damaged. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}
