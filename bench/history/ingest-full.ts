/** Ingest into the full store beside ingest into an empty one: the same new boards, in interleaved pairs. */
import { figure } from "../helpers/figure.ts";
import type { BoardRequest } from "./data/board.ts";
import type { Fleet } from "./data/fleet.ts";
import { createSimulatedHub } from "./data/simulated-hub.ts";
import { type FullStore, RAW_DAYS } from "./full-store.ts";
import {
  dropDir,
  type HistoryBench,
  holdAnswers,
  newDir,
  newFleet,
  PLANNED_PER_SECOND,
  withStore,
} from "./history-bench.ts";
import { atLeast, type Part } from "./row.ts";

const BOARDS = 50;
const INTERVAL_MS = 5_000;
const GROUP = 500;
/** Waits to be sealed when a run begins, so that upkeep has work in all of it; warms up as well. */
const BACKLOG = 40_000;
const BUDGET = 0.9;
const OVERHEAD_SECONDS = 1;

/** Upkeep gets some steps in it. */
const readingsOf = (readings: number): number => Math.min(200_000, Math.max(50_000, readings / 50));

export const ingestSeconds = (pairs: number, readings: number): number =>
  2 * pairs * ((BACKLOG + readingsOf(readings)) / PLANNED_PER_SECOND + OVERHEAD_SECONDS);

export async function ingestFull(bench: HistoryBench, full: FullStore): Promise<Part> {
  const { pairs, readings } = bench.options;
  bench.progress.begin("ingest, full and empty", ingestSeconds(pairs, readings));
  const empty: number[] = [];
  const filled: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const fleet = (): Fleet => newFleet(bench, boardsOf(pair), full.time.nowMs);
    const intoEmpty = async (): Promise<void> => {
      const dataDir = newDir(bench, "empty");
      empty.push(await ingestInto(bench, dataDir, fleet()));
      dropDir(bench, dataDir);
    };
    const intoFull = async (): Promise<void> => void filled.push(await ingestInto(bench, full.dataDir, fleet()));
    // neither always has the other's heat and dirty pages before it
    for (const run of pair % 2 === 0 ? [intoEmpty, intoFull] : [intoFull, intoEmpty]) await run();
    full.time.nowMs += ((BACKLOG + readingsOf(readings)) / BOARDS) * INTERVAL_MS;
  }
  const perSecond = { unit: "/s", digits: 0 };
  return {
    title: `ingest, ${BOARDS} new boards, ${figure(readingsOf(readings))} readings, groups of ${GROUP}, upkeep as in a hub`,
    rows: [
      { what: "into an empty store", ...perSecond, values: empty },
      { what: `into one with ${figure(full.readings)} readings`, ...perSecond, values: filled },
      {
        what: "  × empty, by pair",
        budget: atLeast(BUDGET),
        unit: "",
        digits: 2,
        values: filled.map((each, pair) => each / (empty[pair] ?? Number.NaN)),
      },
    ],
  };
}

/** New to the store in each pair. */
const boardsOf = (pair: number): BoardRequest[] =>
  Array.from({ length: BOARDS }, (_, index) => ({
    name: `ingest-${pair}-${index}`,
    room: "noisy",
    intervalMs: INTERVAL_MS,
    timed: index % 2 === 0,
    seed: 2_000 + 100 * pair + index,
  }));

/** Readings a second. */
async function ingestInto(bench: HistoryBench, dataDir: string, fleet: Fleet): Promise<number> {
  const readings = readingsOf(bench.options.readings);
  return withStore(bench, dataDir, async (store) => {
    const hub = createSimulatedHub({ store, fleet, group: GROUP, rawDays: RAW_DAYS });
    await hub.upkeep(); // what the measures before have left
    await hub.run({ readings: BACKLOG, upkeep: "none" });
    await hub.saveStates();
    const ms = await hub.run({ readings, upkeep: "paced" });
    await hub.saveStates();
    holdAnswers(bench, "ingest", BACKLOG + readings, hub);
    return readings / (ms / 1000);
  });
}
