/** What is made of a chart's points: table, statistics, CSV, gaps, and what has to be read for a window. */
import { expect, test } from "vitest";
import { csvText, fileName } from "../../../public/app/chart/csv-text.ts";
import { tickWords } from "../../../public/app/chart/plot/time-ticks.ts";
import { tableRows } from "../../../public/app/chart/table-rows.ts";
import { fixedRange, liveRange, PRESETS } from "../../../public/app/range/chart-range.ts";
import { gapsOf, withGaps } from "../../../public/app/series/gaps.ts";
import { createSeriesBuffer, type SeriesBuffer, statsOf } from "../../../public/app/series/series-buffer.ts";
import { textChanges, textMarks } from "../../../public/app/series/text-changes.ts";
import { needOf, tileRequestFor } from "../../../public/app/series/tile-request.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOON_MS = Date.parse("2026-11-25T12:00:00Z");

function bufferOf(
  resolution: number,
  points: readonly [t: number, mean: number, min?: number, max?: number][],
): SeriesBuffer {
  return createSeriesBuffer(resolution, NOON_MS, {
    t: points.map(([t]) => t),
    mean: points.map(([, mean]) => mean),
    min: points.map(([, mean, min]) => min ?? mean),
    max: points.map(([, mean, , max]) => max ?? mean),
    count: points.map(() => (resolution === 0 ? 1 : 60)),
  });
}

test("a text among numbers is a mark, and no line crosses it", () => {
  const buffer = bufferOf(
    0,
    [0, 1, 2, 3].map((index) => [NOON_MS + index * 10_000, 20 + index]),
  );
  const breaks = [NOON_MS + 15_000];
  const plain = withGaps(buffer, 10_000);
  const broken = withGaps(buffer, 10_000, breaks);
  expect(plain.mean).toEqual([20, 21, 22, 23, ...(plain.mean.length > 4 ? [null] : [])]);
  expect(broken.mean.slice(0, 5)).toEqual([20, 21, null, 22, 23]);
  expect([...broken.t]).toEqual([...broken.t].sort((a, b) => a - b));
  const reading = (at: number, value: string | number) => ({
    _id: `a-${at}`,
    deviceId: "a",
    timestamp: new Date(NOON_MS + at).toISOString(),
    metrics: { level: value },
  });
  const readings = [
    reading(4, 5),
    reading(3, "unavailable"),
    reading(2, "unavailable"),
    reading(1, 7),
    reading(5, "off"),
  ];
  expect(textMarks(readings as never, "level").map(({ atMs, value }) => [atMs - NOON_MS, value])).toEqual([
    [2, "unavailable"],
    [5, "off"],
  ]);
  expect(textMarks(readings as never, "toString")).toEqual([]);
});

const minutely = bufferOf(MINUTE_MS, [
  [NOON_MS - 3 * MINUTE_MS, 9, 8, 10],
  [NOON_MS, 20.5, 20, 21],
  [NOON_MS + MINUTE_MS, 21, 20.25, 22],
  [NOON_MS + 6 * MINUTE_MS, 25, 24, 26],
]);

test("CSV has the window's points alone, a gap as empty cells", () => {
  expect(csvText(minutely, { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS }, 1_000).split("\r\n")).toEqual([
    "\uFEFFtime,mean,min,max,count",
    "2026-11-25T12:00:00.000Z,20.5,20,21,60",
    "2026-11-25T12:01:00.000Z,21,20.25,22,60",
    "2026-11-25T12:02:00.000Z,,,,",
    "2026-11-25T12:06:00.000Z,25,24,26,60",
    "",
  ]);
});

test("a file's name says device, metric and range, in letters that every file system takes", () => {
  const window = { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS };
  expect(fileName("cellar/1 ü", "coPpm", window, "csv")).toBe(
    "aerie_cellar-1-_coPpm_20261125T120000Z_20261125T130000Z.csv",
  );
});

test("statistics and gaps are those of the window", () => {
  const window = { fromMs: NOON_MS, toMs: NOON_MS + 3 * MINUTE_MS };
  expect(statsOf(minutely, window)).toMatchObject({ min: 20, max: 22, mean: 20.75, highAtMs: NOON_MS + MINUTE_MS });
  expect(gapsOf(minutely, 1_000, window)).toEqual([{ fromMs: NOON_MS + 2 * MINUTE_MS, toMs: NOON_MS + 6 * MINUTE_MS }]);
  expect(statsOf(minutely, { fromMs: NOON_MS + 3 * MINUTE_MS, toMs: NOON_MS + 4 * MINUTE_MS })).toBeUndefined();
});

test("the band has its gaps where the mean has them", () => {
  const { mean, min, max, isolated } = withGaps(minutely, 1_000);
  for (const column of [min, max]) expect(column.map((value) => value === null)).toEqual(mean.map((v) => v === null));
  expect(mean).toEqual([9, null, 20.5, 21, null, 25]);
  expect(isolated).toEqual([0, 5]);
});

test("readings of a time when the device spoke less often are no row of gaps", () => {
  const hourly = bufferOf(
    0,
    [0, 1, 2, 3, 8].map((hours) => [NOON_MS + hours * HOUR_MS, hours]),
  );
  const window = { fromMs: NOON_MS, toMs: NOON_MS + DAY_MS };
  expect(gapsOf(hourly, 5_000, window)).toEqual([{ fromMs: NOON_MS + 3 * HOUR_MS, toMs: NOON_MS + 8 * HOUR_MS }]);
});

