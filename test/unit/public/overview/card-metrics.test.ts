import { expect, test } from "vitest";
import { sortMetrics } from "../../../../public/app/hub/metric-order.ts";
import { cardMetrics } from "../../../../public/app/overview/card-metrics.ts";
import { METRICS, type MetricInfo } from "../../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";

const DOOR: MetricInfo = { label: "Door", kind: "boolean", unit: "", deviceClass: "door" };
const LEAK: MetricInfo = { label: "Leak", kind: "boolean", unit: "", deviceClass: "moisture" };
const INFO: ReadonlyMap<string, MetricInfo> = new Map<string, MetricInfo>([
  ...METRICS,
  ["contact", DOOR],
  ["leak", LEAK],
]);

const shown = (values: Readonly<Record<string, MetricValue>>, more: { violated?: string[]; drawn?: string } = {}) =>
  cardMetrics({
    metrics: sortMetrics(Object.keys(values), (metric) => INFO.get(metric)),
    described: (name) => ({ name, info: INFO.get(name) }),
    valueIn: (metric) => values[metric],
    violated: more.violated ?? [],
    drawn: more.drawn,
  });

const AIR = { flameDetected: false, coPpm: 0.4, temperature: 21, humidity: 40, co2: 600, rssi: -60, battery: 80 };

test.each<[string, Parameters<typeof shown>, string[]]>([
  ["what it measures, never a flame that is none", [AIR], ["temperature", "co2", "humidity"]],
  ["what is wrong", [AIR, { violated: ["coPpm"] }], ["coPpm", "temperature", "co2"]],
  ["a flame", [{ ...AIR, flameDetected: true }], ["flameDetected", "temperature", "co2"]],
  ["water on the floor", [{ temperature: 20, leak: true }], ["leak", "temperature"]],
  ["what its sparkline shows", [AIR, { drawn: "humidity" }], ["humidity", "temperature", "co2"]],
  ["a door only while it is open", [{ temperature: 20, contact: true }], ["temperature", "contact"]],
  ["nothing of a door that is closed", [{ temperature: 20, contact: false }], ["temperature"]],
  ["the door where there is nothing else", [{ contact: false }], ["contact"]],
  ["its battery where there is nothing else", [{ battery: 80, contact: false }], ["battery"]],
])("a card leads with %s", (_, [values, more], metrics) => {
  expect(shown(values, more)).toEqual(metrics);
});
