/** How long a hub takes from spawn to listening with all those readings in its data directory. */
import { fileURLToPath } from "node:url";
import { figure } from "../helpers/figure.ts";
import { startHub } from "../run/peer-process.ts";
import type { FullStore } from "./full-store.ts";
import { dropDir, type HistoryBench, holdAgainst, newDir } from "./history-bench.ts";
import { atMost, type Part } from "./row.ts";

const HUB_ENTRY = fileURLToPath(new URL("../../dist/src/server.js", import.meta.url));
const WARM_UPS = 1;
const BUDGET_MS = 1_500;
const SECONDS_A_START = 2;

export const startSeconds = (runs: number): number => 2 * (runs + WARM_UPS) * SECONDS_A_START;

export async function start(bench: HistoryBench, { dataDir, readings }: FullStore): Promise<Part> {
  const { pairs: runs } = bench.options;
  bench.progress.begin("starts", startSeconds(runs));
  const full: number[] = [];
  const empty: number[] = [];
  for (let run = 0; run < runs + WARM_UPS; run += 1) {
    const emptyDir = newDir(bench, "empty");
    const emptyMs = await startOnce(bench, emptyDir);
    dropDir(bench, emptyDir);
    const fullMs = await startOnce(bench, dataDir);
    if (run < WARM_UPS) continue;
    empty.push(emptyMs);
    full.push(fullMs);
  }
  holdAgainst(bench, "after the starts", readings, dataDir);
  const what = `from spawn to listening with ${figure(readings)} readings, warm`;
  const ms = { unit: "ms", digits: 0 };
  const rows = [
    { what, budget: atMost(BUDGET_MS), ...ms, values: full },
    { what: "  with none, in turn with it", ...ms, values: empty },
  ];
  return { title: "start", rows };
}

async function startOnce(bench: HistoryBench, dataDir: string): Promise<number> {
  const hub = await startHub(bench.owned, { entry: HUB_ENTRY, dataDir });
  const problem = await hub.stop();
  if (problem !== undefined) bench.fail(`start: ${problem}`);
  return hub.startMs;
}
