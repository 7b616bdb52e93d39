/** Limits live events to a tenth of the main thread's time. */
import type { Clock } from "../core/ports/clock.ts";
import type { Counters } from "../core/ports/counters.ts";

export interface LiveBudget {
  /** There is time left to send. */
  hasTime(): boolean;
  /** Runs it and takes its time from the budget. */
  spend(run: () => void): void;
}

const SHARE = 0.1;
/** At most so much unspent time is kept for a burst. */
const KEPT_MS = 50;

export function createLiveBudget({ clock, counters }: { clock: Clock; counters: Counters }): LiveBudget {
  let leftMs = KEPT_MS;
  let asOfMs = clock.monotonicMs();

  function accrue(nowMs: number): void {
    leftMs = Math.min(KEPT_MS, leftMs + (nowMs - asOfMs) * SHARE);
    asOfMs = nowMs;
  }

  return {
    hasTime: () => {
      accrue(clock.monotonicMs());
      return leftMs > 0;
    },
    spend: (run) => {
      const startedMs = clock.monotonicMs();
      accrue(startedMs);
      run();
      const spentMs = clock.monotonicMs() - startedMs;
      leftMs -= spentMs;
      counters.liveMs(spentMs);
    },
  };
}
