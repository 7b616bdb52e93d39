/**
 * Checks that the store's files are still at their path. Writes to files that were removed or replaced are lost, though SQLite
 * reports no error. It opens no file: closing one would release SQLite's locks on it.
 */

import { type Stats, statSync } from "node:fs";
import path from "node:path";
import { identityOf } from "../../../files/data-folder.ts";
import { diskFaultOf } from "./disk-fault.ts";

export interface OpenedFiles {
  /** The problem found so far. */
  found(): string | undefined;
  /** To be called after each write. One system call while nothing in the directory changed. */
  quickProblem(): string | undefined;
  /** To be called from time to time. */
  problem(): string | undefined;
}

const look = (file: string): Stats | undefined => statSync(file, { throwIfNoEntry: false });

/** To be called once SQLite has opened the files. `before`: the file's identity just before it was opened; undefined: it did not exist. */
export function watchOpenedFiles(file: string, before: string | undefined): OpenedFiles {
  const directory = path.dirname(file);
  const log = `${file}-wal`;
  const now = identityOf(file);
  const expected = [
    [file, before ?? now],
    [log, identityOf(log)],
  ] as const;
  let seen = stampOf(directory);
  /** Permanent: even if the files come back, they lack what was written meanwhile. */
  let found: string | undefined;
  problem();

  function problem(): string | undefined {
    const missing = expected.find(([each, identity]) => identity === undefined || identityOf(each) !== identity);
    if (missing !== undefined) {
      found ??= `${missing[0]} was removed or replaced while the hub was running, so nothing can be stored. Check the data directory, then restart the hub.`;
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

/** Changes when a file in the directory is created, removed or renamed. */
function stampOf(directory: string): string {
  const found = look(directory);
  return found === undefined ? "" : `${found.dev}:${found.ino}:${found.mtimeMs}`;
}
