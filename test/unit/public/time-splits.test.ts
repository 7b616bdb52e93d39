/** Lines of a time axis are at whole steps of the clocks there, wherever that is and whenever these are changed. */
import { expect, test } from "vitest";
import { nearestValue } from "../../../public/app/chart/plot/plot-crosshair.ts";
import { TIME_STEPS_MS, timeSplits } from "../../../public/app/chart/plot/time-splits.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ahead = (hours: number) => () => hours * HOUR_MS;
/** What the clocks show. */
const wall = (ms: number, offsetAt: (ms: number) => number): string =>
  new Date(ms + offsetAt(ms)).toISOString().slice(5, 16);
/** Berlin: at 01:00 UTC of 25 October 2026 it is 02:00 again. */
const berlin = (ms: number) => (ms < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * HOUR_MS;

test("in zones of half and quarter hours a line of hours is at a full hour there", () => {
  const from = Date.UTC(2026, 5, 1, 3, 10);
  for (const hours of [5.5, 5.75, -3.5, 9.5, 0, -11]) {
    const splits = timeSplits(from, from + 6 * HOUR_MS, HOUR_MS, ahead(hours));
    expect(splits).toHaveLength(6);
    for (const at of splits) expect(wall(at, ahead(hours)).slice(9)).toBe("00");
  }
  expect(timeSplits(from, from + DAY_MS, 6 * HOUR_MS, ahead(5.5)).map((at) => wall(at, ahead(5.5)))).toEqual([
    "06-01T12:00",
    "06-01T18:00",
    "06-02T00:00",
    "06-02T06:00",
  ]);
});

test("lines stay at the same times of the clock when the clocks are changed, and the hour that comes twice has one for each", () => {
  const from = Date.UTC(2026, 9, 24, 22);
  const shown = (step: number, to: number) => timeSplits(from, to, step, berlin).map((at) => wall(at, berlin).slice(6));
  expect(shown(6 * HOUR_MS, from + DAY_MS)).toEqual(["00:00", "06:00", "12:00", "18:00"]);
  expect(shown(HOUR_MS, from + 4 * HOUR_MS)).toEqual(["00:00", "01:00", "02:00", "02:00", "03:00"]);
  expect(timeSplits(from, from + 3 * DAY_MS, DAY_MS, berlin).map((at) => wall(at, berlin))).toEqual([
    "10-25T00:00",
    "10-26T00:00",
    "10-27T00:00",
  ]);
});

test("weeks begin with Monday, months with their first day, years with January", () => {
  const from = Date.UTC(2026, 0, 15);
  const days = (step: number, count: number) =>
    timeSplits(from, from + count * DAY_MS, step, ahead(1)).map((at) => new Date(at + HOUR_MS));
  expect(days(7 * DAY_MS, 40).map((date) => date.getUTCDay())).toEqual(Array(6).fill(1));
  expect(days(3 * 30 * DAY_MS, 365).map((date) => date.toISOString().slice(0, 10))).toEqual([
    "2026-04-01",
    "2026-07-01",
    "2026-10-01",
    "2027-01-01",
  ]);
  expect(days(2 * 365 * DAY_MS, 1_500).map((date) => date.toISOString().slice(0, 10))).toEqual([
    "2028-01-01",
    "2030-01-01",
  ]);
});

test("lines do not jump while the window moves, whatever the step", () => {
  const from = Date.UTC(2026, 9, 20, 7, 13, 21, 5);
  for (const step of TIME_STEPS_MS) {
    const span = 20 * step;
    const splits = timeSplits(from, from + span, step, berlin);
    const later = timeSplits(from + step / 3, from + span, step, berlin);
    expect(splits.length).toBeGreaterThan(15);
    expect(splits.slice(-later.length)).toEqual(later);
  }
});

test("the dot of the crosshair is on the next reading that has a value", () => {
  const data = { t: [0, 10, 20, 30], mean: [1, null, null, 4] };
  expect([-5, 4, 8, 21, 99].map((instant) => nearestValue(data, instant))).toEqual([0, 0, 0, 3, 3]);
  expect(nearestValue({ t: [1, 2], mean: [null, null] }, 1)).toBeUndefined();
  expect(nearestValue({ t: [], mean: [] }, 1)).toBeUndefined();
});
