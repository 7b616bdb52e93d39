/** Lowers the priority of a thread that reads, so that it does not delay those that devices wait for. */
import { getPriority, setPriority } from "node:os";

/** Gives the thread about a third of the CPU time of the others. */
const NICER_BY = 5;
const NICEST = 19;

/** Applies to the calling thread. Only on Linux: elsewhere it would apply to the whole process. */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    // 0: the calling thread, see setpriority(2), "C library/kernel differences"
    setPriority(0, Math.min(getPriority(0) + NICER_BY, NICEST));
  } catch {
    // A sandbox may forbid it; then all threads get the same share of CPU time.
  }
}
