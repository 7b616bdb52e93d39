/** One publisher and a thousand subscribers: deliveries a second, and how long until the last has it, beside bare Aedes. */

import type { FanOutResult } from "../generator/fan-out-spec.ts";
import { type Bench, OVERHEAD_SECONDS, type Pair, withBare, withHub } from "../run/bench-run.ts";
import { drive } from "../run/drive.ts";
import type { BenchOptions } from "../run/options.ts";
import { interleaved } from "../run/pairs.ts";
import type { Peer } from "../run/peer-process.ts";

export interface FanOutOutcome {
  qos: 0 | 1;
  subscribers: number;
  inFlight: number;
  pairs: Pair<FanOutResult>[];
}

const SUBSCRIBERS = 1_000;
const IN_FLIGHT = 10;

const runSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number => 2 * seconds + warmUpSeconds + OVERHEAD_SECONDS;

export const fanOutSeconds = (options: BenchOptions): number => 4 * options.pairs * runSeconds(options);

async function runAt(bench: Bench, what: string, peer: Peer, qos: 0 | 1): Promise<FanOutResult> {
  const result = await drive(bench.owned, "fanOut", {
    ...peer.mqtt,
    subscribers: SUBSCRIBERS,
    qos,
    warmUpMs: bench.options.warmUpSeconds * 1000,
    measuredMs: bench.options.seconds * 1000,
    inFlight: IN_FLIGHT,
    targetPid: peer.pid,
  });
  const due = result.published * SUBSCRIBERS;
  if (result.deliveries !== due) bench.fail(`${what}: ${due} deliveries due, ${result.deliveries} came`);
  if (result.wrong > 0) bench.fail(`${what}: ${result.wrong} deliveries out of order`);
  return result;
}

export async function fanOut(bench: Bench): Promise<FanOutOutcome[]> {
  const { options } = bench;
  const outcomes: FanOutOutcome[] = [];
  for (const qos of [0, 1] as const) {
    const pairs = await interleaved(bench, {
      title: `fan-out at QoS ${qos} to ${SUBSCRIBERS} subscribers`,
      pairs: options.pairs,
      runSeconds: runSeconds(options),
      bare: (what) => withBare(bench, what, (bare) => runAt(bench, what, bare, qos)),
      aerie: (what) => withHub(bench, what, (hub) => runAt(bench, what, hub, qos)),
    });
    outcomes.push({ qos, subscribers: SUBSCRIBERS, inFlight: IN_FLIGHT, pairs });
  }
  return outcomes;
}
