/** How fast something changed, with what came before it, whenever that becomes known. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRateWindow, type RateSample } from "../../../../src/core/alerts/decisions/rate-window.ts";

const OVER_MS = 60_000;
const NOTHING = 1e9;

/** Readings at least half a second apart: all of them are points of the window. */
const samples = fc.array(fc.record({ gapMs: fc.integer({ min: 500, max: 40_000 }), value: fc.integer({ max: 50 }) }), {
  minLength: 2,
  maxLength: 40,
});

test("a window that is given later what came before says the same as one that had it all along", () => {
  fc.assert(
    fc.property(samples, fc.boolean(), fc.nat(), fc.nat(), (steps, isCounter, begin, later) => {
      let atMs = 1_000;
      const all: RateSample[] = steps.map(({ gapMs, value }) => {
        atMs += gapMs;
        return { atMs, value };
      });
      const from = begin % all.length;
      const loadedAt = from + (later % (all.length - from));
      const whole = createRateWindow({ overMs: OVER_MS, isCounter });
      const restarted = createRateWindow({ overMs: OVER_MS, isCounter });
      for (const [index, { value, atMs: at }] of all.entries()) {
        const said = whole.add(value, at);
        if (index === loadedAt) restarted.precede(all.slice(0, loadedAt));
        const saidToo = index < from ? undefined : restarted.add(value, at);
        if (index >= loadedAt) expect(saidToo ?? NOTHING).toBeCloseTo(said ?? NOTHING, 6);
      }
    }),
  );
});

test("it says nothing without a reading from before its time, nor by one from long before", () => {
  const window = createRateWindow({ overMs: OVER_MS, isCounter: false });
  expect([0, 30_000, 59_999].map((at) => window.add(at / 1_000, at))).toEqual([undefined, undefined, undefined]);
  expect(window.add(120, 60_000)).toBeCloseTo(2);
  expect(window.add(120, 60_000 + 4 * OVER_MS)).toBeUndefined();
});

test.each([
  [1e308, -1e308],
  [1.8e19, 0],
  [-1e308, 1e308],
])("what a board sent once, such as %d and %d, is forgotten with its time", (absurd, then) => {
  for (const isCounter of [false, true]) {
    const window = createRateWindow({ overMs: OVER_MS, isCounter });
    let rate: number | undefined;
    for (let index = 0; index < 60; index++) {
      rate = window.add(index === 10 ? absurd : index === 11 ? then : index, index * 5_000);
      if (index >= 12) expect(rate).not.toBeNaN();
      if (index >= 12 + 12) expect(rate).toBeCloseTo(0.2, 9);
    }
  }
});
