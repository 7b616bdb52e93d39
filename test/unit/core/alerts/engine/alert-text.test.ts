/** What an alert says of a rule with two bounds: both of them. */
import { expect, test } from "vitest";
import type { SimpleCondition } from "../../../../../src/contract/alerts.ts";
import { compileRule } from "../../../../../src/core/alerts/decisions/compiled-rule.ts";
import { AlertInstance } from "../../../../../src/core/alerts/engine/alert-instance.ts";
import { textOf } from "../../../../../src/core/alerts/engine/alert-text.ts";
import { ruleOf } from "../alert-world.ts";

function said(condition: SimpleCondition, value?: number): string {
  const rule = compileRule({ ...ruleOf({ condition }), id: "r" }, 0);
  const instance = new AlertInstance("r~d~m", rule, undefined, "m");
  instance.value = value;
  return textOf(instance, { deviceName: "Hall", infoOf: () => undefined, isResolved: false });
}

test.each([
  [{ below: 20, above: 90 }, 95, "Hall: m is 95, outside 20 to 90"],
  [{ below: 20 }, 5, "Hall: m is 5, below 20"],
  [{ above: 90 }, 95, "Hall: m is 95, above 90"],
])("of a class %o", (bounds, value, text) => {
  expect(said({ kind: "class", deviceClass: "battery", ...bounds }, value)).toBe(text);
});

test.each([
  [{ above: 9, below: 1 }, "Hall: m changes faster than 9 or slower than 1 in 60 s"],
  [{ above: 9 }, "Hall: m changes faster than 9 in 60 s"],
  [{ below: 1 }, "Hall: m changes slower than 1 in 60 s"],
])("of a rate %o", (bounds, text) => {
  expect(said({ kind: "rate", metric: "m", perS: 60, overS: 60, ...bounds })).toBe(text);
});

test("a name of a device that looks like a word of the message is left as it is", () => {
  const condition: SimpleCondition = { kind: "above", metric: "m", threshold: 1 };
  const rule = compileRule({ ...ruleOf({ condition, message: "{device} $& {value}" }), id: "r" }, 0);
  const instance = new AlertInstance("r~d", rule, undefined, "m");
  instance.value = 2;
  const parts = { deviceName: "{value} $&", infoOf: () => undefined, isResolved: false };
  expect(textOf(instance, parts)).toBe("{value} $&: m is 2, above 1. {value} $& $& 2");
});
