/** Runs long tasks on the whole file one after the other, each in a thread of its own. */
import { createSerialQueue } from "../../core/model/serial-queue.ts";
import { StoreError } from "../../core/ports/readings-store.ts";
import type { Thread } from "./db/thread-link.ts";
import type { SideOperations } from "./side-thread.ts";

export function createSideThread(start: () => Thread<SideOperations>) {
  const queue = createSerialQueue();
  let running: Thread<SideOperations> | undefined;
  let stopped = false;

  async function runNow<Name extends "backup" | "stats">(
    name: Name,
    args: Parameters<SideOperations[Name]>,
  ): Promise<ReturnType<SideOperations[Name]>> {
    if (stopped) throw new StoreError("the store is closed", false);
    const thread = start();
    running = thread;
    try {
      const result = await thread.call(name, args);
      await thread.call("close", []);
      return result;
    } finally {
      running = undefined;
      await thread.stop();
    }
  }

  return {
    run: <Name extends "backup" | "stats">(
      name: Name,
      args: Parameters<SideOperations[Name]>,
    ): Promise<ReturnType<SideOperations[Name]>> => queue.run(() => runNow(name, args)),
    /** Interrupts the task that runs. */
    stop: async (): Promise<void> => {
      stopped = true;
      await running?.stop();
      await queue.idle();
    },
  };
}
