/** One board's whole history as NDJSON: how fast, in how much memory, and what ingest notices of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { figure } from "../helpers/figure.ts";
import { quantile } from "../helpers/quantile.ts";
import type { Board } from "./data/board.ts";
import { ifBuilt } from "./data/built-store.ts";
import { startSteady, steadyBoards } from "./data/steady.ts";
import type { FullStore } from "./full-store.ts";
import { DAY_MS, type HistoryBench, newFleet, withStore } from "./history-bench.ts";
import { atLeast, atMost, type Part, type Row } from "./row.ts";

const ROUND_MS = 3_000;
/** Of a whole export, as planned. */
const EXPORT_SECONDS = 4;
const PER_SECOND = 150_000;
/** The budget says "undisturbed"; judged like ingest while the store is sealing. */
const DISTURBANCE = 2;

export const exportSeconds = (pairs: number): number => pairs * (EXPORT_SECONDS + (2 * ROUND_MS) / 1000);

interface Exported {
  readonly readings: number;
  readonly bytes: number;
  readonly perSecond: number;
  readonly residentMiB: { readonly before: number; readonly most: number; readonly after: number };
}

const residentMiB = (): number => process.memoryUsage.rss() / 2 ** 20;

/** Undefined: this build cannot. `isOver` is asked between chunks. */
async function exportAll(
  store: Store,
  board: Board,
  toMs: number,
  isOver = () => false,
): Promise<Exported | undefined> {
  const query = { deviceId: board.deviceId, fromMs: 0, toMs, metrics: undefined, format: "ndjson" as const };
  const before = residentMiB();
  let most = before;
  let readings = 0;
  let bytes = 0;
  let behind: { atMs: number; n: number } | undefined;
  const startedAtMs = performance.now();
  do {
    const chunk = await ifBuilt(store.exportChunk({ ...query, behind }));
    if (chunk === undefined) return undefined;
    readings += chunk.readings;
    bytes += chunk.lines.length;
    most = Math.max(most, residentMiB());
    behind = chunk.behind;
  } while (behind !== undefined && !isOver());
  const perSecond = readings / ((performance.now() - startedAtMs) / 1000);
  return { readings, bytes, perSecond, residentMiB: { before, most, after: residentMiB() } };
}

interface Disturbance {
  readonly aloneP99Ms: number[];
  readonly besideP99Ms: number[];
  readonly acknowledgements: number;
}

export async function exported(bench: HistoryBench, full: FullStore): Promise<Part> {
  bench.progress.begin("exports", exportSeconds(bench.options.pairs));
  const runs: Exported[] = [];
  const disturbance = await withStore(bench, full.dataDir, async (store) => {
    for (let run = 0; run <= bench.options.pairs; run += 1) {
      const one = await exportAll(store, full.busiest, bench.endMs + DAY_MS);
      if (one === undefined) return undefined;
      const due = full.busiest.count();
      if (one.readings !== due) bench.fail(`export: ${one.readings} of ${due} readings`);
      if (run > 0) runs.push(one); // the first one warms up
    }
    return disturb(bench, full, store);
  });
  return { title: "export of one board's history, NDJSON, in process", rows: rowsOf(runs, disturbance) };
}

async function disturb(bench: HistoryBench, full: FullStore, store: Store): Promise<Disturbance> {
  const fleet = newFleet(bench, steadyBoards("beside-export"), full.time.nowMs);
  const result = { aloneP99Ms: [] as number[], besideP99Ms: [] as number[], acknowledgements: 0 };
  for (let pair = 0; pair < bench.options.pairs; pair += 1) {
    for (const beside of [false, true]) {
      const steady = startSteady(store, fleet);
      const endMs = performance.now() + ROUND_MS;
      const isOver = (): boolean => performance.now() >= endMs;
      if (beside) while (!isOver()) await exportAll(store, full.busiest, bench.endMs + DAY_MS, isOver);
      else await sleep(ROUND_MS);
      const timesMs = await steady.stop();
      if (steady.stored() !== steady.sent())
        bench.fail(`beside export: ${steady.sent()} appended, ${steady.stored()} stored`);
      (beside ? result.besideP99Ms : result.aloneP99Ms).push(quantile(timesMs, 0.99));
      result.acknowledgements += timesMs.length;
    }
  }
  full.time.nowMs = fleet.nowMs();
  return result;
}

function rowsOf(runs: readonly Exported[], disturbance: Disturbance | undefined): Row[] {
  const of = (read: (run: Exported) => number): number[] | undefined =>
    runs.length === 0 ? undefined : runs.map(read);
  const mib = { unit: "MiB", digits: 0 };
  const ms = { unit: "ms", digits: 2 };
  const ratios = disturbance?.besideP99Ms.map((beside, pair) => beside / (disturbance.aloneP99Ms[pair] ?? Number.NaN));
  const first = runs[0];
  const of1 = first === undefined ? "" : ` (${figure(first.readings)} of them, ${figure(first.bytes / 2 ** 20)} MiB)`;
  return [
    {
      what: `readings a second${of1}`,
      budget: atLeast(PER_SECOND),
      unit: "",
      digits: 0,
      values: of((run) => run.perSecond),
    },
    { what: "resident memory before", ...mib, values: of((run) => run.residentMiB.before) },
    { what: "  most during it", ...mib, values: of((run) => run.residentMiB.most) },
    { what: "  after it", ...mib, values: of((run) => run.residentMiB.after) },
    { what: "acknowledgement p99, steady appends, no export", ...ms, values: disturbance?.aloneP99Ms },
    { what: "  while an export runs", ...ms, values: disturbance?.besideP99Ms },
    { what: "  × without, by pair", budget: atMost(DISTURBANCE), unit: "", digits: 2, values: ratios },
  ];
}
