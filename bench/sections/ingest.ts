/** Readings a second at QoS 0 and 1: Aerie beside bare Aedes, in interleaved pairs. */
import { type Bench, type LoadSpec, OVERHEAD_SECONDS, type Pair, type RunRecord } from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import { loadPairs } from "../run/pairs.ts";

export interface IngestResult {
  qos: 0 | 1;
  pairs: Pair<RunRecord>[];
}

export function ingestSpec({ boards, seconds, warmUpSeconds }: BenchOptions, qos: 0 | 1): LoadSpec {
  return {
    load: { boards, qos, timestamps: "half" },
    warmUp: { durationMs: warmUpSeconds * 1000 },
    measured: { durationMs: seconds * 1000 },
  };
}

export const ingestRunSeconds = ({ seconds, warmUpSeconds }: BenchOptions): number =>
  seconds + warmUpSeconds + OVERHEAD_SECONDS;

export async function ingest(bench: Bench): Promise<IngestResult[]> {
  const { options } = bench;
  const results: IngestResult[] = [];
  for (const qos of [0, 1] as const) {
    const plan = { title: `ingest at QoS ${qos}`, pairs: options.pairs, runSeconds: ingestRunSeconds(options) };
    results.push({ qos, pairs: await loadPairs(bench, plan, ingestSpec(options, qos)) });
  }
  return results;
}
