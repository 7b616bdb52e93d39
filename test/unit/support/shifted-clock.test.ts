import { expect, test } from "vitest";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";

test("a skip runs what is due by then, in the order of its time; a periodic timer once, and goes on", async () => {
  const clock = createShiftedClock();
  const seen: string[] = [];
  clock.after(90_000, () => void seen.push("late"));
  const stop = clock.every(60_000, () => void seen.push("tick"));
  clock.after(30_000, () => void seen.push("early"));
  clock.after(200_000, () => void seen.push("not yet"));

  clock.skip(150_000);
  expect(seen).toEqual(["early", "tick", "late"]);

  clock.skip(59_000);
  expect(seen).toEqual(["early", "tick", "late", "not yet"]);
  clock.skip(2_000);
  expect(seen).toEqual(["early", "tick", "late", "not yet", "tick"]);
  stop();
  clock.skip(1_000_000);
  expect(seen).toHaveLength(5);
});

test("time that passes in small steps lets a periodic timer run each time", () => {
  const clock = createShiftedClock();
  const seen: number[] = [];
  const fromMs = clock.monotonicMs();
  const stop = clock.every(1_000, () => void seen.push(clock.monotonicMs() - fromMs));
  clock.pass(3_700);
  stop();
  expect(seen).toHaveLength(3);
  expect(clock.monotonicMs() - fromMs).toBeGreaterThanOrEqual(3_700);
});

test("what is cancelled does not run, neither before the skip nor by a timer of the same skip", () => {
  const clock = createShiftedClock();
  const seen: string[] = [];
  const cancel = clock.after(20, () => void seen.push("cancelled by the other"));
  clock.after(10, cancel);
  clock.after(10, () => void seen.push("cancelled before"))();
  clock.skip(100);
  expect(seen).toEqual([]);
});

test("without a skip time passes as it does; after one a timer waits only for what is left", async () => {
  const clock = createShiftedClock();
  const fromMs = clock.monotonicMs();
  await new Promise<void>((resolve) => void clock.after(5, resolve));
  const waited = new Promise<void>((resolve) => void clock.after(60_010, resolve));
  clock.skip(60_000);
  await waited;
  expect(clock.monotonicMs() - fromMs).toBeGreaterThan(60_000);
});
