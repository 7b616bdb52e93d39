import { expect, test } from "vitest";
import { createManualClock } from "../../support/clock/manual-clock.ts";

test("what is due runs in order of its time, at its time", () => {
  const clock = createManualClock();
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name} ${clock.monotonicMs()}`);
  clock.after(300, note("late"));
  clock.every(100, note("tick"));
  clock.after(100, note("early"));
  clock.advance(300);
  expect(seen).toEqual(["tick 100", "early 100", "tick 200", "late 300", "tick 300"]);
});

test("what is cancelled does not run, and what a timer asks for is part of the same advance", () => {
  const clock = createManualClock();
  const seen: string[] = [];
  const stop = clock.every(10, () => void seen.push("stopped"));
  clock.after(5, stop);
  clock.after(20, () => clock.after(20, () => seen.push("chained")));
  clock.advance(40);
  expect(seen).toEqual(["chained"]);
  expect(clock.timers()).toBe(0);
});

test("what is asked for soon waits for the end of the turn", () => {
  const clock = createManualClock();
  const seen: number[] = [];
  clock.soon(() => {
    seen.push(1);
    clock.soon(() => seen.push(2));
  });
  expect(seen).toEqual([]);
  clock.runSoon();
  expect(seen).toEqual([1, 2]);
});

test("a step of the wall clock takes no time", () => {
  const clock = createManualClock({ nowMs: 1_000 });
  clock.advance(500);
  clock.stepWall(-3_600_000);
  expect(clock.nowMs()).toBe(1_500 - 3_600_000);
  expect(clock.monotonicMs()).toBe(500);
});
