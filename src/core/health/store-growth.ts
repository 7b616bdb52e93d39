/** How fast the store grows: by what it held each hour of the last week. */
import type { Clock } from "../ports/clock.ts";

export interface StoreGrowth {
  /** It holds so many bytes now. */
  note(bytes: number): void;
  /** Undefined: it was not watched for an hour yet. */
  now(): Growth | undefined;
}

export interface Growth {
  readonly bytesADay: number;
  /** It was measured over so long a time. */
  readonly overMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_HOURS = 7 * 24;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

export function createStoreGrowth(clock: Pick<Clock, "monotonicMs">): StoreGrowth {
  const hours: Sample[] = [];
  let newest: Sample | undefined;
  return {
    note: (bytes) => {
      newest = { atMs: clock.monotonicMs(), bytes };
      const last = hours.at(-1);
      if (last === undefined || newest.atMs - last.atMs >= HOUR_MS) hours.push(newest);
      if (hours.length > MOST_HOURS) hours.shift();
    },
    now: () => {
      const [first] = hours;
      if (first === undefined || newest === undefined) return undefined;
      const overMs = newest.atMs - first.atMs;
      if (overMs < HOUR_MS) return undefined;
      // Compression and deletion may make it smaller for a while.
      return { bytesADay: Math.max(0, Math.round(((newest.bytes - first.bytes) / overMs) * DAY_MS)), overMs };
    },
  };
}
