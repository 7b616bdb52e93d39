/** What many rules cost the hub's main thread: 1,000 boards that send 1,000 readings a second, with and without 1,000 rules. */
import type { DriveResult } from "../../generator/drive-spec.ts";
import { mainThreadMs } from "../../helpers/main-thread.ts";
import { type Bench, driveAt, type LoadSpec, OVERHEAD_SECONDS, type Pair, runHub } from "../../run/bench-run.ts";
import type { BenchOptions } from "../../run/options.ts";
import { addRules, deleteAllRules, ruleOf, UNLIMITED } from "./rules.ts";

export interface RulesCostRun {
  /** Busy time of the main thread ÷ time passed. */
  readonly mainThreadShare: number;
  readonly result: DriveResult;
}

export interface RulesCost {
  /** Rules of a device; in all it is RULES, so each holds for as many devices. */
  readonly rulesOfADevice: number;
  /** `bare`: without rules. */
  readonly pairs: readonly Pair<RulesCostRun>[];
}

export const RULES = 1_000;
export const BOARDS = 1_000;
export const PER_SECOND = 1_000;
/** Its own rules; and as many as a hub may have of 1,000 boards. */
const RULES_OF_A_DEVICE = [1, 100];
const STRETCH = 2;
const ID_PREFIX = "bench";
/** What a board of the load measures, and what it never reaches. */
const METRICS = ["temperature", "humidity", "aqi", "eco2", "tvoc", "coPpm", "ch4Ppm", "lpgPpm", "co2", "alcohol"];
const NEVER_REACHED = 5_000;

const runSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number =>
  STRETCH * seconds + warmUpSeconds + OVERHEAD_SECONDS + 4;

export const rulesCostSeconds = (options: BenchOptions): number =>
  2 * RULES_OF_A_DEVICE.length * options.pairs * runSeconds(options);

export async function rulesCost(bench: Bench): Promise<RulesCost[]> {
  const { options, progress } = bench;
  const costs: RulesCost[] = [];
  for (const rulesOfADevice of RULES_OF_A_DEVICE) {
    const pairs: Pair<RulesCostRun>[] = [];
    for (let pair = 1; pair <= options.pairs; pair += 1) {
      const what = `${rulesOfADevice} rules a board, pair ${pair} of ${options.pairs}`;
      progress.begin(`${what}, without`, runSeconds(options));
      const bare = await oneRun(bench, `${what}, without`, 0);
      progress.begin(`${what}, with`, runSeconds(options));
      pairs.push({ bare, aerie: await oneRun(bench, `${what}, with`, rulesOfADevice) });
    }
    costs.push({ rulesOfADevice, pairs });
  }
  return costs;
}

async function oneRun(bench: Bench, what: string, rulesOfADevice: number): Promise<RulesCostRun> {
  const { seconds, warmUpSeconds } = bench.options;
  const spec: LoadSpec = {
    load: { boards: BOARDS, qos: 1, timestamps: "half", idPrefix: ID_PREFIX },
    warmUp: { durationMs: (warmUpSeconds + 1) * 1000, ratePerSecond: PER_SECOND },
    measured: { durationMs: STRETCH * seconds * 1000, ratePerSecond: PER_SECOND },
  };
  let mainThreadShare = Number.NaN;
  const { result } = await runHub(
    bench,
    what,
    async (hub) => {
      await deleteAllRules(hub.httpUrl);
      await addRules(hub.httpUrl, rulesFor(rulesOfADevice));
      let [sinceMs, busyMs] = [0, 0];
      const driven = await driveAt(bench, hub, spec, () => {
        sinceMs = performance.now();
        busyMs = mainThreadMs(hub.pid);
      });
      mainThreadShare = (mainThreadMs(hub.pid) - busyMs) / (performance.now() - sinceMs);
      return driven;
    },
    { settings: UNLIMITED },
  );
  return { mainThreadShare, result };
}

/** Each for the boards from its own on, so that every board has as many. */
function* rulesFor(rulesOfADevice: number) {
  if (rulesOfADevice === 0) return;
  for (let at = 0; at < RULES; at += 1) {
    const devices = Array.from({ length: rulesOfADevice }, (_, next) => `${ID_PREFIX}-${(at + next) % BOARDS}`);
    const metric = METRICS[at % METRICS.length] ?? "";
    yield ruleOf({
      name: `rule ${at}`,
      severity: "info",
      scope: { devices },
      condition: { kind: "above", metric, threshold: NEVER_REACHED + at },
    });
  }
}
