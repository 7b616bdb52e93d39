/** Times one piece of work several times, warm. */

const WARM_UPS = 2;

/** `work` gets the number of its run, from 0 on, so that no two need ask the same. Gives ms of each run after the warm-up. */
export async function repeated(runs: number, work: (run: number) => Promise<unknown>): Promise<number[]> {
  const timesMs: number[] = [];
  for (let run = 0; run < runs + WARM_UPS; run += 1) {
    const startedAtMs = performance.now();
    await work(run);
    if (run >= WARM_UPS) timesMs.push(performance.now() - startedAtMs);
  }
  return timesMs;
}
