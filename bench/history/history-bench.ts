/** What every group of the history's benchmark is given, and how it gets a filled store. */
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { DAY_MS } from "../../src/core/model/utc-day.ts";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { countStored } from "../helpers/count-stored.ts";
import { figure } from "../helpers/figure.ts";
import type { Owned } from "../helpers/owned.ts";
import type { Progress } from "../helpers/progress.ts";
import { type Board, type BoardRequest, createBoard } from "./data/board.ts";
import type { BuiltStore } from "./data/built-store.ts";
import { createFleet, type Fleet } from "./data/fleet.ts";
import { createSimulatedHub, type SimulatedHub } from "./data/simulated-hub.ts";
import type { HistoryOptions } from "./options.ts";

export interface HistoryBench {
  readonly options: HistoryOptions;
  readonly built: BuiltStore;
  readonly owned: Owned;
  readonly progress: Progress;
  /** Simulated time at which the stores' past ends: a recent noon in UTC, so that a day is half over. */
  readonly endMs: number;
  /** Something that makes the exit code 1; said loudly at the end. */
  fail(problem: string): void;
}

export { DAY_MS };
/** What the load is planned with. */
export const PLANNED_PER_SECOND = 15_000;
const SHOWN_EACH_MS = 10_000;
export const LOAD_GROUP = 800;

export function newDir({ options, owned }: HistoryBench, name: string): string {
  if (!options.keep) return owned.tempDir(name);
  const dir = mkdtempSync(path.join(options.dataRoot, `aerie-bench-${name}-`));
  process.stderr.write(`bench: kept: ${dir}\n`);
  return dir;
}

export function dropDir({ options, owned }: HistoryBench, dir: string): void {
  if (!options.keep) owned.removeDir(dir);
}

export const newFleet = ({ built }: HistoryBench, boards: readonly BoardRequest[], startMs: number): Fleet =>
  createFleet(
    boards.map((request): Board => createBoard(request, built)),
    startMs,
  );

export interface Filled {
  readonly dataDir: string;
  readonly fleet: Fleet;
  readonly readings: number;
  readonly elapsedMs: number;
}

export interface FillPlan {
  readonly name: string;
  readonly boards: readonly BoardRequest[];
  readonly readings: number;
  readonly days: number;
  readonly rawDays: number;
}

/** A new store with so many readings whose past ends at `endMs`; closed, and counted. */
export async function fill(bench: HistoryBench, plan: FillPlan): Promise<Filled> {
  const { name, readings, days, rawDays } = plan;
  bench.progress.begin(`load ${figure(readings)} readings: ${name}`, readings / PLANNED_PER_SECOND);
  const dataDir = newDir(bench, name.replaceAll(/\W+/g, "-"));
  const fleet = newFleet(bench, plan.boards, bench.endMs - days * DAY_MS);
  const elapsedMs = await withStore(bench, dataDir, async (store) => {
    const hub = createSimulatedHub({ store, fleet, group: LOAD_GROUP, rawDays });
    const ms = await hub.run({ readings, upkeep: "hourly", onAppended: showLoad(readings) });
    await hub.saveStates();
    await hub.upkeep();
    return ms;
  });
  holdAgainst(bench, `load of ${name}`, readings, dataDir);
  return { dataDir, fleet, readings, elapsedMs };
}

/** The store is closed afterwards, also where `work` broke. */
export async function withStore<T>(
  { built }: HistoryBench,
  dataDir: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await built.open(dataDir);
  try {
    await store.load();
    return await work(store);
  } finally {
    await store.close();
  }
}

export function holdAgainst(bench: HistoryBench, what: string, due: number, dataDir: string): void {
  const stored = countStored(dataDir);
  if (stored === due) return;
  bench.fail(
    `${what}: ${Math.abs(stored - due)} ${stored < due ? "LOST" : "TOO MANY"}: ${due} appended, ${stored} stored`,
  );
}

/** Of the hub's own answers. */
export function holdAnswers(bench: HistoryBench, what: string, due: number, hub: SimulatedHub): void {
  if (hub.stored() !== due) bench.fail(`${what}: ${due} appended, ${hub.stored()} answered as stored`);
}

/** Tells on stderr how far a long load is. */
export function showLoad(readings: number): (appended: number) => void {
  const startedAtMs = performance.now();
  let shownAtMs = startedAtMs;
  return (appended) => {
    const nowMs = performance.now();
    if (nowMs - shownAtMs < SHOWN_EACH_MS) return;
    shownAtMs = nowMs;
    const perMs = appended / (nowMs - startedAtMs);
    const leftSeconds = (readings - appended) / perMs / 1000;
    process.stderr.write(
      `bench:   ${figure(appended)} of ${figure(readings)}, ${figure(perMs * 1000)}/s, about ${figure(leftSeconds)} s left of this load\n`,
    );
  };
}
