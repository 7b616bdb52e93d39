import { describe, expect, test } from "vitest";
import {
  chartWidthMs,
  rawDays,
  sourceByCount,
  sourceOfSummaries,
  summaryRanges,
} from "../../../../src/core/history/chart-source.ts";
import { DAY_MS, HOUR_MS } from "../../../../src/core/model/utc-day.ts";

const T0 = Date.UTC(2026, 10, 1);
const chart = (days: number, points: number) => ({ fromMs: T0, toMs: T0 + days * DAY_MS, points });
const MONTH = chart(30, 1_000);
/** Buckets of 18 hours. */
const WIDE = chart(30, 40);

describe("a chart", () => {
  test("is drawn from days where only days are left of a part of it, and from hours where hours are", () => {
    expect(sourceOfSummaries(MONTH, { hour: true, day: true })).toBe("day");
    expect(sourceOfSummaries(MONTH, { hour: true, day: false })).toBe("hour");
    expect(sourceOfSummaries(MONTH, { hour: false, day: false })).toBeUndefined();
  });

  test("of hours has buckets of whole days where they are wider than half a day", () => {
    expect(sourceOfSummaries(WIDE, { hour: true, day: false })).toBe("day");
    expect(chartWidthMs(WIDE, "raw")).toBe(DAY_MS);
    expect(chartWidthMs(MONTH, "hour")).toBe(HOUR_MS);
    expect(chartWidthMs(chart(1, 1_000), "raw")).toBeLessThan(2 * 60_000);
  });

  test("is drawn from readings where they are few, or where hours would be much too coarse", () => {
    expect(sourceByCount(MONTH, 200_000)).toBe("raw");
    expect(sourceByCount(MONTH, 200_001)).toBe("hour");
    expect(sourceByCount(WIDE, 200_001)).toBe("day");
    expect(sourceByCount(chart(1, 1_000), 1_000_000)).toBe("raw");
    expect(sourceByCount(chart(1, 1_000), 1_000_001)).toBe("hour");
    expect(sourceByCount(MONTH, 1, 0)).toBe("hour");
  });

  test("looks for hours where readings are deleted, and for days where hours are deleted, too", () => {
    const horizons = { rawSinceMs: T0 + 20 * DAY_MS, hoursSinceMs: T0 + 10 * DAY_MS };
    expect(summaryRanges(MONTH, horizons)).toEqual({
      hour: { fromMs: T0, toMs: horizons.rawSinceMs },
      day: { fromMs: T0, toMs: horizons.hoursSinceMs },
    });
  });

  test("takes days from readings that changed since, or lie only in part in its range, while those are stored", () => {
    const range = { fromMs: T0 + HOUR_MS, toMs: T0 + 3 * DAY_MS };
    const due = new Set([T0 + DAY_MS]);
    expect(rawDays(range, { rawSinceMs: 0 }, due)).toEqual({ instead: new Set([T0 + DAY_MS, T0]), beside: [] });
    expect(rawDays(range, { rawSinceMs: T0 + 2 * DAY_MS }, due)).toEqual({ instead: new Set(), beside: [T0 + DAY_MS] });
  });
});
