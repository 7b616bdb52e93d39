/** Takes away what was deleted, step by step, between the commits: readings of whole devices, ranges and metrics. Decides nothing of what. */
import { type Log, StoreError } from "../../core/ports.ts";
import type { Link } from "./thread-link.ts";
import type { WriterOperations } from "./writer-thread.ts";

export interface Deletions {
  /** Finishes what a crash left of ranges and metrics, so that nobody learns of them again. */
  recover(): Promise<void>;
  /** Goes on with devices that were deleted. */
  start(): void;
  /** Settles when this job is done. */
  erase(job: number): Promise<void>;
  stop(): Promise<void>;
}

export function createDeletions(writer: Link<WriterOperations>, log: Log): Deletions {
  let running: Promise<void> | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    try {
      while (!stopped && (await writer.call("deleteStep", [])));
    } catch (error) {
      // The rest goes with the next deletion or at the next start.
      if (!stopped) log.warn("deletion paused", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async function recover(): Promise<void> {
    try {
      for (const job of await writer.call("pendingErasures", [])) await erase(job);
    } catch (error) {
      log.warn("deletion paused", { reason: error instanceof Error ? error.message : String(error) });
    }
  }

  async function erase(job: number): Promise<void> {
    while (!(await writer.call("eraseStep", [job]))) {
      if (stopped) throw new StoreError("the store is closing; the deletion goes on when it is open again", true);
    }
  }

  return {
    recover,
    start: () => {
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    erase,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
