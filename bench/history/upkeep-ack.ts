/** What boards notice of upkeep: acknowledgements while the store seals and deletes without a pause, beside those without. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { figure } from "../helpers/figure.ts";
import { quantile } from "../helpers/quantile.ts";
import type { Fleet } from "./data/fleet.ts";
import { createSimulatedHub, type SimulatedHub, upkeepRequest } from "./data/simulated-hub.ts";
import { startSteady, steadyBoards } from "./data/steady.ts";
import type { FullStore } from "./full-store.ts";
import { type HistoryBench, newFleet, PLANNED_PER_SECOND, withStore } from "./history-bench.ts";
import { atMost, type Part, type Row } from "./row.ts";

const ROUND_MS = 3_000;
/** Upkeep that has more to do than that is not waited for. */
const MOST_ROUND_MS = 15_000;
/** Not sealed yet when a round of upkeep begins; some segments of each board. */
const BACKLOG = 40_000;
const BUDGET = 2;

export const ackSeconds = (pairs: number): number => pairs * ((3 * ROUND_MS) / 1000 + BACKLOG / PLANNED_PER_SECOND);

interface Rounds {
  readonly normal: number[][];
  /** At the hub's pace. */
  readonly paced: number[][];
  /** Step after step. */
  readonly busy: number[][];
  /** Readings of each round. */
  readonly sealed: number[];
  readonly deleted: number[];
  readonly steps: number[];
}

export async function upkeepAck(bench: HistoryBench, full: FullStore): Promise<Part> {
  const { pairs } = bench.options;
  bench.progress.begin("acknowledgements while sealing and deleting", ackSeconds(pairs));
  const fleet = newFleet(bench, steadyBoards("ack"), full.time.nowMs);
  const rounds: Rounds = { normal: [], paced: [], busy: [], sealed: [], deleted: [], steps: [] };
  await withStore(bench, full.dataDir, async (store) => {
    const hub = createSimulatedHub({ store, fleet, group: 500, rawDays: 0 });
    for (let pair = 0; pair < pairs; pair += 1) {
      // by and by nearly all of the past goes: some with the paced upkeep, some with the other
      const left = (times: number): number =>
        Math.max(1, Math.floor((full.days * (2 * pairs - times)) / (2 * pairs + 1)));
      await round(bench, store, { fleet, hub, pacedDays: left(2 * pair), rawDays: left(2 * pair + 1), rounds });
    }
  });
  return { title: "acknowledgement, 1 – 20 readings an append, 100 appends/s", rows: rowsOf(rounds) };
}

interface RoundOptions {
  readonly fleet: Fleet;
  readonly hub: SimulatedHub;
  /** How long raw readings are kept while upkeep is paced, and while it is not. */
  readonly pacedDays: number;
  readonly rawDays: number;
  readonly rounds: Rounds;
}

async function round(
  bench: HistoryBench,
  store: Store,
  { fleet, hub, pacedDays, rawDays, rounds }: RoundOptions,
): Promise<void> {
  await hub.run({ readings: BACKLOG, upkeep: "none" });
  await hub.saveStates(); // else nothing may be sealed
  await during(bench, store, fleet, rounds.normal, () => sleep(ROUND_MS));
  const endMs = performance.now() + ROUND_MS;
  const pace = (): Promise<void> => hub.paceUpkeep(() => performance.now() >= endMs, pacedDays);
  await during(bench, store, fleet, rounds.paced, pace);
  const done = { steps: 0, sealed: 0, deleted: 0 };
  await during(bench, store, fleet, rounds.busy, async () => {
    const lastMs = performance.now() + MOST_ROUND_MS;
    while (performance.now() < lastMs) {
      const { did, readings } = await store.upkeep(upkeepRequest(fleet, rawDays));
      if (did === "nothing") return;
      done.steps += 1;
      if (did === "sealed") done.sealed += readings;
      if (did === "forgot") done.deleted += readings;
    }
  });
  rounds.steps.push(done.steps);
  rounds.sealed.push(done.sealed);
  rounds.deleted.push(done.deleted);
}

async function during(
  bench: HistoryBench,
  store: Store,
  fleet: Fleet,
  into: number[][],
  work: () => Promise<unknown>,
): Promise<void> {
  const steady = startSteady(store, fleet);
  await work();
  into.push(await steady.stop());
  const [sent, stored] = [steady.sent(), steady.stored()];
  if (sent !== stored) bench.fail(`acknowledgements: ${sent} appended, ${stored} stored`);
}

function rowsOf({ normal, paced, busy, sealed, deleted, steps }: Rounds): Row[] {
  const p = (share: number) => (times: readonly number[]) => quantile(times, share);
  const worked = steps.some((each) => each > 0);
  const ifWorked = (values: number[]): number[] | undefined => (worked ? values : undefined);
  const ms = { unit: "ms", digits: 2 };
  const normalP99 = normal.map(p(0.99));
  const pacedP99 = paced.map(p(0.99));
  const busyP99 = busy.map(p(0.99));
  const timesNormal = (p99: number[]): number[] => p99.map((each, pair) => each / (normalP99[pair] ?? Number.NaN));
  const count = (each: readonly number[][]): string => figure(each.flat().length);
  return [
    { what: `p50, no upkeep (${count(normal)} of them)`, ...ms, values: normal.map(p(0.5)) },
    { what: "p99, no upkeep", ...ms, values: normalP99 },
    { what: `p99, upkeep at the hub's pace (${count(paced)} of them)`, ...ms, values: ifWorked(pacedP99) },
    { what: "  × without, by pair", unit: "", digits: 2, values: ifWorked(timesNormal(pacedP99)) },
    { what: `p50, step after step (${count(busy)} of them)`, ...ms, values: ifWorked(busy.map(p(0.5))) },
    { what: "p99, step after step", ...ms, values: ifWorked(busyP99) },
    {
      what: "  × without, by pair",
      budget: atMost(BUDGET),
      unit: "",
      digits: 2,
      values: ifWorked(timesNormal(busyP99)),
    },
    { what: "steps in it", unit: "", digits: 0, values: ifWorked(steps) },
    { what: "readings sealed in it", unit: "", digits: 0, values: ifWorked(sealed) },
    { what: "readings deleted in it", unit: "", digits: 0, values: ifWorked(deleted) },
  ];
}
