/** CPU time of a process's main thread. Linux only: elsewhere it is NaN and is shown as a dash. */
import { readFileSync } from "node:fs";

/** ms since the start; the first field of schedstat is ns on the CPU. */
export function mainThreadMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "latin1").split(" ", 1)[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
