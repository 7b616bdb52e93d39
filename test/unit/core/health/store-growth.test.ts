import { expect, test } from "vitest";
import { createStoreGrowth } from "../../../../src/core/health/store-growth.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function watched(bytesAt: (atMs: number) => number, forMs: number) {
  const clock = createManualClock();
  const growth = createStoreGrowth(clock);
  for (let atMs = 0; atMs <= forMs; atMs += MINUTE_MS) {
    growth.note(bytesAt(atMs));
    clock.advance(MINUTE_MS);
  }
  return growth;
}

test("nothing is said before an hour has passed", () => {
  expect(watched((atMs) => atMs, HOUR_MS - MINUTE_MS).now()).toBeUndefined();
  expect(watched((atMs) => atMs, HOUR_MS).now()).toEqual({ bytesADay: DAY_MS, overMs: HOUR_MS });
});

test("a store that became smaller does not grow", () => {
  expect(watched((atMs) => 1e9 - atMs, 3 * HOUR_MS).now()).toEqual({ bytesADay: 0, overMs: 3 * HOUR_MS });
});

test("what was more than a week ago no longer counts", () => {
  const once = watched((atMs) => (atMs < DAY_MS ? 1e9 * (atMs / DAY_MS) : 1e9), 9 * DAY_MS).now();
  expect(once?.bytesADay).toBe(0);
  expect(once?.overMs).toBeLessThanOrEqual(7 * DAY_MS + HOUR_MS);
});
