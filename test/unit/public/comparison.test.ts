/** Charts compared by the clock of the viewer's zone: on the days on which the clocks are changed, too. */
import { afterAll, expect, test } from "vitest";
import { liveRange, PRESETS } from "../../../public/app/range/chart-range.ts";
import {
  daysBefore,
  instantsAfter,
  LAST_WEEK,
  NO_COMPARISON,
  parseComparison,
  withComparison,
  YESTERDAY,
} from "../../../public/app/range/comparison.ts";
import { withRange } from "../../../public/app/range/range-address.ts";
import { comparedLine, extentOf, meanOf } from "../../../public/app/series/compared-line.ts";
import { createSeriesBuffer } from "../../../public/app/series/series-buffer.ts";

const formerZone = process.env["TZ"];
process.env["TZ"] = "Europe/Berlin";
afterAll(() => {
  if (formerZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = formerZone;
});

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

test.each([
  ["a usual day", "2026-06-10T12:00Z", "2026-06-09T12:00"],
  ["in autumn before the change", "2026-10-25T00:30Z", "2026-10-24T00:30"],
  ["in autumn after it: 25 hours", "2026-10-25T02:30Z", "2026-10-24T01:30"],
  ["in spring after it: 23 hours", "2026-03-29T10:00Z", "2026-03-28T11:00"],
])("yesterday on %s", (_, now, before) => {
  expect(iso(daysBefore(at(now), 1))).toBe(before);
  expect(instantsAfter(at(`${before}Z`), 1).map(iso)).toContain(now.slice(0, 16));
});

test("of an hour that comes twice both are compared with the one before; an hour that is left out is nowhere", () => {
  // 02:30 in Berlin on the 24th, and twice on the 25th.
  expect(instantsAfter(at("2026-10-24T00:30Z"), 1).map(iso)).toEqual(["2026-10-25T00:30", "2026-10-25T01:30"]);
  // 02:30 on the 28th of March; on the 29th it is 03:00 after 01:59.
  expect(instantsAfter(at("2026-03-28T01:30Z"), 1)).toEqual([]);
});

test("the line is in the order of the chart's instants, and its numbers are those of the window", () => {
  const t = ["2026-10-24T00:30Z", "2026-10-24T01:00Z", "2026-10-24T01:30Z"].map(at);
  const buffer = createSeriesBuffer(0, 0, { t, mean: [1, 2, 3], min: [1, 2, 3], max: [1, 2, 3], count: [1, 1, 1] });
  const line = comparedLine(buffer, 1, (ms) => instantsAfter(ms, 1));
  expect(line.t.map(iso)).toEqual(["2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:00", "2026-10-25T02:30"]);
  expect(line.mean).toEqual([1, 1, 2, 3]);
  const window = { fromMs: at("2026-10-25T01:00Z"), toMs: at("2026-10-25T02:15Z") };
  expect(extentOf(line, window)).toEqual([1, 2]);
  expect(meanOf(line, window)).toBe(1.5);
  expect(extentOf(line, { fromMs: 0, toMs: 1 })).toBeUndefined();
});

test("a comparison is in the address beside the range, and each is kept when the other changes", () => {
  expect(parseComparison("r=7d&compare=yesterday")).toBe(YESTERDAY);
  expect(parseComparison("compare=device%3Aattic")).toEqual({ kind: "device", id: "attic" });
  for (const query of ["", "r=7d", "compare=", "compare=never", "compare=device:"]) {
    expect(parseComparison(query)).toBe(NO_COMPARISON);
  }
  expect(withComparison("r=7d", LAST_WEEK)).toBe("r=7d&compare=week");
  expect(withComparison("r=7d&compare=week", NO_COMPARISON)).toBe("r=7d");
  expect(parseComparison(withComparison("", { kind: "device", id: "a&b" }))).toEqual({ kind: "device", id: "a&b" });
  const [hour] = PRESETS;
  if (hour === undefined) throw new Error("there is a first preset");
  expect(withRange("r=7d&compare=week", liveRange(hour))).toBe("r=1h&compare=week");
  expect(withRange("", liveRange(hour))).toBe("r=1h");
});
