/** Takes away what was deleted, step by step, between the commits: readings of whole devices, ranges and metrics. Decides nothing of what. */
import type { Log } from "../../core/ports/log.ts";
import { StoreError } from "../../core/ports/readings-store.ts";
import type { Link } from "./db/thread-link.ts";
import type { WriterOperations } from "./writer-thread.ts";

export interface Deletions {
  /** Finishes what a crash left of ranges and metrics, so that nobody learns of them again. */
  recover(): Promise<void>;
  /** Goes on with what is left to do of devices that were deleted, and of ranges and metrics that failed. */
  start(): void;
  /** Something failed. */
  isStuck(): boolean;
  /** Goes on as `start` does; rejects where that fails. */
  resume(): Promise<void>;
  /** Settles when this job, and those before it, are done. Where that fails it is tried again by `start`. */
  erase(job: number): Promise<void>;
  stop(): Promise<void>;
}

export function createDeletions(writer: Link<WriterOperations>, log: Log): Deletions {
  let running: Promise<void> | undefined;
  let stopped = false;
  let stuck = false;
  /** Why, of what is tried again by itself. */
  let failure: unknown;

  async function run(): Promise<void> {
    try {
      while (!stopped && (await writer.call("deleteStep", [])));
      if (stuck) await erase(Number.MAX_SAFE_INTEGER);
      failure = undefined;
    } catch (error) {
      stuck = true;
      failure = error;
      if (!stopped) log.warn("deletion paused", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async function recover(): Promise<void> {
    try {
      await erase(Number.MAX_SAFE_INTEGER);
    } catch (error) {
      log.warn("deletion paused", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A job that was asked for twice must not do its work when the other has long been done, and readings have come since. */
  async function erase(through: number): Promise<void> {
    try {
      for (const job of await writer.call("pendingErasures", [])) {
        if (job > through) return;
        while (!(await writer.call("eraseStep", [job]))) {
          if (stopped) throw new StoreError("the store is closing; the deletion goes on when it is open again", true);
        }
      }
      stuck = false;
    } catch (error) {
      stuck = true;
      throw error;
    }
  }

  function start(): Promise<void> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    recover,
    start: () => void start(),
    resume: async () => {
      await start();
      if (failure !== undefined) throw failure;
    },
    erase,
    isStuck: () => stuck,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
