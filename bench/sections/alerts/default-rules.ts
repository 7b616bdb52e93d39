/** What the rules that are on from the start cost at full ingest: with them, and with all rules deleted. */
import { type Bench, driveAt, type Pair, type RunRecord, runHub } from "../../run/bench-run.ts";
import type { BenchOptions } from "../../run/options.ts";
import { ingestRunSeconds, ingestSpec } from "../ingest.ts";
import { deleteAllRules, UNLIMITED } from "./rules.ts";

export const defaultRulesSeconds = (options: BenchOptions): number => 2 * options.pairs * ingestRunSeconds(options);

/** `bare`: without rules. */
export async function defaultRules(bench: Bench): Promise<Pair<RunRecord>[]> {
  const { options, progress } = bench;
  const quiet = ingestSpec(options, 1);
  const spec = { ...quiet, load: { ...quiet.load, flames: true } };
  const pairs: Pair<RunRecord>[] = [];
  const run = (what: string, areOn: boolean): Promise<RunRecord> => {
    progress.begin(what, ingestRunSeconds(options));
    return runHub(
      bench,
      what,
      async (hub) => {
        if (!areOn) await deleteAllRules(hub.httpUrl);
        return driveAt(bench, hub, spec);
      },
      { settings: UNLIMITED },
    );
  };
  for (let pair = 1; pair <= options.pairs; pair += 1) {
    const what = `default rules, pair ${pair} of ${options.pairs}`;
    const bare = await run(`${what}, without`, false);
    pairs.push({ bare, aerie: await run(`${what}, with`, true) });
  }
  return pairs;
}
