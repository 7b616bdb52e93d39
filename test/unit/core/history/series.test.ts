import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketWidthMs } from "../../../../src/core/history/series.ts";

const T0 = Date.UTC(2026, 10, 1);
const touched = (fromMs: number, toMs: number, width: number): number =>
  Math.floor((toMs - 1) / width) - Math.floor(fromMs / width) + 1;

const range = fc.record({
  fromMs: fc.integer({ min: T0 - 1e9, max: T0 }),
  spanMs: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 400 * 86_400_000 })),
  points: fc.integer({ min: 2, max: 10_000 }),
});

test("a range never touches more buckets than there may be points", () => {
  fc.assert(
    fc.property(range, ({ fromMs, spanMs, points }) => {
      expect(touched(fromMs, fromMs + spanMs, bucketWidthMs(fromMs, fromMs + spanMs, points))).toBeLessThanOrEqual(
        points,
      );
    }),
    { numRuns: 1_000 },
  );
});

test("one point is one bucket, wherever the range lies", () => {
  fc.assert(
    fc.property(range, ({ fromMs, spanMs }) => {
      expect(touched(fromMs, fromMs + spanMs, bucketWidthMs(fromMs, fromMs + spanMs, 1))).toBe(1);
    }),
    { numRuns: 50 },
  );
});

test("a long range is cut into close to as many buckets as there may be points", () => {
  fc.assert(
    fc.property(range, ({ fromMs, points }) => {
      const spanMs = points * 200_000; // buckets of minutes, so that whole seconds matter little
      const count = touched(fromMs, fromMs + spanMs, bucketWidthMs(fromMs, fromMs + spanMs, points));
      expect(count).toBeGreaterThanOrEqual(Math.floor(points * 0.97) - 1);
    }),
    { numRuns: 300 },
  );
});

test("buckets are whole seconds, and none is finer", () => {
  fc.assert(
    fc.property(range, ({ fromMs, spanMs, points }) => {
      const width = bucketWidthMs(fromMs, fromMs + spanMs, points);
      expect(width % 1_000).toBe(0);
      expect(width).toBeGreaterThanOrEqual(1_000);
    }),
  );
});

test("a day in 500 points", () => {
  const width = bucketWidthMs(T0, T0 + 86_400_000, 500);
  expect(touched(T0, T0 + 86_400_000, width)).toBeGreaterThan(490);
  expect(width).toBeLessThanOrEqual(175_000);
});

test("an empty range is one bucket", () => {
  expect(bucketWidthMs(T0, T0, 10)).toBe(1_000);
});
