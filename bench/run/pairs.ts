/** Runs a measurement at bare Aedes and at Aerie in turn. */

import type { DriveResult } from "../generator/drive-spec.ts";
import { scrape } from "../helpers/scrape.ts";
import { type Bench, driveAt, type LoadSpec, type Pair, type RunRecord, runBare, runHub } from "./bench-run.ts";
import type { HubSettings } from "./hub-flags.ts";
import type { Peer } from "./peer-process.ts";

/** What a subscriber was too slow for. */
const DROPPED = "aerie_queue_dropped_total";

export interface PairsPlan<T> {
  title: string;
  pairs: number;
  /** How long one run takes, for the progress. */
  runSeconds: number;
  bare(what: string): Promise<T>;
  aerie(what: string): Promise<T>;
}

export async function interleaved<T>(
  { progress }: Bench,
  { title, pairs, runSeconds, bare, aerie }: PairsPlan<T>,
): Promise<Pair<T>[]> {
  const done: Pair<T>[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const ofBare = `${title}, pair ${pair} of ${pairs}, bare Aedes`;
    progress.begin(ofBare, runSeconds);
    const first = await bare(ofBare);
    const ofAerie = `${title}, pair ${pair} of ${pairs}, Aerie`;
    progress.begin(ofAerie, runSeconds);
    done.push({ bare: first, aerie: await aerie(ofAerie) });
  }
  return done;
}

/** What is no reading leaves no row. */
export function loadPairs(
  bench: Bench,
  plan: Omit<PairsPlan<RunRecord>, "bare" | "aerie">,
  spec: LoadSpec,
  settings: HubSettings = {},
): Promise<Pair<RunRecord>[]> {
  const isStored = spec.load.says !== "state";
  return interleaved(bench, {
    ...plan,
    bare: (what) => runBare(bench, what, spec),
    aerie: async (what) => {
      let dropped = 0;
      const work = async (hub: Peer): Promise<DriveResult> => {
        const result = await driveAt(bench, hub, spec);
        dropped = await scrape(hub.httpUrl, DROPPED);
        return result;
      };
      const rowsOf = (result: DriveResult): number => (isStored ? result.totalAcknowledged : 0);
      return { ...(await runHub(bench, what, work, { settings }, rowsOf)), dropped };
    },
  });
}
