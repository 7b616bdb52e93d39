/** How much each key may do a minute. */
import { expect, test } from "vitest";
import { createRateLimit } from "../../../../src/core/limits/rate-limit.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

function world(perMinute: number) {
  const clock = createManualClock({});
  const limit = createRateLimit({ clock, perMinute });
  const times = (count: number, key = "a"): number[] => Array.from({ length: count }, () => limit.take(key));
  return { clock, times, taken: (count: number, key = "a") => times(count, key).filter((wait) => wait === 0).length };
}

test("a minute's worth may come at once, then one at a time as the minute goes on, and it is said when", () => {
  const { clock, times, taken } = world(60);
  expect(taken(100)).toBe(60);
  expect(times(1)).toEqual([1_000]);
  clock.advance(999);
  expect(times(1)).toEqual([1]);
  clock.advance(1);
  expect(taken(5)).toBe(1);
  clock.advance(30_000);
  expect(taken(100)).toBe(30);
  clock.advance(3_600_000);
  expect(taken(100)).toBe(60);
});

test("each key has its own, and 0 is no limit", () => {
  const { taken } = world(10);
  expect([taken(20, "a"), taken(20, "b")]).toEqual([10, 10]);
  expect(world(0).taken(1_000)).toBe(1_000);
});

test("what it remembers is bounded", () => {
  const { taken } = world(1);
  expect(taken(2, "first")).toBe(1);
  for (let key = 0; key < 10_000; key++) taken(1, String(key));
  expect(taken(1, "first")).toBe(1);
  expect(taken(1, "9999")).toBe(0);
});
