/**
 * Tells whether the store's files are still at their path. What is written to files that were removed or replaced is lost, though
 * SQLite writes it without an error. Opens no file: closing one would end SQLite's locks on it.
 */

import { type Stats, statSync } from "node:fs";
import path from "node:path";
import { identityOf } from "../../../files/data-folder.ts";
import { diskFaultOf } from "./disk-fault.ts";

export interface OpenedFiles {
  /** What was found so far. */
  found(): string | undefined;
  /** After each write. One system call while nothing in the directory changed. */
  quickProblem(): string | undefined;
  /** From time to time. */
  problem(): string | undefined;
}

const look = (file: string): Stats | undefined => statSync(file, { throwIfNoEntry: false });

/** To be called when SQLite has them open. `before`: the file's identity just before it was opened; undefined: it was not there. */
export function watchOpenedFiles(file: string, before: string | undefined): OpenedFiles {
  const directory = path.dirname(file);
  const log = `${file}-wal`;
  const now = identityOf(file);
  const expected = [
    [file, before ?? now],
    [log, identityOf(log)],
  ] as const;
  let seen = stampOf(directory);
  /** Once it is so it stays so: what was written meanwhile is not where it is looked for, even if the files come back. */
  let found: string | undefined;
  problem();

  function problem(): string | undefined {
    const missing = expected.find(([each, identity]) => identity === undefined || identityOf(each) !== identity);
    if (missing !== undefined) {
      found ??= `${missing[0]} was removed or replaced while the hub was running, so nothing is stored any more. Check the data directory, then restart the hub.`;
    }
    return found;
  }

  return {
    found: () => found,
    problem,
    quickProblem: () => {
      try {
        const stamp = stampOf(directory);
        if (stamp === seen) return found;
        const now = problem();
        seen = stamp;
        return now;
      } catch (error) {
        // What was written is written, whether or not the disk shows its directory now. `problem` says that it does not.
        if (diskFaultOf(error) === undefined) throw error;
        return found;
      }
    },
  };
}

/** Another one when a file in it is made, removed or renamed. */
function stampOf(directory: string): string {
  const found = look(directory);
  return found === undefined ? "" : `${found.dev}:${found.ino}:${found.mtimeMs}`;
}
