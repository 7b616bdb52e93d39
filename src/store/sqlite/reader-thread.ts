/** The thread that reads the embedded store, so that a long query delays neither ingest nor the event loop. Entry of a worker. */

import { parentPort, workerData } from "node:worker_threads";
import { DatabaseSync } from "@photostructure/sqlite";
import { seriesJson } from "../../core/history/series-json.ts";
import type {
  ExportChunk,
  ExportQuery,
  ReadingsChunk,
  ReadingsQuery,
  RollupsQuery,
  Series,
  SeriesQuery,
} from "../../core/ports/history.ts";
import type { TrialSpec } from "../../core/ports/rule-trial.ts";
import type { Damage, Read } from "./db/damage-note.ts";
import { testReadsBy } from "./db/file-damage.ts";
import { createReadTest } from "./db/read-test.ts";
import { readSpace } from "./db/space.ts";
import { serve } from "./db/thread-link.ts";
import { giveWay } from "./db/thread-priority.ts";
import { exportChunk } from "./read/export-chunk.ts";
import type { OnDamage } from "./read/history.ts";
import { latestOf } from "./read/latest-query.ts";
import { readReadings } from "./read/queries.ts";
import { readReadingsChunk } from "./read/readings-chunk.ts";
import { readRollups } from "./read/rollups-query.ts";
import { readSeries } from "./read/series-query.ts";
import { createTrialSteps } from "./read/trial-steps.ts";

export interface ReaderThreadData {
  readonly file: string;
  /** Of the file, for its `ReadTest`. */
  readonly descriptor: number;
  readonly quickReadings: number | undefined;
}

export type ReaderOperations = ReturnType<typeof openOperations>;

function openOperations({ file, descriptor, quickReadings }: ReaderThreadData) {
  testReadsBy(createReadTest(file, descriptor));
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA busy_timeout = 2000");
  const trials = createTrialSteps(db);
  return {
    /** Settles when the file can be read. */
    open: () => void db.prepare("SELECT 1 FROM device LIMIT 1").get(),
    readings: (query: ReadingsQuery) => withDamage((onDamage) => readReadings(db, query, onDamage)),
    readingsChunk: (query: ReadingsQuery) => withDamage((onDamage) => readReadingsChunk(db, query, onDamage)),
    series: (query: SeriesQuery) =>
      withDamage((onDamage) => seriesJson(readSeries(db, query, onDamage, quickReadings))),
    rollups: (query: RollupsQuery) => withDamage((onDamage) => readRollups(db, query, onDamage)),
    latestOf: (deviceId: string, metrics: readonly string[]) =>
      withDamage((onDamage) => latestOf(db, deviceId, metrics, onDamage)),
    exportChunk: (query: ExportQuery) => withDamage((onDamage) => exportChunk(db, query, onDamage)),
    trialStep: (id: number, spec: TrialSpec | undefined) => withDamage((onDamage) => trials.step(id, spec, onDamage)),
    trialEnd: (id: number, isComplete: boolean) => trials.end(id, isComplete),
    space: () => readSpace(db, file),
    close: () => db.close(),
  };
}

function withDamage<T>(read: (onDamage: OnDamage) => T): Read<T> {
  const damage: Damage[] = [];
  const value = read(({ fromMs, toMs }, reason) => void damage.push({ fromMs, toMs, reason }));
  return { value, damage };
}

/** The buffers of a large answer, to be transferred. */
function blocksOf(answer: unknown): ArrayBuffer[] {
  const { value } = (answer ?? {}) as Partial<Read<Partial<ExportChunk & ReadingsChunk & Series> | undefined>>;
  return [value?.lines, value?.json, ...(value?.columns ?? [])].flatMap((bytes) =>
    bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [],
  );
}

if (parentPort !== null) {
  giveWay();
  serve(parentPort, openOperations(workerData as ReaderThreadData), { blocksOf });
}
