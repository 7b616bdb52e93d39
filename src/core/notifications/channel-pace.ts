/** How often messages may go to one channel: one a second and 60 an hour at most. What must wait is gathered into the next one. */
import type { Clock } from "../ports/clock.ts";

export interface ChannelPace {
  /** When the next may go, on the monotonic clock; not after now: at once. `isUrgent`: a critical alert begins. */
  readyAtMs(isUrgent: boolean): number;
  sent(): void;
}

const HOUR_MS = 3_600_000;
const MOST_AN_HOUR = 60;
const LEAST_GAP_MS = 1_000;
/** From so many in an hour on, messages keep a distance, so that the limit never stops them for long. */
const FREE = 20;
const FREE_IF_URGENT = 40;
/** What is not urgent leaves the rest of the hour to what is. */
const MOST_NOT_URGENT = 40;
/** So apart, 20 go in an hour. */
const WIDE_GAP_MS = HOUR_MS / 20;

export function createChannelPace(clock: Pick<Clock, "monotonicMs">): ChannelPace {
  /** In order, of the last hour. */
  let sentMs: readonly number[] = [];

  function recent(): readonly number[] {
    const sinceMs = clock.monotonicMs() - HOUR_MS;
    sentMs = sentMs.filter((each) => each > sinceMs);
    return sentMs;
  }

  return {
    readyAtMs: (isUrgent) => {
      const all = recent();
      const lastMs = all.at(-1);
      if (lastMs === undefined) return Number.NEGATIVE_INFINITY;
      const gapMs = all.length < (isUrgent ? FREE_IF_URGENT : FREE) ? LEAST_GAP_MS : WIDE_GAP_MS;
      // As soon as so many are older than an hour that it is below the limit.
      const outMs = all[all.length - (isUrgent ? MOST_AN_HOUR : MOST_NOT_URGENT)];
      return Math.max(lastMs + gapMs, outMs === undefined ? Number.NEGATIVE_INFINITY : outMs + HOUR_MS);
    },
    sent: () => {
      sentMs = [...recent(), clock.monotonicMs()];
    },
  };
}
