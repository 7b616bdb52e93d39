/** What alerts cost, and how long they take. */
import type { Bench, Pair, RunRecord } from "../../run/bench-run.ts";
import type { BenchOptions } from "../../run/options.ts";
import { defaultRules, defaultRulesSeconds } from "./default-rules.ts";
import { type FireResult, fire, fireSeconds } from "./fire.ts";
import { type HallResult, hall, hallSeconds } from "./hall.ts";
import { type RulesCost, rulesCost, rulesCostSeconds } from "./rules-cost.ts";

export interface AlertsResult {
  readonly fire: FireResult;
  readonly rulesCost: readonly RulesCost[];
  readonly defaultRules: readonly Pair<RunRecord>[];
  readonly hall: HallResult;
}

export const alertsSeconds = (options: BenchOptions): number =>
  fireSeconds(options.warmUpSeconds) + rulesCostSeconds(options) + defaultRulesSeconds(options) + hallSeconds(options);

export async function alerts(bench: Bench): Promise<AlertsResult> {
  bench.progress.begin("fire to webhook", fireSeconds(bench.options.warmUpSeconds));
  return {
    fire: await fire(bench),
    rulesCost: await rulesCost(bench),
    defaultRules: await defaultRules(bench),
    hall: await hall(bench),
  };
}
