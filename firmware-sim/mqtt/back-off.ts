/** How long a board waits before it tries the broker again. */
import type { Random } from "../helpers/random.ts";

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Doubles from 1 s to 30 s, each wait between half and all of it: boards that lost one hub must not come back in one blow. */
export function backOffMs(failedAttempts: number, random: Random): number {
  const wholeMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failedAttempts, 10));
  return wholeMs * (0.5 + random() / 2);
}
