/** Makes a data directory, locks it, and finishes a restore that was interrupted in it. */
import { accessSync, constants } from "node:fs";
import { StartError } from "../../core/model/start-error.ts";
import type { Log } from "../../core/ports/log.ts";
import { makeFolder } from "../../files/durable-file.ts";
import { finishExchange } from "./copy/exchange.ts";
import { type DataDirLock, lockDataDir } from "./db/data-dir-lock.ts";

/** Throws a StartError, and then nothing is locked. */
export function takeDataDir(dataDir: string, log: Log): DataDirLock {
  make(dataDir);
  const lock = lockDataDir(dataDir);
  if (lock.unnamed !== undefined) log.warn("the process id could not be written to aerie.pid", { cause: lock.unnamed });
  try {
    const finished = finishExchange(dataDir);
    if (finished !== undefined) log.warn("a restore was finished", { what: finished });
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function make(dataDir: string): void {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new StartError(
      `The data directory ${dataDir} cannot be written: ${why}. Give another one (AERIE_DATA_DIR).`,
      1,
      cause,
    );
  }
}
