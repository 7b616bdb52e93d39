/** Puts together what the engine does with stored readings: charts, rollups, upkeep, deletions. */
import { randomBytes } from "node:crypto";
import type { Db } from "mongodb";
import type { Store } from "../../core/ports/readings-store.ts";
import type { UpkeepRequest, UpkeepStep } from "../../core/ports/upkeep.ts";
import { readSpace, readStats } from "./db/sizes.ts";
import { asStore } from "./db/store-fault.ts";
import type { HistoryParts } from "./read/history-parts.ts";
import { latestOf } from "./read/latest-query.ts";
import { readRollupRows } from "./read/rollups-query.ts";
import { readSeries } from "./read/series-query.ts";
import { createDayCounter, FOLD } from "./upkeep/day-counter.ts";
import { createDeletions, DELETE } from "./upkeep/deletions.ts";
import { createDeriver } from "./upkeep/deriver.ts";
import { createEraser, ERASE } from "./upkeep/eraser.ts";
import { createRebuilder } from "./upkeep/rebuilder.ts";
import { createRetentionSteps } from "./upkeep/retention.ts";

export interface HistoryOptions extends HistoryParts {
  readonly db: () => Db;
  readonly quickReadings: number | undefined;
}

export interface History {
  readonly store: Pick<
    Store,
    "series" | "rollups" | "latestOf" | "upkeep" | "erase" | "derive" | "rebuild" | "deleteDevice" | "stats" | "space"
  >;
  /** Finishes the jobs that an earlier run left, before the first query. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

export function createHistory({ db, quickReadings, ...parts }: HistoryOptions): History {
  const counter = createDayCounter(parts, randomBytes(6).toString("base64url"));
  const retention = createRetentionSteps(parts, counter, db);
  const eraser = createEraser(parts);
  const deletions = createDeletions(parts);
  const derive = createDeriver(parts);
  const rebuild = createRebuilder(parts, counter);

  async function recover(): Promise<void> {
    for (const job of await parts.collections().jobs.find().toArray()) {
      if (job.kind === DELETE) deletions.remember(job);
      else if (job.kind === FOLD) await counter.finish(job);
      else if (job.kind === ERASE) await eraser.finish(job);
    }
    deletions.start();
  }

  async function upkeep(request: UpkeepRequest): Promise<UpkeepStep> {
    deletions.start(); // tries one that failed again
    if (await counter.step(request.nowMs)) return { did: "rolledUp", readings: 0, hot: 0 };
    return { did: "nothing", readings: 0, ...(await retention.step(request)), hot: 0 };
  }

  return {
    recover,
    stop: deletions.stop,
    store: {
      series: (query) => asStore(() => readSeries(parts, query, quickReadings)),
      rollups: (query) => asStore(() => readRollupRows(parts, query)),
      latestOf: (deviceId, metrics) => asStore(() => latestOf(parts, deviceId, metrics)),
      upkeep: (request) => asStore(() => upkeep(request)),
      erase: (request) => asStore(() => eraser.erase(request)),
      derive: (request) => asStore(() => derive(request)),
      rebuild: (hours) => asStore(() => rebuild(hours)),
      deleteDevice: (deviceId) => asStore(() => deletions.deleteDevice(deviceId)),
      stats: () => asStore(() => readStats(db(), parts.collections())),
      space: () => asStore(() => readSpace(db())),
    },
  };
}
