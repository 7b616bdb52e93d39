import { expect, test } from "vitest";
import { withBounds } from "../../../../public/app/chart/plot/value-axis.ts";
import { trialDrawing } from "../../../../public/app/rules/trial/trial-drawing.ts";
import { trialWords } from "../../../../public/app/rules/trial/trial-words.ts";
import { boundsOf, nearestBound, spanAt, spansOf } from "../../../../public/app/series/alert-spans.ts";
import type { AlertEvent, Rule } from "../../../../src/contract/alerts.ts";

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  name: id,
  enabled: true,
  severity: "warning",
  scope: { all: true },
  condition: { kind: "above", metric: "coPpm", threshold: 30 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...more,
});
const minute = (at: number) => new Date(at * 60_000).toISOString();
const event = (kind: AlertEvent["kind"], at: number, more: Partial<AlertEvent> = {}): AlertEvent => ({
  id: `${kind}${at}`,
  at: minute(at),
  kind,
  alertId: "co~c1",
  episode: 1,
  ruleId: "co",
  ruleName: "co",
  severity: "warning",
  deviceId: "c1",
  metric: "coPpm",
  text: "",
  ...more,
});

test("thresholds are those of rules that are on and hold for the device; the most severe of equal ones", () => {
  const rules = [
    rule("co"),
    rule("worse", { severity: "critical" }),
    rule("off", { enabled: false, condition: { kind: "above", metric: "coPpm", threshold: 5 } }),
    rule("elsewhere", { condition: { kind: "above", metric: "coPpm", threshold: 7 } }),
    rule("joined", {
      condition: {
        kind: "any",
        of: [
          { kind: "outside", metric: "coPpm", low: 0, high: 50 },
          { kind: "presence", state: "late" },
        ],
      },
    }),
    rule("hub", { condition: { kind: "hub", what: ["disk"] } }),
  ];
  const bounds = boundsOf(rules, "coPpm", ({ id }) => id !== "elsewhere");
  expect(bounds).toEqual([
    { value: 0, side: "below", severity: "warning" },
    { value: 30, side: "above", severity: "critical" },
    { value: 50, side: "above", severity: "warning" },
  ]);
  expect(nearestBound(bounds, { min: 10, max: 28 })?.value).toBe(30);
});

test("an alert is a span from its beginning to its end; what fires still has no end; other metrics are left out", () => {
  const log = {
    rules: [rule("co")],
    firing: [],
    events: [
      event("firing", 50),
      event("resolved", 20),
      event("firing", 10),
      event("acknowledged", 12),
      event("firing", 30, { alertId: "t~c1", metric: "temperature" }),
      event("passed", 60, { alertId: "p~c1", from: minute(2), to: minute(3), severity: "critical" }),
    ],
  };
  const spans = spansOf(log, "coPpm").map(({ fromMs, toMs }) => [fromMs / 60_000, toMs / 60_000]);
  expect(spans.sort(([a = 0], [b = 0]) => a - b)).toEqual([
    [2, 3],
    [10, 20],
    [50, Number.POSITIVE_INFINITY],
  ]);
  expect(spanAt(spansOf(log, "coPpm"), 15 * 60_000)?.ruleName).toBe("co");
  expect(spanAt(spansOf(log, "coPpm"), 25 * 60_000)).toBeUndefined();
});

test("a condition of several metrics is a span of each of them; one about presence is of none", () => {
  const condition = {
    kind: "all",
    of: [
      { kind: "above", metric: "coPpm", threshold: 1 },
      { kind: "below", metric: "humidity", threshold: 1 },
    ],
  } as const;
  const { metric: _, ...joined } = event("firing", 1);
  const of = (rules: Rule[], metric: string) => spansOf({ rules, firing: [], events: [joined] }, metric).length;
  const both = [rule("co", { condition: { kind: "all", of: [...condition.of] } })];
  expect([of(both, "coPpm"), of(both, "humidity"), of(both, "temperature")]).toEqual([1, 1, 0]);
  expect(of([rule("co", { condition: { kind: "presence", state: "offline" } })], "coPpm")).toBe(0);
});

test("a threshold that is near comes into the axis; one far away does not press the line flat", () => {
  expect(withBounds(20, 24, [{ value: 25 }])).toEqual([20, 25]);
  expect(withBounds(20, 24, [{ value: 60 }])).toEqual([20, 24]);
});

test("a trial is said in a sentence, with what it cannot say", () => {
  const day = 86_400_000;
  const answer = { spans: [], total: 0, messages: 0, repeats: 0, devices: 1, readings: 10, complete: true };
  const span = { deviceId: "c1", from: minute(1), to: minute(2) };
  expect(trialWords(answer, 7 * day)).toBe("It would not have fired in the last 7 days.");
  expect(trialWords({ ...answer, devices: 0 }, day)).toContain("No device matches");
  expect(trialWords({ ...answer, readings: 0 }, day)).toContain("nothing can be said");
  expect(trialWords({ ...answer, spans: [span], total: 1, messages: 1 }, day)).toBe(
    "It would have fired once in the last 24 hours: 1 message to each of its channels.",
  );
  expect(trialWords({ ...answer, spans: [span], total: 12, messages: 3, devices: 4, complete: false }, 30 * day)).toBe(
    "It would have fired 12 times in the last 30 days on 1 of 4 devices: 3 messages to each of its channels. Not everything was looked at: it would have taken too long.",
  );
  const repeated = (repeats: number) => trialWords({ ...answer, spans: [span], total: 1, messages: 2, repeats }, day);
  expect(repeated(1)).toMatch(/: 2 messages to each of its channels, and 1 repetition if nobody acknowledges\.$/);
  expect(repeated(12)).toMatch(/, and 12 repetitions if nobody acknowledges\.$/);
  expect(repeated(10_000)).toMatch(/, and 10,000 repetitions or more if nobody acknowledges\.$/);
});

test("the chart of a trial has no line across an outage, and shows the shortest span", () => {
  const t = [0, 10, 20, 30, 500, 510];
  const ones = t.map((_, index) => index);
  const drawing = trialDrawing(
    { t, min: ones, max: ones, mean: ones, count: ones },
    [10],
    [{ deviceId: "c1", fromMs: 200, toMs: 200, isOpen: false }],
    { fromMs: 0, toMs: 1_000 },
  );
  expect(drawing.line.match(/M/g)).toHaveLength(2);
  expect(drawing.bands).toEqual([{ x: 200, width: 4 }]);
  expect(drawing.bounds[0]?.y).toBeGreaterThan(0);
  expect([drawing.low, drawing.high]).toEqual([0, 5]);
});
