/** The arithmetic of a chart's range: its address, its motions, and what a person may type. */
import { expect, test } from "vitest";
import { DEFAULT_PRESET, EARLIEST_MS, fixedRange, liveRange, PRESETS } from "../../../public/app/range/chart-range.ts";
import { localText, parseOwnRange } from "../../../public/app/range/own-range.ts";
import { parseRange, rangeQuery } from "../../../public/app/range/range-address.ts";
import { clampWindow, panned, pinched, spanOf, zoomed } from "../../../public/app/range/range-moves.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2026-11-25T22:00:00Z");
const hourAgo = { fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS };

test("every range that an address can hold comes back from it", () => {
  const ranges = [...PRESETS.map(liveRange), fixedRange({ fromMs: NOW_MS - 12_345, toMs: NOW_MS - 1 })];
  for (const range of ranges) expect(parseRange(rangeQuery(range))).toEqual(range);
  expect(rangeQuery(liveRange(DEFAULT_PRESET))).toBe("");
  expect(rangeQuery(fixedRange(hourAgo))).toBe("from=2026-11-25T21:00:00.000Z&to=2026-11-25T22:00:00.000Z");
});

test.each([
  "",
  "r=",
  "r=8d",
  "from=2026-11-25T21:00:00Z",
  "from=yesterday&to=today",
  "from=2026-11-25T22:00:00Z&to=2026-11-25T21:00:00Z",
  "from=2026-11-25T22:00:00Z&to=2026-11-25T22:00:00Z",
  "from=2019-11-25T22:00:00Z&to=2026-11-25T22:00:00Z",
])("the address' query %j is the default range", (query) => {
  expect(parseRange(query)).toEqual(liveRange(DEFAULT_PRESET));
});

test("zooming keeps the instant under the pointer where it is, and in and out again is nothing", () => {
  const at = hourAgo.fromMs + HOUR_MS / 4;
  const near = zoomed(hourAgo, at, 0.5);
  expect(near).toEqual({ fromMs: at - HOUR_MS / 8, toMs: at + (3 * HOUR_MS) / 8 });
  expect(zoomed(near, at, 2)).toEqual(hourAgo);
});

test("at the least length, zooming in stays where it is", () => {
  const least = { fromMs: NOW_MS - 10_000, toMs: NOW_MS };
  expect(zoomed(least, NOW_MS - 2_000, 0.5)).toEqual(least);
});

test("panning moves by windows", () => {
  expect(panned(hourAgo, -0.5)).toEqual({ fromMs: NOW_MS - 1.5 * HOUR_MS, toMs: NOW_MS - 0.5 * HOUR_MS });
});

test("two fingers keep what they took hold of: spread they zoom in, side by side they pan, crossed nothing breaks", () => {
  const grip = (position: number, part: number) => ({ atMs: hourAgo.fromMs + part * HOUR_MS, position });
  expect(pinched(hourAgo, grip(0.25, 0.25), grip(0.75, 0.75))).toEqual(hourAgo);
  const spread = pinched(hourAgo, grip(0, 0.25), grip(1, 0.75));
  expect(spread).toEqual({ fromMs: hourAgo.fromMs + HOUR_MS / 4, toMs: hourAgo.toMs - HOUR_MS / 4 });
  expect(pinched(hourAgo, grip(0.5, 0.25), grip(1, 0.75))).toEqual(panned(hourAgo, -0.25));
  const crossed = pinched(hourAgo, grip(0.75, 0.25), grip(0.25, 0.75));
  expect(spanOf(crossed)).toBe(HOUR_MS);
});

test("a window stays between 2020 and now, at its length where there is room", () => {
  expect(clampWindow(panned(hourAgo, 3), NOW_MS)).toEqual(hourAgo);
  const early = clampWindow({ fromMs: EARLIEST_MS - HOUR_MS, toMs: EARLIEST_MS + HOUR_MS / 2 }, NOW_MS);
  expect(early).toEqual({ fromMs: EARLIEST_MS, toMs: EARLIEST_MS + 1.5 * HOUR_MS });
  expect(clampWindow({ fromMs: 0, toMs: 2 * NOW_MS }, NOW_MS)).toEqual({ fromMs: EARLIEST_MS, toMs: NOW_MS });
  expect(clampWindow({ fromMs: NOW_MS - 0.4, toMs: NOW_MS }, NOW_MS)).toEqual({
    fromMs: NOW_MS - 10_000,
    toMs: NOW_MS,
  });
});

test("an own range is taken as the viewer's time, and ends now at the latest", () => {
  const from = localText(NOW_MS - HOUR_MS);
  expect(from).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  expect(parseOwnRange(from, localText(NOW_MS + HOUR_MS), NOW_MS)).toEqual({ ok: true, window: hourAgo });
});

test.each([
  ["", "2026-11-25T10:00", "from", "begins"],
  ["2026-11-25T10:00", "", "to", "ends"],
  ["2026-11-25T10:00", "2026-11-25T10:00", "to", "later than the beginning"],
  ["2019-11-25T10:00", "2026-11-25T10:00", "from", "before 2020"],
  ["2027-11-25T10:00", "2027-11-26T10:00", "from", "in the past"],
])("the own range %j to %j is refused at its %s", (from, to, field, words) => {
  expect(parseOwnRange(from, to, NOW_MS)).toMatchObject({ ok: false, field, words: expect.stringContaining(words) });
});
