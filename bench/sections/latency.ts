/** How long a reading takes at loads far below the maximum: to its PUBACK, and to the browsers that watch. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DriveResult } from "../generator/drive-spec.ts";
import { type DiskSync, diskSync } from "../helpers/disk-sync.ts";
import {
  type Bench,
  driveAt,
  type LoadSpec,
  OVERHEAD_SECONDS,
  type RunRecord,
  runBare,
  runHub,
} from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import { type ReadersReport, startReaders } from "../run/readers.ts";
import { openWatch } from "../run/watch.ts";
import type { WatchReport } from "../watchers/watch-spec.ts";

export interface LatencyResult {
  lightRatePerSecond: number;
  lightBare: RunRecord;
  lightAerie: RunRecord;
  watchedRatePerSecond: number;
  /** Of the file system that the hub stores on, just before the watched run and with the hub idle. */
  disk: DiskSync;
  watched: RunRecord;
  watch: WatchReport;
  /** At the light load, in one hub: nobody reads, then `readers.count` programs do. */
  unread: DriveResult;
  read: RunRecord;
  readers: ReadersReport & { count: number };
}

const LIGHT_RATE_PER_SECOND = 200;
const WATCHED_RATE_PER_SECOND = 1_000;
const BROWSERS = 20;
const READERS = 20;
/** More samples than a run of full speed needs: each second gives few. */
const STRETCH = 2;
/** What is acknowledged is on its way to the browsers. */
const ARRIVES_WITHIN_MS = 500;

function pacedSpec({ boards, seconds, warmUpSeconds }: BenchOptions, ratePerSecond: number, sentUs: boolean): LoadSpec {
  return {
    load: { boards, qos: 1, timestamps: "half", sentUs },
    warmUp: { durationMs: warmUpSeconds * 1000, ratePerSecond },
    measured: { durationMs: seconds * STRETCH * 1000, ratePerSecond },
  };
}

const runSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number =>
  seconds * STRETCH + warmUpSeconds + OVERHEAD_SECONDS;

export const latencySeconds = (options: BenchOptions): number => 5 * runSeconds(options) + options.seconds + 2;

async function watchedRun(bench: Bench) {
  const spec = pacedSpec(bench.options, WATCHED_RATE_PER_SECOND, true);
  let disk: DiskSync | undefined;
  let report: WatchReport | undefined;
  const watched = await runHub(bench, "publish to browser", async (hub, dataDir) => {
    disk = diskSync(dataDir);
    const watch = await openWatch(bench.owned, { httpUrl: hub.httpUrl, browsers: BROWSERS, batch: false });
    try {
      const result = await driveAt(bench, hub, spec, () => watch.reset());
      await sleep(ARRIVES_WITHIN_MS);
      report = await watch.report();
      return result;
    } finally {
      await watch.close();
    }
  });
  if (disk === undefined || report === undefined) throw new Error("publish to browser: nothing was measured");
  return { disk, watched, watch: report };
}

/** The store is filled before at full speed, so that answers are large. */
async function readRun(bench: Bench) {
  const { options } = bench;
  const full: LoadSpec = {
    load: { boards: options.boards, qos: 1, timestamps: "half" },
    warmUp: { durationMs: 0 },
    measured: { durationMs: options.seconds * 1000 },
  };
  const light = pacedSpec(options, LIGHT_RATE_PER_SECOND, false);
  let before = 0;
  let unread: DriveResult | undefined;
  let report: ReadersReport | undefined;
  const read = await runHub(
    bench,
    "acknowledgement while programs read",
    async (hub) => {
      const filled = await driveAt(bench, hub, full);
      unread = await driveAt(bench, hub, light);
      before = filled.totalAcknowledged + unread.totalAcknowledged;
      const readers = await startReaders(hub.httpUrl, READERS);
      const result = await driveAt(bench, hub, light);
      report = await readers.stop();
      return result;
    },
    { settings: { "max-requests-per-minute": "0" } },
    (result) => before + result.totalAcknowledged,
  );
  if (unread === undefined || report === undefined)
    throw new Error("acknowledgement while programs read: nothing was measured");
  return { unread, read, readers: { ...report, count: READERS } };
}

export async function latency(bench: Bench): Promise<LatencyResult> {
  const { options, progress } = bench;
  const light = pacedSpec(options, LIGHT_RATE_PER_SECOND, false);
  const what = `acknowledgement at ${LIGHT_RATE_PER_SECOND} readings/s`;
  progress.begin(`${what}, bare Aedes`, runSeconds(options));
  const lightBare = await runBare(bench, `${what}, bare Aedes`, light);
  progress.begin(`${what}, Aerie`, runSeconds(options));
  const lightAerie = await runHub(bench, `${what}, Aerie`, (hub) => driveAt(bench, hub, light));
  progress.begin(`publish to ${BROWSERS} browsers at ${WATCHED_RATE_PER_SECOND} readings/s`, runSeconds(options) + 2);
  const watched = await watchedRun(bench);
  progress.begin(`acknowledgement while ${READERS} programs read`, 2 * runSeconds(options) + options.seconds);
  const read = await readRun(bench);
  return {
    lightRatePerSecond: LIGHT_RATE_PER_SECOND,
    lightBare,
    lightAerie,
    watchedRatePerSecond: WATCHED_RATE_PER_SECOND,
    ...watched,
    ...read,
  };
}
