/** Reports at the start what a damaged write-ahead log, or one without its database, has lost: SQLite would continue in silence. */
import { constants, copyFileSync, statSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import { syncPath } from "../../../files/durable-file.ts";
import type { NoteDamage } from "./damage-note.ts";
import { damageWords, ifReadable } from "./file-damage.ts";
import { logBytes } from "./space.ts";
import { findLogDamage, hasFrames } from "./write-ahead-log.ts";

/** True: damage was noted. Throws, with a text for the owner, if the hub must not start. */
export function checkLog(file: string, advice: string, note: NoteDamage): boolean {
  const log = `${file}-wal`;
  if (!hasFrames(logBytes(file))) return false;
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    throw new Error(
      `${file} is missing or empty, and its write-ahead log ${log} holds what was stored last: started like this, the hub would begin with nothing and delete the log. Put ${file} back beside it, or a backup in its place (aerie restore); to begin with nothing, move ${log} away`,
    );
  }
  const damage = findLogDamage(log);
  if (damage === undefined) return false;
  const where = damage.atByte === 0 ? "in its header" : `at byte ${damage.atByte}`;
  const what = `the write-ahead log ${log} is damaged ${where}, and ${damage.commits} commits from there on, which were acknowledged, cannot be read`;
  // Part of the unreadable frames may be in the database already. Then applying the rest of the log would damage it.
  const found = ifReadable(() => checkWhole(file)) ?? "it cannot be read";
  if (found !== "ok") throw new Error(damageWords(file, `${what}; without them: ${found}`, advice));
  const kept = `${log}.damaged-${damage.generation}`;
  note({
    words: `${what[0]?.toUpperCase()}${what.slice(1)}. The hub continues without them. ${keep(log, kept)}. Check the disk`,
  });
  return true;
}

/** A read-only connection does not change the log. */
function checkWhole(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return String(db.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"]);
  } finally {
    db.close();
  }
}

function keep(log: string, kept: string): string {
  try {
    copyFileSync(log, kept, constants.COPYFILE_EXCL);
    syncPath(kept);
    return `The damaged log is kept as ${kept}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return `The damaged log was already kept as ${kept}`;
    return `The damaged log could not be kept: ${(error as Error).message}`;
  }
}
