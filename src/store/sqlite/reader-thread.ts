/** The thread that reads the embedded store, so that a long query stops neither ingest nor the event loop. Entry of a worker. */

import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import type { ExportWish, LatestMetric, ReadingsWish, RollupRow, RollupsWish, SeriesWish } from "../../core/ports.ts";
import { exportChunk } from "./export-chunk.ts";
import { readReadings, readSeries } from "./queries.ts";
import { readSpace } from "./space.ts";
import { serve } from "./thread-link.ts";

export interface ReaderThreadData {
  readonly file: string;
}

export type ReaderOperations = ReturnType<typeof openOperations>;

function openOperations({ file }: ReaderThreadData) {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA busy_timeout = 2000");
  return {
    readings: (wish: ReadingsWish) => readReadings(db, wish),
    series: (wish: SeriesWish) => readSeries(db, wish),
    rollups: (_wish: RollupsWish): RollupRow[] => notBuilt(),
    exportChunk: (wish: ExportWish) => exportChunk(db, wish),
    latestOf: (_deviceId: string, _metrics: readonly string[]): Map<string, LatestMetric> => notBuilt(),
    space: () => readSpace(db, file),
    close: () => db.close(),
  };
}

function notBuilt(): never {
  throw new Error("not built yet");
}

/** The lines of an export. */
function blocksOf(value: unknown): ArrayBuffer[] {
  const { lines } = (value ?? {}) as { lines?: unknown };
  return lines instanceof Uint8Array && lines.buffer instanceof ArrayBuffer ? [lines.buffer] : [];
}

if (parentPort !== null) serve(parentPort, openOperations(workerData as ReaderThreadData), blocksOf);
