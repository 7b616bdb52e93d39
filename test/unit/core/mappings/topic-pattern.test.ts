import { expect, test } from "vitest";
import {
  literalDevice,
  literalMetric,
  matchTopic,
  overlap,
  parsePattern,
} from "../../../../src/core/mappings/topic-pattern.ts";

function pattern(text: string) {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.value;
}

const match = (text: string, topic: string): string | undefined => {
  const captured = matchTopic(pattern(text), topic.split("/"));
  return captured && `${captured.device.join("|")} ${captured.metric.join("|")}`.trim();
};

test.each([
  ["home/{device}/{metric}", "home/kitchen/temperature", "kitchen temperature"],
  ["home/{device}/{metric}", "home/kitchen/sensor/temperature", undefined],
  ["home/{device}/{metric}", "home/kitchen", undefined],
  ["home/{device}/{metric}", "Home/kitchen/temperature", undefined],
  ["sensors/{device}/data", "sensors/a4:c1/data", "a4:c1"],
  ["sensors/{device}/data", "sensors/a4:c1/state", undefined],
  ["N/+/{device}/{metric+}", "N/c0619ab1/battery/512/Dc/0/Voltage", "battery 512|Dc|0|Voltage"],
  ["N/+/{device}/{metric+}", "N/c0619ab1/battery", undefined],
  ["{device+}/state", "floor1/kitchen/lamp/state", "floor1|kitchen|lamp"],
  ["zw/{device}/{device}/{metric}", "zw/3/38/level", "3|38 level"],
  ["/farm/{device}/{metric}", "/farm/barn/humidity", "barn humidity"],
  ["/farm/{device}/{metric}", "farm/barn/humidity", undefined],
  ["a/+/{metric}", "a//x", "x"],
  ["a/{device}/x", "a//x", undefined],
  // What follows is for a board to do.
  ["home/{device}/{metric}", "home/lamp/set", undefined],
  ["home/{device}/{metric}", "home/cmnd/power", undefined],
  ["home/{device}/set", "home/lamp/set", "lamp"],
  ["home/{device}/{metric+}", "home/lamp/colour/SET", undefined],
])("%s and %s", (text, topic, captured) => {
  expect(match(text, topic)).toBe(captured);
});

test.each([
  ["", "must be a name"],
  ["{device}/{metric}", "must be a name"],
  ["+/+", "must be a name"],
  ["/{device}", "must be a name"],
  ["home/#", "a level is a name"],
  ["home/{room}/{metric}", "a level is a name"],
  ["home/{device}x/{metric}", "a level is a name"],
  ["home/a+b", "a level is a name"],
  ["home/\u0000/x", "a level is a name"],
  ["$SYS/broker/{metric}", "broker's own"],
  ["a/{device+}/{metric+}", "only one"],
  [`a${"/b".repeat(32)}`, "at most 32 levels"],
])("%j is no pattern", (text, words) => {
  const parsed = parsePattern(text);
  expect(parsed.ok ? "accepted" : parsed.message).toContain(words);
});

test.each([
  ["home/{device}/{metric}", "home/kitchen/{metric}", true],
  ["home/{device}/{metric}", "home/{device}/data", true],
  ["home/{device}/{metric}", "home/{device}", false],
  ["home/{device}/{metric}", "garden/{device}/{metric}", false],
  ["home/{device}/temperature", "home/kitchen/humidity", false],
  ["{device}/temperature", "weather/{metric}", true],
  ["a/{metric+}", "a/b/c/d", true],
  ["a/{metric+}/z", "a/{device+}/y", false],
  ["a/{metric+}/z", "{device+}/y/z", true],
  ["a/{metric+}", "a", false],
  ["a/{device}/x", "a/set/x", false],
  ["a/+/x", "a/set/x", true],
])("%s and %s have topics in common: %s", (a, b, expected) => {
  expect(overlap(pattern(a), pattern(b))).toBe(expected);
  expect(overlap(pattern(b), pattern(a))).toBe(expected);
});

test("the comparison of two patterns ends at once, however they are made", () => {
  const long = pattern(`{device+}/${"+/".repeat(30)}x`);
  const other = pattern(`${"+/".repeat(30)}{metric+}/y`);
  expect(overlap(long, other)).toBe(false);
  expect(overlap(long, pattern(`${"+/".repeat(30)}{metric+}/x`))).toBe(true);
});

test.each([
  ["weather/{metric}", true, "weather", "weather"],
  ["home/outdoor/temperature", true, "home outdoor", "temperature"],
  ["sensors/garden/data", false, "sensors garden data", "data"],
  ["temperature", true, "temperature", "temperature"],
  ["temperature/{device}", true, "temperature", "temperature"],
  ["/node/sensor/{metric}/state", true, "node sensor", "state"],
])("%s without a placeholder for it", (text, isMetricInTopic, device, metric) => {
  expect(literalDevice(pattern(text), isMetricInTopic).join(" ")).toBe(device);
  expect(literalMetric(pattern(text))).toBe(metric);
});
