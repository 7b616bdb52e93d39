/** Readings a second at QoS 0 and 1: Aerie beside bare Aedes, in interleaved pairs. */
import { type Bench, driveAt, type LoadSpec, OVERHEAD_SECONDS, type RunRecord, runBare, runHub } from "./bench-run.ts";
import type { BenchOptions } from "./options.ts";

export interface IngestPair {
  bare: RunRecord;
  aerie: RunRecord;
}

export interface IngestResult {
  qos: 0 | 1;
  pairs: IngestPair[];
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
  const { options, progress } = bench;
  const results: IngestResult[] = [];
  for (const qos of [0, 1] as const) {
    const spec = ingestSpec(options, qos);
    const pairs: IngestPair[] = [];
    for (let pair = 1; pair <= options.pairs; pair += 1) {
      const what = `ingest at QoS ${qos}, pair ${pair} of ${options.pairs}`;
      progress.begin(`${what}, bare Aedes`, ingestRunSeconds(options));
      const bare = await runBare(bench, `${what}, bare Aedes`, spec);
      progress.begin(`${what}, Aerie`, ingestRunSeconds(options));
      const aerie = await runHub(bench, `${what}, Aerie`, (hub) => driveAt(bench, hub, spec));
      pairs.push({ bare, aerie });
    }
    results.push({ qos, pairs });
  }
  return results;
}
