/** Replaces files with prepared ones: all of them or none, even if it fails or the process ends in the middle. */
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { StartError } from "../../../core/model/start-error.ts";
import { syncPath } from "../../../files/durable-file.ts";
import { fileFault } from "../../../files/file-fault.ts";
import { STORE_FILE } from "../db/store-file.ts";
import { HUB_FILE } from "../hub-file/hub-schema.ts";

/** Where files are prepared. Its content is ignored and removed at a start. */
const PREPARED = "restoring";
/** The name of the same folder once the exchange is decided, with the time behind it: a start finishes the rest. */
const DECIDED = "restored-";
const IS_DECIDED = /^restored-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+)?$/;
const BEFORE = ".before-restore-";
/** With a write-ahead log. */
const DATABASES = [STORE_FILE, HUB_FILE];

export const preparedFolder = (dataDir: string): string => path.join(dataDir, PREPARED);

interface Move {
  readonly from: string;
  readonly to: string;
}

/** Returns the names under which the former files are kept. Throws an Error that says where each file is. */
export function exchange(dataDir: string, nowMs: number): readonly string[] {
  const prepared = preparedFolder(dataDir);
  const folder = path.join(dataDir, `${DECIDED}${freeStamp(dataDir, nowMs)}`);
  const done: Move[] = [];
  try {
    syncPath(prepared);
    move({ from: prepared, to: folder }, done);
    syncPath(dataDir);
    for (const each of movesOf(dataDir, folder)) move(each, done);
    syncPath(dataDir);
  } catch (cause) {
    const left = undo(done);
    if (left.length === 0) rmSync(prepared, { recursive: true, force: true });
    throw new Error(failureOf(fileFault(cause), left), { cause });
  }
  rmSync(folder, { recursive: true, force: true });
  return done.flatMap(({ to }) => (to.includes(BEFORE) ? [to] : []));
}

/**
 * At a start, under the lock: finishes an exchange that was decided, and removes what was only prepared. Returns a text
 * if it did something; throws a StartError if it cannot.
 */
export function finishExchange(dataDir: string): string | undefined {
  rmSync(preparedFolder(dataDir), { recursive: true, force: true });
  const folders = readdirSync(dataDir).filter((name) => IS_DECIDED.test(name));
  for (const name of folders) {
    const folder = path.join(dataDir, name);
    try {
      for (const each of movesOf(dataDir, folder)) move(each, []);
      syncPath(dataDir);
      rmSync(folder, { recursive: true, force: true });
    } catch (cause) {
      throw new StartError(
        `A restore was interrupted and cannot be finished: ${fileFault(cause)}. Its files are in ${folder}, and what was there before is kept beside it as ${asideOf("*", folder)}. Make sure that the hub can rename files in ${dataDir}, then start again.`,
        1,
        cause,
      );
    }
  }
  if (folders.length === 0) return undefined;
  const kept = folders.map((name) => asideOf("*", name)).join(", ");
  return `A restore that was interrupted was finished. What was there before is kept as ${kept}`;
}

/** The moves that remain, in order. A file that is no longer in the folder has been moved. */
export function movesOf(dataDir: string, folder: string): Move[] {
  const names = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const file = path.join(dataDir, name);
    const fresh = { from: path.join(folder, name), to: file };
    // A log that could not be emptied belongs to the former file, and SQLite finds it by its name.
    const parts = DATABASES.includes(name) ? [`${file}-shm`, `${file}-wal`, file] : [file];
    const aside = parts.filter((part) => existsSync(part)).map((part) => ({ from: part, to: asideOf(part, folder) }));
    return [...aside, fresh];
  });
}

function asideOf(file: string, folder: string): string {
  const stamp = path.basename(folder).slice(DECIDED.length);
  const [, base = file, suffix = ""] = /^(.*?)(-wal|-shm)?$/.exec(file) ?? [];
  return `${base}${BEFORE}${stamp}${suffix}`;
}

/** Two restores within a second keep both. */
function freeStamp(dataDir: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "-");
  const names = readdirSync(dataDir);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? stamp : `${stamp}.${number}`;
    if (!names.some((name) => name.endsWith(`${BEFORE}${tried}`) || name === `${DECIDED}${tried}`)) return tried;
  }
}

function move(each: Move, done: Move[]): void {
  renameSync(each.from, each.to);
  done.push(each);
}

/**
 * Returns the moves that could not be undone. It stops at the first one that fails, because the next start can finish
 * an exchange from there.
 */
function undo(done: readonly Move[]): readonly Move[] {
  const left = [...done];
  for (let last = left.at(-1); last !== undefined; last = left.at(-1)) {
    try {
      renameSync(last.to, last.from);
    } catch {
      break;
    }
    left.pop();
  }
  return left;
}

function failureOf(reason: string, left: readonly Move[]): string {
  if (left.length === 0) return `The store was not restored: ${reason}. What was there before has been put back.`;
  const kept = left.flatMap(({ from, to }) => (to.includes(BEFORE) ? [`${from} is now ${to}`] : []));
  return `The restore stopped half-way (${reason}) and could not be undone. Start the hub: it finishes the restore. Your previous files are kept: ${kept.join(", ") || "all of them are in their place"}.`;
}
