/** What live costs the hub's main thread while batched browsers watch an ingest at 60 % of its maximum. */
import { setTimeout as sleep } from "node:timers/promises";
import { scrape } from "../helpers/scrape.ts";
import { type Bench, driveAt, type LoadSpec, OVERHEAD_SECONDS, type RunRecord, runHub } from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import type { Peer } from "../run/peer-process.ts";
import { openWatch } from "../run/watch.ts";
import type { WatchReport } from "../watchers/watch-spec.ts";
import { ingestRunSeconds, ingestSpec } from "./ingest.ts";

export interface LiveResult {
  maximumPerSecond: number;
  targetPerSecond: number;
  run: RunRecord;
  watch: WatchReport;
  /** Time spent emitting ÷ time passed; NaN where the hub does not say. */
  mainThreadShare: number;
}

const SHARE_OF_MAXIMUM = 0.6;
const BROWSERS = 20;
const COUNTER = "aerie_live_seconds_total";
/** Messages that a board sends at once: a timer of 1 ms cannot send each alone without costing more than the hub. */
const BURST = 8;
const ARRIVES_WITHIN_MS = 1_000;

const watchedSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number =>
  2 * seconds + warmUpSeconds + OVERHEAD_SECONDS + 2;

export const liveSeconds = (options: BenchOptions, maximumIsKnown: boolean): number =>
  watchedSeconds(options) + (maximumIsKnown ? 0 : ingestRunSeconds(options));

function pacedSpec({ boards, seconds, warmUpSeconds }: BenchOptions, ratePerSecond: number): LoadSpec {
  return {
    load: { boards, qos: 1, timestamps: "half", windowPerBoard: 64 },
    warmUp: { durationMs: warmUpSeconds * 1000, ratePerSecond, burst: BURST },
    measured: { durationMs: 2 * seconds * 1000, ratePerSecond, burst: BURST },
  };
}

async function maximum(bench: Bench): Promise<number> {
  const what = "maximum for live (QoS 1)";
  bench.progress.begin(what, ingestRunSeconds(bench.options));
  const run = await runHub(bench, what, (hub) => driveAt(bench, hub, ingestSpec(bench.options, 1)));
  return run.result.perSecond;
}

interface Sample {
  atMs: number;
  seconds: number;
}

/** A hub that does not answer is the run's own failure, not this sample's. */
async function sample(hub: Peer): Promise<Sample> {
  const seconds = await scrape(hub.httpUrl, COUNTER).catch(() => Number.NaN);
  return { atMs: performance.now(), seconds };
}

/** `knownMaximum` is what ingest measured; without it one run at full speed comes first. */
export async function live(bench: Bench, knownMaximum: number | undefined): Promise<LiveResult> {
  const maximumPerSecond = knownMaximum ?? (await maximum(bench));
  const targetPerSecond = Math.round(maximumPerSecond * SHARE_OF_MAXIMUM);
  const what = `${BROWSERS} batched browsers at ${targetPerSecond} readings/s`;
  bench.progress.begin(what, watchedSeconds(bench.options));
  let report: WatchReport | undefined;
  let mainThreadShare = Number.NaN;
  const run = await runHub(bench, what, async (hub) => {
    const watch = await openWatch(bench.owned, { httpUrl: hub.httpUrl, browsers: BROWSERS, batch: true });
    try {
      let before = sample(hub);
      const result = await driveAt(bench, hub, pacedSpec(bench.options, targetPerSecond), () => {
        before = sample(hub);
      });
      const [first, last] = await Promise.all([before, sample(hub)]);
      mainThreadShare = ((last.seconds - first.seconds) * 1000) / (last.atMs - first.atMs);
      await sleep(ARRIVES_WITHIN_MS);
      report = await watch.report();
      return result;
    } finally {
      await watch.close();
    }
  });
  if (report === undefined) throw new Error(`${what}: nothing was measured`);
  return { maximumPerSecond, targetPerSecond, run, watch: report, mainThreadShare };
}
