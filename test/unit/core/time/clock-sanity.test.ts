import { expect, test } from "vitest";
import { createClockSanity } from "../../../../src/core/time/clock-sanity.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;

function start({ nowMs = NOW, builtAtMs = NOW - 86_400_000, newestMs = 0 } = {}) {
  const clock = createManualClock({ nowMs });
  return { clock, sanity: createClockSanity({ clock, builtAtMs, newestMs }) };
}

test("a clock that shows a time after the build and after all readings is sane", () => {
  const { clock, sanity } = start({ newestMs: NOW - 1 });
  clock.advance(3_600_000);
  expect(sanity.isSane()).toBe(true);
  expect(sanity.problem()).toBeUndefined();
});

test("a clock before the build is not, from the start on", () => {
  const { sanity } = start({ nowMs: 0 });
  expect(sanity.isSane()).toBe(false);
  expect(sanity.problem()).toContain("built");
});

test("a clock before the newest stored reading is not, save for the five minutes that devices may be ahead", () => {
  expect(start({ newestMs: NOW + 5 * MINUTE_MS }).sanity.isSane()).toBe(true);
  const { sanity } = start({ newestMs: NOW + 5 * MINUTE_MS + 1 });
  expect(sanity.problem()).toContain("newest stored reading");
});

test("a reading that is stored later counts too", () => {
  const { clock, sanity } = start();
  sanity.stored(NOW + 10 * MINUTE_MS, NOW + 10 * MINUTE_MS);
  sanity.stored(NOW, NOW);
  clock.advance(1_000);
  expect(sanity.isSane()).toBe(false);
  clock.advance(6 * MINUTE_MS);
  expect(sanity.isSane()).toBe(true);
});

for (const stepMs of [90 * MINUTE_MS, -2 * MINUTE_MS]) {
  test(`a step of ${stepMs / 1000} s is noticed within a second, and forgiven after ten minutes`, () => {
    const { clock, sanity } = start();
    clock.stepWall(stepMs);
    clock.advance(1_000);
    expect(sanity.problem()).toContain(
      `jumped ${stepMs < 0 ? "back" : "forward"} by ${Math.abs(stepMs) / 60_000} minutes.`,
    );
    clock.advance(9 * MINUTE_MS);
    expect(sanity.isSane()).toBe(false);
    clock.advance(2 * MINUTE_MS);
    expect(sanity.isSane()).toBe(true);
  });
}

test("small corrections are no step, however many", () => {
  const { clock, sanity } = start();
  for (let time = 0; time < 20; time++) {
    clock.stepWall(-50_000);
    clock.advance(1_000);
    clock.stepWall(50_000);
    clock.advance(1_000);
  }
  expect(sanity.isSane()).toBe(true);
});

test("time synchronisation that sets a clock right ends the first complaint and begins that of the step", () => {
  const { clock, sanity } = start({ nowMs: 0 });
  clock.stepWall(NOW);
  clock.advance(1_000);
  expect(sanity.problem()).toMatch(
    /jumped forward by \d+ days\. If the date and time of this machine are right, there is nothing to do/,
  );
  clock.advance(11 * MINUTE_MS);
  expect(sanity.isSane()).toBe(true);
});

test("nothing is watched after closing", () => {
  const { clock, sanity } = start();
  sanity.close();
  expect(clock.timers()).toBe(0);
});

test("a device's instant from years ahead, taken while the clock could not judge it, is no witness against it", () => {
  const { clock, sanity } = start();
  sanity.stored(NOW + 1_000_000 * MINUTE_MS, NOW);
  clock.advance(1_000);
  expect(sanity.isSane()).toBe(true);
});

test("says how long it has had a problem, by a clock that nobody can set", () => {
  const { clock, sanity } = start();
  clock.advance(MINUTE_MS);
  expect(sanity.problemForMs()).toBe(0);
  clock.stepWall(-60 * MINUTE_MS);
  clock.advance(5 * MINUTE_MS);
  expect(sanity.problemForMs()).toBe(5 * MINUTE_MS);
  clock.advance(6 * MINUTE_MS);
  expect([sanity.problem(), sanity.problemForMs()]).toEqual([undefined, 0]);
});
