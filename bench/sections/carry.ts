/** Messages a second that are no readings and are only carried, at every QoS, with and without a subscriber, beside bare Aedes. */

import { STATE_FILTER } from "../generator/messages/state-ring.ts";
import { type Bench, type LoadSpec, OVERHEAD_SECONDS, type Pair, type RunRecord } from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import { loadPairs } from "../run/pairs.ts";

export interface CarryResult {
  qos: 0 | 1 | 2;
  /** One that takes all at QoS 0. */
  hasSubscriber: boolean;
  pairs: Pair<RunRecord>[];
}

const IN_FLIGHT = 50;

const runSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number => seconds + warmUpSeconds + OVERHEAD_SECONDS;

export const carrySeconds = (options: BenchOptions): number => 12 * options.pairs * runSeconds(options);

function carrySpec(options: BenchOptions, qos: 0 | 1 | 2, hasSubscriber: boolean): LoadSpec {
  const { boards, seconds, warmUpSeconds } = options;
  return {
    load: { boards, qos, says: "state", ...(qos === 0 ? {} : { windowPerBoard: IN_FLIGHT }) },
    ...(hasSubscriber ? { takerFilter: STATE_FILTER } : {}),
    warmUp: { durationMs: warmUpSeconds * 1000 },
    measured: { durationMs: seconds * 1000 },
  };
}

/** What the peer loses is its own affair, and shown. The hub may drop what its subscriber is too slow for, and must count it. */
function judge(bench: Bench, { what, result, dropped = 0 }: RunRecord): void {
  const { taken, totalAcknowledged } = result;
  if (taken === undefined || taken.total + dropped === totalAcknowledged) return;
  bench.fail(`${what}: ${totalAcknowledged} acknowledged, ${taken.total} delivered, ${dropped} counted as dropped`);
}

export async function carry(bench: Bench): Promise<CarryResult[]> {
  const { options } = bench;
  const results: CarryResult[] = [];
  for (const hasSubscriber of [false, true]) {
    for (const qos of [0, 1, 2] as const) {
      const title = `carry at QoS ${qos}, ${hasSubscriber ? "one subscriber" : "no subscriber"}`;
      const plan = { title, pairs: options.pairs, runSeconds: runSeconds(options) };
      const pairs = await loadPairs(bench, plan, carrySpec(options, qos, hasSubscriber));
      for (const { aerie } of pairs) judge(bench, aerie);
      results.push({ qos, hasSubscriber, pairs });
    }
  }
  return results;
}