test.each([
  { intervalMs: 10_000, silentMs: 30_000, gaps: 0 },
  { intervalMs: 10_000, silentMs: 30_001, gaps: 1 },
  { intervalMs: 500, silentMs: 3_000, gaps: 0 },
  { intervalMs: 500, silentMs: 3_001, gaps: 1 },
])("a silence of $silentMs ms at an interval of $intervalMs ms has $gaps gaps", ({ intervalMs, silentMs, gaps }) => {
  const firstMs = NOON_MS - 4 * intervalMs;
  const points = [0, 1, 2, 3, 4].map((index): [number, number] => [firstMs + index * intervalMs, index]);
  const buffer = bufferOf(0, [...points, [NOON_MS + silentMs, 5]]);
  expect(gapsOf(buffer, intervalMs, { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS })).toHaveLength(gaps);
});

test.each([
  [MINUTE_MS, 30_000],
  [HOUR_MS, 5 * MINUTE_MS],
  [DAY_MS, HOUR_MS / 2],
  [7 * DAY_MS, 4 * HOUR_MS],
  [30 * DAY_MS, DAY_MS],
  [365 * DAY_MS, 8 * DAY_MS],
])("a table of %i ms has at most 48 rows, none narrower than a bucket", (span, width) => {
  const resolution = Math.min(width, 30_000);
  const points = Array.from({ length: Math.min(span / resolution, 2_000) }, (_, index): [number, number] => [
    NOON_MS - (index + 1) * resolution,
    index,
  ]);
  const buffer = bufferOf(resolution, [[NOON_MS - span, 0], ...points.reverse()]);
  const rows = tableRows(buffer, { fromMs: NOON_MS - span, toMs: NOON_MS });
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.length).toBeLessThanOrEqual(48);
  for (const row of rows) expect(row.toMs - row.fromMs).toBeGreaterThanOrEqual(resolution);
  const inWindow = statsOf(buffer, { fromMs: NOON_MS - span, toMs: NOON_MS });
  expect(Math.max(...rows.map(({ max }) => max))).toBe(inWindow?.max);
});

test("a live range is read as it is; a fixed one with a window's margin, never before 2020 nor far beyond now", () => {
  const [hour] = PRESETS;
  if (hour === undefined) throw new Error("there is a first preset");
  expect(tileRequestFor(liveRange(hour), 480, NOON_MS)).toMatchObject({ fromMs: NOON_MS - HOUR_MS, points: 480 });
  const past = tileRequestFor(fixedRange({ fromMs: NOON_MS - 3 * DAY_MS, toMs: NOON_MS - 2 * DAY_MS }), 480, NOON_MS);
  expect(past).toEqual({ fromMs: NOON_MS - 4 * DAY_MS, toMs: NOON_MS - DAY_MS, points: 1_440, forSpanMs: DAY_MS });
  const wide = tileRequestFor(fixedRange({ fromMs: Date.UTC(2020, 0, 2), toMs: NOON_MS }), 4_000, NOON_MS);
  expect(wide).toMatchObject({ fromMs: Date.UTC(2020, 0, 1), toMs: NOON_MS + 5 * MINUTE_MS });
  expect(wide.points).toBeLessThanOrEqual(1_500);
});

test("a window is read again when a part of it is missing, when its buckets are wide, or when its margin is used up", () => {
  const held = {
    fromMs: 10 * DAY_MS + NOON_MS,
    toMs: 40 * DAY_MS + NOON_MS,
    forSpanMs: 10 * DAY_MS,
    resolution: HOUR_MS,
  };
  const need = (from: number, to: number, over: Partial<typeof held> = {}) =>
    needOf({ ...held, ...over }, { fromMs: NOON_MS + from * DAY_MS, toMs: NOON_MS + to * DAY_MS });
  expect(need(20, 30)).toBe("nothing");
  expect(need(9, 19)).toBe("data");
  expect(need(31, 41)).toBe("data");
  expect(need(12, 22)).toBe("margin");
  expect(need(12, 22, { fromMs: Date.UTC(2020, 0, 1) })).toBe("nothing");
  expect(need(20, 26)).toBe("finer");
  expect(need(20, 26, { resolution: 0 })).toBe("nothing");
  expect(need(30, 40, { toMs: Number.POSITIVE_INFINITY })).toBe("nothing");
  expect(needOf(undefined, held)).toBe("data");
});

test("text is shown by its changes, newest first", () => {
  const reading = (minute: number, door: string) => ({
    _id: String(minute),
    deviceId: "cellar",
    timestamp: new Date(NOON_MS + minute * MINUTE_MS).toISOString(),
    metrics: { door },
  });
  const readings = [reading(3, "open"), reading(2, "shut"), reading(1, "shut"), reading(0, "open")];
  const window = { fromMs: NOON_MS + MINUTE_MS, toMs: NOON_MS + HOUR_MS };
  expect(textChanges(readings, "door", window)).toEqual([
    { atMs: NOON_MS + 3 * MINUTE_MS, value: "open" },
    { atMs: NOON_MS + MINUTE_MS, value: "shut" },
  ]);
});

test("an axis says hours within days, days within months, months within years, and years", () => {
  const local = (month: number, day: number, hour = 0) => new Date(2026, month, day, hour).getTime();
  expect(tickWords(local(10, 25, 4), 4 * HOUR_MS)).toMatch(/^04:00$/);
  expect(tickWords(local(10, 25), 4 * HOUR_MS)).toMatch(/25/);
  expect(tickWords(local(10, 25), 2 * DAY_MS)).toMatch(/25/);
  expect(tickWords(local(10, 1), 60 * DAY_MS)).not.toMatch(/\d/);
  expect(tickWords(local(0, 1), 60 * DAY_MS)).toBe("2026");
});
