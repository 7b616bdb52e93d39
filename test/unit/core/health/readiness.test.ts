import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { damagedIn, damageProblem, shownDamage } from "../../../../src/core/health/damage.ts";
import { createReadiness } from "../../../../src/core/health/readiness.ts";
import type { Span } from "../../../../src/core/ports/history.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

test("a warning is said and leaves the hub ready; a problem does not", () => {
  const state: { store?: string; disk?: string } = {};
  const readiness = createReadiness({
    problems: [["store", () => state.store]],
    warnings: [["disk", () => state.disk]],
  });
  expect(readiness()).toEqual({ ready: true, problems: [], warnings: [] });
  state.disk = "nearly full";
  expect(readiness()).toEqual({ ready: true, problems: [], warnings: [{ part: "disk", problem: "nearly full" }] });
  state.store = "full";
  expect(readiness()).toMatchObject({ ready: false, problems: [{ part: "store", problem: "full" }] });
});

test("damage is shown where it overlaps what was asked for, the end of the range excluded", () => {
  const spans = [
    { fromMs: 1_000, toMs: 2_000 },
    { fromMs: 5_000, toMs: 5_000 },
  ];
  expect(shownDamage(damagedIn(spans, { fromMs: 2_001, toMs: 5_000 }))).toEqual({});
  expect(shownDamage(damagedIn(spans, { fromMs: 2_000, toMs: 5_001 }))).toEqual({
    damaged: [
      { from: "1970-01-01T00:00:01.000Z", to: "1970-01-01T00:00:02.000Z" },
      { from: "1970-01-01T00:00:05.000Z", to: "1970-01-01T00:00:05.000Z" },
    ],
  });
});

test("damage is reported to the owner with the device that it concerns", () => {
  const registry = createRegistry({
    clock: createManualClock(),
    stored: [],
    limits: { maxDevices: 9, maxDevicesPerClient: 9, maxMetricsPerDevice: 9 },
    onPresence: () => {},
  });
  for (const id of ["a", "b", "c"]) registry.storedReading(id as DeviceId, new Map([["t", 1]]), 1);
  const spans = new Map<string, Span[]>();
  const store = { damaged: (deviceId: string) => spans.get(deviceId) ?? [] };
  expect(damageProblem(registry, store)).toBeUndefined();
  spans.set("b", [{ fromMs: 1, toMs: 2 }]);
  expect(damageProblem(registry, store)).toContain("history of b are damaged");
  spans.set("c", [{ fromMs: 1, toMs: 2 }]);
  expect(damageProblem(registry, store)).toContain("history of b and of 1 more are damaged");
});
