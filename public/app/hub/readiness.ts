/** The hub's readiness, requested again and again while the page is visible, and how long its answer takes. */
import { effect, signal } from "@preact/signals";
import type { Readiness } from "../../../src/contract/rest.ts";
import { isPaused } from "../preferences/pace.ts";
import { getReadiness } from "./api.ts";
import { epoch, readAgain } from "./epoch.ts";

const ASK_EVERY_MS = 5_000;
/** While something is wrong, its end is waited for. */
const ASK_SOON_MS = 2_000;

/** Undefined while the hub does not answer: the page then shows a lost connection. */
export const readiness = signal<Readiness | undefined>(undefined);

/** How long the newest answer took, or has been taking for so long; undefined before the first one, and while there is none. */
export const answerMs = signal<number | undefined>(undefined);
/** An answer that takes longer is slow. */
export const SLOW_ANSWER_MS = 2_000;

let next: ReturnType<typeof setTimeout> | undefined;

export function startReadiness(): void {
  effect(() => {
    epoch.value; // what is on screen is read again
    void askNow();
  });
}

async function askNow(): Promise<void> {
  clearTimeout(next);
  const now = document.hidden ? undefined : await timed(getReadiness).catch(() => undefined);
  clearTimeout(next); // two may have asked at once
  const wasDegraded = readiness.peek()?.degraded !== undefined;
  if (!document.hidden && !isPaused.peek()) readiness.value = now;
  if (wasDegraded && now !== undefined && now.degraded === undefined) return readAgain(); // and asks again
  const isWell = now === undefined || (now.degraded === undefined && now.problems.length === 0);
  next = setTimeout(() => void askNow(), isWell ? ASK_EVERY_MS : ASK_SOON_MS);
}

async function timed<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const begunMs = performance.now();
  const slow = setTimeout(() => {
    answerMs.value = SLOW_ANSWER_MS;
  }, SLOW_ANSWER_MS);
  try {
    const answer = await ask();
    answerMs.value = performance.now() - begunMs;
    return answer;
  } catch (thrown) {
    answerMs.value = undefined;
    throw thrown;
  } finally {
    clearTimeout(slow);
  }
}
