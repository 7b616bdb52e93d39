/** Lets a thread that reads give way to those that boards wait for, where there are more threads with work than cores. */
import { getPriority, setPriority } from "node:os";

/** A third of the time of each of them. */
const NICER_BY = 5;
const NICEST = 19;

/** Of the thread that calls it. Elsewhere than on Linux it would be of the whole process: nothing is done there. */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    // 0: the calling thread, see setpriority(2), "C library/kernel differences"
    setPriority(0, Math.min(getPriority(0) + NICER_BY, NICEST));
  } catch {
    // A sandbox may forbid it; then all threads have the same part of the time.
  }
}
