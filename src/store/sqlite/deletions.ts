/** Deletes the readings of deleted devices, ranges and metrics in small steps between commits. */
import { messageOf } from "../../core/model/message-of.ts";
import type { Log } from "../../core/ports/log.ts";
import { StoreError } from "../../core/ports/readings-store.ts";
import type { Link } from "./db/thread-link.ts";
import type { WriterOperations } from "./writer-thread.ts";

export interface Deletions {
  /** Finishes deletions of ranges and metrics that a crash interrupted, so that deleted readings are never shown again. */
  recover(): Promise<void>;
  /** Continues deletions of devices, and deletions of ranges and metrics that failed. */
  start(): void;
  /** Something failed. */
  isStuck(): boolean;
  /** Goes on as `start` does; rejects where that fails. */
  resume(): Promise<void>;
  /** Settles when this job and those before it are done. If it fails, `start` tries it again. */
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
      if (!stopped)
        log.warn("a deletion is paused; the hub tries again", {
          reason: messageOf(error),
        });
    }
  }

  async function recover(): Promise<void> {
    try {
      await erase(Number.MAX_SAFE_INTEGER);
    } catch (error) {
      log.warn("a deletion is paused; the hub tries again", {
        reason: messageOf(error),
      });
    }
  }

  /** Jobs are done in order: one that was requested twice must not run late, and delete readings that have come since. */
  async function erase(through: number): Promise<void> {
    try {
      for (const job of await writer.call("pendingErasures", [])) {
        if (job > through) return;
        while (!(await writer.call("eraseStep", [job]))) {
          if (stopped) throw new StoreError("the store is closing; the deletion resumes when it is opened again", true);
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
