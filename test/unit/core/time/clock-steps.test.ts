/** Steps of the wall clock, as the identity of readings asks for them. */
import { expect, test } from "vitest";
import { createClockSteps } from "../../../../src/core/time/clock-steps.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test("a clock that runs, or is slewed by less than a second between two looks, has no steps", () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock, 10 * MINUTE_MS);
  for (let look = 0; look < 100; look++) {
    clock.advance(MINUTE_MS);
    clock.stepWall(900);
    expect(steps.recent()).toEqual([]);
  }
});

test("what was noted before several steps is found by their sum, and each is dropped after its time", () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock, 10 * MINUTE_MS);
  const before = clock.nowMs();
  clock.stepWall(HOUR_MS);
  expect(steps.recent()).toEqual([HOUR_MS]);
  clock.advance(MINUTE_MS);
  const between = clock.nowMs();
  clock.stepWall(-3 * HOUR_MS);

  expect(steps.recent()).toEqual([-3 * HOUR_MS, -2 * HOUR_MS]);
  expect(clock.nowMs() - between).toBe(-3 * HOUR_MS);
  expect(clock.nowMs() - before - MINUTE_MS).toBe(-2 * HOUR_MS);

  clock.advance(9 * MINUTE_MS + 1);
  expect(steps.recent()).toEqual([-3 * HOUR_MS]);
  clock.advance(MINUTE_MS);
  expect(steps.recent()).toEqual([]);
});

test("of a clock that never stands still the newest sixteen steps are kept", () => {
  const clock = createManualClock();
  const steps = createClockSteps(clock, HOUR_MS);
  for (let step = 0; step < 40; step++) {
    clock.stepWall(5_000);
    steps.recent();
  }
  expect(steps.recent()).toEqual(Array.from({ length: 16 }, (_, index) => 5_000 * (index + 1)));
});
