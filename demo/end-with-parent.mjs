/** Loaded before the hub of the demo: when whoever started it is gone, however that ended, the hub stops and its data is removed. */
import { rmSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// Worker threads of the hub load this, too.
if (isMainThread) {
  process.once("exit", () => rmSync(process.env.DEMO_FOLDER, { recursive: true, force: true, maxRetries: 3 }));
  process.once("disconnect", () => {
    // The hub closes its parts in order. As long as it does not listen for the signal yet, there is nothing to close.
    if (!process.emit("SIGTERM", "SIGTERM")) process.exit(0);
  });
}
