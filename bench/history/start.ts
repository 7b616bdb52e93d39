/** How long a hub takes from spawn to listening with all those readings in its data directory. */
import { fileURLToPath } from "node:url";
import { figure } from "../figure.ts";
import { startHub } from "../peer-process.ts";
import type { FullStore } from "./full-store.ts";
import { type HistoryBench, holdAgainst } from "./history-bench.ts";
import { atMost, type Part } from "./row.ts";

const HUB_ENTRY = fileURLToPath(new URL("../../dist/src/server.js", import.meta.url));
const WARM_UPS = 1;
const BUDGET_MS = 1_500;
const SECONDS_A_START = 2;

export const startSeconds = (runs: number): number => (runs + WARM_UPS) * SECONDS_A_START;

export async function start(bench: HistoryBench, { dataDir, readings }: FullStore): Promise<Part> {
  const { pairs: runs } = bench.options;
  bench.progress.begin("starts", startSeconds(runs));
  const values: number[] = [];
  for (let run = 0; run < runs + WARM_UPS; run += 1) {
    const hub = await startHub(bench.owned, { entry: HUB_ENTRY, dataDir });
    if (run >= WARM_UPS) values.push(hub.startMs);
    const problem = await hub.stop();
    if (problem !== undefined) bench.fail(`start ${run}: ${problem}`);
  }
  holdAgainst(bench, "after the starts", readings, dataDir);
  const what = `from spawn to listening with ${figure(readings)} readings, warm`;
  return { title: "start", rows: [{ what, budget: atMost(BUDGET_MS), unit: "ms", digits: 0, values }] };
}
