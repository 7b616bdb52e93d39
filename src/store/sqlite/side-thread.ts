/** The thread for long tasks on the whole file: copies and counts. Entry of a worker; ends with its task. */

import { parentPort, workerData } from "node:worker_threads";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DatabaseSync } from "@photostructure/sqlite";
import type { FileBeside } from "../../core/ports/readings-store.ts";
import { backup } from "./copy/backup.ts";
import { testReadsBy } from "./db/file-damage.ts";
import { createReadTest } from "./db/read-test.ts";
import { serve } from "./db/thread-link.ts";
import { giveWay } from "./db/thread-priority.ts";
import { readStats } from "./read/stats.ts";
import type { ReaderThreadData } from "./reader-thread.ts";

export type SideOperations = ReturnType<typeof openOperations>;

export type SideThreadData = Pick<ReaderThreadData, "file" | "descriptor">;

function openOperations({ file, descriptor }: SideThreadData) {
  testReadsBy(createReadTest(file, descriptor));
  let opened: DatabaseSyncInstance | undefined;
  /** In a call, so that a failure is answered as one. */
  function open(): DatabaseSyncInstance {
    opened ??= new DatabaseSync(file, { readOnly: true });
    opened.exec("PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 2000");
    return opened;
  }
  return {
    backup: (to: string, beside?: readonly FileBeside[]) => backup(open(), to, beside),
    stats: () => readStats(open(), file),
    close: () => opened?.close(),
  };
}

if (parentPort !== null) {
  giveWay();
  serve(parentPort, openOperations(workerData as SideThreadData));
}
