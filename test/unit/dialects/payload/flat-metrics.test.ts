/** Values of a JSON object, from boards that mean harm: bounded work, whatever the names. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { readNative } from "../../../../src/dialects/native/native.ts";
import { flattenMetrics } from "../../../../src/dialects/payload/flat-metrics.ts";
import { readComponents } from "../../../../src/dialects/shelly/components.ts";
import { zigbeeDevices } from "../../../../src/dialects/tasmota/zigbee-devices.ts";
import { exposedMetrics } from "../../../../src/dialects/zigbee2mqtt/exposes.ts";

const values = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, 1]));
const LONG = "k".repeat(1_000_000);
const json = { [LONG]: values(50_000), plain: 1 };

/** Each name below the long one would be made of a million characters. */
const MAX_MS = 2_000;

function timed<T>(run: () => T): T {
  const startedMs = performance.now();
  const result = run();
  expect(performance.now() - startedMs).toBeLessThan(MAX_MS);
  return result;
}

test("what stands below a name without end is refused once, the rest is read", () => {
  const { metrics, faults } = timed(() => flattenMetrics(json));
  expect([...metrics.keys()]).toEqual(["plain"]);
  expect(faults).toEqual([{ code: "METRIC_NAME_INVALID", metric: "k".repeat(80) }]);
});

test("the same in a native reading", () => {
  const payload = new TextEncoder().encode(JSON.stringify(json));
  const parsed = timed(() => readNative("devices/a/telemetry", payload));
  if (parsed.kind !== "telemetry") throw new Error(parsed.kind);
  expect(parsed.faults).toEqual([{ code: "METRIC_NAME_INVALID", metric: "k".repeat(80) }]);
  expect(parsed.readings.map(({ metrics }) => [...metrics.keys()])).toEqual([["plain"]]);
});

test("components of a Shelly and features of a Zigbee device with such names are left out", () => {
  const components = timed(() =>
    readComponents({ [`sys:${LONG}`]: values(50_000) as never, "switch:0": { apower: 1 } }),
  );
  expect([...components.metrics.keys()]).toEqual(["switch.0.apower"]);
  expect(components.attributes).toEqual([]);
  const features = Array.from({ length: 2_000 }, () => ({ type: "text", name: "a", property: "a" }));
  expect(
    timed(() =>
      exposedMetrics([
        { property: LONG, features },
        { type: "text", property: "b" },
      ]),
    ).size,
  ).toBe(1);
});

test("components, and devices of a Zigbee bridge, are read until there are as many metrics as a message may have", () => {
  const components = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`switch:${index}`, values(2_000)]));
  expect(timed(() => readComponents(components as never)).metrics.size).toBe(1_024);
  const received = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`0x${1_000 + index}`, values(2_000)]));
  const devices = timed(() => zigbeeDevices({ ZbReceived: received }, "tasmota:bridge" as DeviceId));
  expect([devices.length, Object.keys(devices[0]?.values ?? {}).length]).toEqual([64, 256]);
});

test("of a message with very many values the first 10,000 are looked at", () => {
  const { metrics, faults } = flattenMetrics(values(300_000) as never, { skip: (path) => path !== "v0" });
  expect([...metrics.keys()]).toEqual(["v0"]);
  expect(faults.map(({ code }) => code)).toEqual(["TOO_MANY_METRICS_OF_DEVICE"]);
});
