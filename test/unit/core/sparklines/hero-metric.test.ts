import { expect, test } from "vitest";
import { METRICS, type MetricInfo } from "../../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { heroMetric } from "../../../../src/core/sparklines/hero-metric.ts";

function hero(
  values: Readonly<Record<string, MetricValue>>,
  violated: readonly string[] = [],
  infos: Readonly<Record<string, Partial<MetricInfo>>> = {},
): string | undefined {
  const latest = new Map(Object.entries(values).map(([name, value]) => [name, { value }]));
  const infoOf = (name: string): MetricInfo | undefined =>
    infos[name] === undefined ? METRICS.get(name) : { label: name, kind: "number", unit: "", ...infos[name] };
  return heroMetric({ latest, infoOf, violated });
}

test.each([
  ["temperature before all others", { humidity: 40, co2: 500, temperature: 20, power: 3 }, "temperature"],
  ["CO₂ before power", { humidity: 40, power: 3, co2: 500 }, "co2"],
  ["power before humidity", { humidity: 40, power: 3 }, "power"],
  ["a number that nobody knows before a battery", { battery: 90, rssi: -60, level: 3 }, "level"],
  ["a battery before what is true or false", { flameDetected: false, battery: 90 }, "battery"],
  ["true or false where there is no number", { text: "hello", flameDetected: false }, "flameDetected"],
  ["the last part of a name", { "ENERGY.Voltage": 230, "ENERGY.Power": 12 }, "ENERGY.Power"],
  ["the first by name of two alike", { b: 1, a: 1 }, "a"],
  ["none where only texts come", { mode: "auto" }, undefined],
] as const)("shown is %s", (_, values, expected) => {
  expect(hero(values)).toBe(expected);
});

test("what an alert is about is shown instead, if it can be drawn", () => {
  const values = { temperature: 20, coPpm: 62, mode: "auto" };
  expect(hero(values, ["coPpm"])).toBe("coPpm");
  expect(hero(values, ["mode", "gone"])).toBe("temperature");
});

test("what its owner pinned is shown before all else, the first in his order; what he hid never is", () => {
  const values = { temperature: 20, coPpm: 62, humidity: 40, on: true };
  const pinned = (metric: string, order?: number) =>
    ({ [metric]: { pinned: true, ...(order !== undefined && { order }) } }) as const;
  expect(hero(values, ["coPpm"], pinned("humidity"))).toBe("humidity");
  expect(hero(values, [], { ...pinned("humidity"), ...pinned("on", 3) })).toBe("on");
  expect(hero(values, [], { temperature: { hidden: true } })).toBe("humidity");
});

test("a class counts where the name says nothing, and less than a name", () => {
  const infos = { x: { deviceClass: "temperature" }, dewPoint: { deviceClass: "temperature" } };
  expect(hero({ level: 1, x: 20 }, [], infos)).toBe("x");
  expect(hero({ dewPoint: 5, temperature: 20 }, [], infos)).toBe("temperature");
});
