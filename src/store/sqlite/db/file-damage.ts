/** Tells damage of a database file from other failures, and says what to do about it. Repairs nothing. */
import type { ReadTest } from "./read-test.ts";

/** SQLite's primary result code of an error (https://sqlite.org/rescode.html); undefined: it is not SQLite's. */
export function primaryCode(error: unknown): number | undefined {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (typeof errcode === "number") return errcode & 0xff;
  return code === "ERR_SQLITE_ERROR" ? CODES.get(String(message)) : undefined;
}

/** `all` and `iterate` of the driver give SQLite's words without its code. */
const CODES: ReadonlyMap<string, number> = new Map([
  ["database is locked", 5],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database file", 14],
  ["file is not a database", 26],
]);

/** CORRUPT, NOTADB. A disk that cannot be read for a while (IOERR) is not among them. */
const OF_DAMAGE = new Set([11, 26]);

/** Of the one store that a thread has open. */
let readTest: ReadTest | undefined;
/** What was found of an error stays so, whoever asks. */
const readFaults = new WeakMap<object, Error | undefined>();

/** From now on what SQLite calls damage is held against what the disk gives. */
export function testReadsBy(test: ReadTest): void {
  readTest = test;
}

/** Another call begins: what was found before is not held to be so any more. */
export function renewReadTest(): void {
  readTest?.renew();
}

/** Why the disk did not give what SQLite calls damaged; undefined: it did, or the error is another one. */
export function readFaultOf(error: unknown): Error | undefined {
  if (typeof error !== "object" || error === null || !OF_DAMAGE.has(primaryCode(error) ?? 0)) return undefined;
  if (!readFaults.has(error)) readFaults.set(error, readTest?.fault());
  return readFaults.get(error);
}

/** What was read cannot be what was written. Out of range: an integer that no column of ours holds. */
export function isDamage(error: unknown): boolean {
  if ((error as { code?: unknown }).code === "ERR_OUT_OF_RANGE") return true;
  return OF_DAMAGE.has(primaryCode(error) ?? 0) && readFaultOf(error) === undefined;
}

/** For the owner. `advice`: what to do, where it is not a store that has backups. */
export function damageWords(file: string, reason: string, advice = RESTORE): string {
  return `${file} is damaged, and not all that it holds can be read (${reason}). ${advice}`;
}

export const RESTORE =
  "Check the disk, stop the hub and put a backup in its place (aerie restore); without one, aerie export saves what can still be read";

/** Undefined: the page that it would be read from is damaged. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}
