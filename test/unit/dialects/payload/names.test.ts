import { expect, test } from "vitest";
import { deviceIdOf, metricNameOf, otherNameOf } from "../../../../src/dialects/payload/names.ts";

test.each([
  ["switch:0/apower", "switch.0.apower"],
  ["1-0:1.8.0", "m1-0.1.8.0"],
  ["Zählerstand", "Z_hlerstand"],
  ["//a//b/", "a.b"],
  ["", "m"],
])("the metric %s is called %s", (original, name) => {
  expect(metricNameOf(original)).toBe(name);
});

test("a name that is cut, or means something in a reading, has a hash behind it", () => {
  expect(metricNameOf("x".repeat(80))).toMatch(/^x{57}_[0-9a-f]{6}$/);
  for (const reserved of ["time", "timestamp", "ts", "values", "deviceId"]) {
    expect(metricNameOf(reserved)).toMatch(new RegExp(`^${reserved}_[0-9a-f]{6}$`));
  }
  expect(otherNameOf("a/b")).not.toBe(otherNameOf("a.b"));
});

test("different originals have different ids, of at most 64 characters", () => {
  const originals = [
    ["a", "b"],
    ["a.b"],
    ["a/b"],
    ["a b"],
    ["a_b"],
    ["x".repeat(80)],
    [`${"x".repeat(80)}y`],
    [""],
    ["ä"],
  ];
  const ids = originals.map((parts) => deviceIdOf("sparkplug", ...parts));
  expect(new Set(ids).size).toBe(originals.length);
  for (const id of ids) expect(id).toMatch(/^sparkplug:[A-Za-z0-9._~-]{1,54}$/);
});
