/** The thread for what reads the whole file and takes its time: copies and counts. Entry of a worker; ends with its task. */

import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import type { FileBeside } from "../../core/ports/readings-store.ts";
import { backup } from "./copy/backup.ts";
import { serve } from "./db/thread-link.ts";
import { giveWay } from "./db/thread-priority.ts";
import { readStats } from "./read/stats.ts";

export type SideOperations = ReturnType<typeof openOperations>;

function openOperations({ file }: { file: string }) {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec("PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 2000");
  return {
    backup: (to: string, beside?: readonly FileBeside[]) => backup(db, to, beside),
    stats: () => readStats(db, file),
    close: () => db.close(),
  };
}

if (parentPort !== null) {
  giveWay();
  serve(parentPort, openOperations(workerData as { file: string }));
}
