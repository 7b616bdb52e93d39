/** SUBSCRIBE among 20,000 retained messages: how long it takes, and how long it holds up somebody else, beside bare Aedes. */

import type { RetainedResult } from "../generator/retained-spec.ts";
import { type Bench, OVERHEAD_SECONDS, type Pair, withBare, withHub } from "../run/bench-run.ts";
import { drive } from "../run/drive.ts";
import type { BenchOptions } from "../run/options.ts";
import { interleaved } from "../run/pairs.ts";
import type { Peer } from "../run/peer-process.ts";

export interface RetainedOutcome {
  topics: number;
  repeats: number;
  pairs: Pair<RetainedResult>[];
}

const AREAS = 200;
const MACHINES_IN_AN_AREA = 100;
/** One machine of the last area makes room for the topic that a filter finds by its last level only. */
const TOPICS = [
  ...Array.from({ length: AREAS * MACHINES_IN_AN_AREA - 1 }, (_, number) => {
    const area = Math.floor(number / MACHINES_IN_AN_AREA);
    return `plant/${area}/${number % MACHINES_IN_AN_AREA}/state`;
  }),
  "a/lone/b",
];
const FILTERS = [
  { filter: "plant/100/50/state", matches: 1 },
  { filter: "a/+/b", matches: 1 },
  { filter: "plant/100/#", matches: MACHINES_IN_AN_AREA },
  { filter: "plant/#", matches: TOPICS.length - 1 },
];
const REPEATS_A_SECOND = 20;
/** Each run is a hundred measurements or so of its own. */
const MOST_PAIRS = 3;

const repeatsOf = ({ seconds }: BenchOptions): number => Math.ceil(seconds * REPEATS_A_SECOND);
const pairsOf = ({ pairs }: BenchOptions): number => Math.min(pairs, MOST_PAIRS);
/** A filter that scans takes some 20 ms each time. */
const runSeconds = (options: BenchOptions): number => OVERHEAD_SECONDS + 1 + repeatsOf(options) * FILTERS.length * 0.02;

export const retainedSeconds = (options: BenchOptions): number => 2 * pairsOf(options) * runSeconds(options);

async function runAt(bench: Bench, what: string, peer: Peer): Promise<RetainedResult> {
  const repeats = repeatsOf(bench.options);
  const spec = { ...peer.mqtt, topics: TOPICS, filters: FILTERS, repeats };
  const result = await drive(bench.owned, "retained", spec);
  for (const { filter, matches, wrong } of result.filters) {
    if (wrong > 0)
      bench.fail(`${what}: ${wrong} of ${repeats} SUBSCRIBEs of ${filter} did not get its ${matches} alone`);
  }
  return result;
}

export async function retained(bench: Bench): Promise<RetainedOutcome> {
  const { options } = bench;
  const pairs = await interleaved(bench, {
    title: `SUBSCRIBE among ${TOPICS.length} retained`,
    pairs: pairsOf(options),
    runSeconds: runSeconds(options),
    bare: (what) => withBare(bench, what, (bare) => runAt(bench, what, bare)),
    aerie: (what) => withHub(bench, what, (hub) => runAt(bench, what, hub)),
  });
  return { topics: TOPICS.length, repeats: repeatsOf(options), pairs };
}
