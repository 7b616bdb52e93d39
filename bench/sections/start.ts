/** How long an empty hub takes until it listens, and what it holds in memory while nobody uses it. */
import { setTimeout as sleep } from "node:timers/promises";
import { processUsage } from "../helpers/process-usage.ts";
import type { Bench } from "../run/bench-run.ts";
import { startHub } from "../run/peer-process.ts";

export interface StartResult {
  startsMs: number[];
  /** Of the first start, IDLE_SECONDS after it. */
  idleResidentMiB: number;
  idleSeconds: number;
}

const STARTS = 5;
const IDLE_SECONDS = 5;

export const startSeconds = STARTS + IDLE_SECONDS;

export async function start(bench: Bench): Promise<StartResult> {
  const startsMs: number[] = [];
  let idleResidentMiB = Number.NaN;
  for (let number = 1; number <= STARTS; number += 1) {
    const what = `start ${number} of ${STARTS}`;
    bench.progress.begin(what, 1 + (number === 1 ? IDLE_SECONDS : 0));
    const dataDir = bench.owned.tempDir("start");
    const hub = await startHub(bench.owned, { entry: bench.options.hubEntry, dataDir });
    startsMs.push(hub.startMs);
    if (number === 1) {
      await sleep(IDLE_SECONDS * 1000);
      idleResidentMiB = processUsage(hub.pid).residentMiB;
    }
    const problem = await hub.stop();
    if (problem !== undefined) bench.fail(`${what}: ${problem}`);
    bench.owned.removeDir(dataDir);
  }
  return { startsMs, idleResidentMiB, idleSeconds: IDLE_SECONDS };
}
