/** How often a minute each key may do something, with a burst of a minute's worth. */
import { setNewest } from "../model/bounded-map.ts";
import type { Clock } from "../ports/clock.ts";

export interface RateLimit {
  /** 0: it may, and it is counted. Else ms until it may again. */
  take(key: string): number;
}

/** Beyond so many keys those that have been quiet longest start afresh. */
const MOST_KEYS = 10_000;
const MINUTE_MS = 60_000;

interface Bucket {
  /** In parts of one, of which a millisecond gives `perMinute`: whole numbers, so that nothing is lost by rounding. */
  left: number;
  atMs: number;
}

/** A token bucket for each key. `perMinute` 0: no limit. */
export function createRateLimit({
  clock,
  perMinute,
}: {
  readonly clock: Clock;
  readonly perMinute: number;
}): RateLimit {
  const buckets = new Map<string, Bucket>();
  const most = perMinute * MINUTE_MS;

  function take(key: string): number {
    if (perMinute === 0) return 0;
    const nowMs = clock.monotonicMs();
    const former = buckets.get(key);
    const left = former === undefined ? most : Math.min(most, former.left + (nowMs - former.atMs) * perMinute);
    const waitMs = left >= MINUTE_MS ? 0 : Math.ceil((MINUTE_MS - left) / perMinute);
    setNewest(buckets, key, { left: waitMs === 0 ? left - MINUTE_MS : left, atMs: nowMs }, MOST_KEYS);
    return waitMs;
  }

  return { take };
}
