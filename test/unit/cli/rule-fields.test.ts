/** Flags of `aerie rule` as a rule, and a rule as a line of text. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { conditionText, type RuleOptions, ruleFieldsOf, scopeText } from "../../../src/cli/commands/rule-fields.ts";
import { type RuleFields, ruleFields } from "../../../src/contract/alerts.ts";
import { tempDir } from "../../support/hub/hub.ts";

const GAS: RuleFields = {
  name: "gasPpm above 300",
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition: { kind: "above", metric: "gasPpm", threshold: 300 },
  forS: 60,
  keepFiringS: 0,
  channels: "all",
};

test("the flags of a simple rule make a whole one", () => {
  const given = { metric: "gasPpm", above: "300", for: "60", severity: "critical" } as const;
  expect(ruleFieldsOf(given)).toEqual(GAS);
  expect(ruleFields.safeParse(ruleFieldsOf(given)).success).toBe(true);
});

test.each<[RuleOptions, RuleFields["condition"]]>([
  [
    { metric: "t", below: "-5", clear: "-3" },
    { kind: "below", metric: "t", threshold: -5, clear: -3 },
  ],
  [
    { metric: "door", equals: "true" },
    { kind: "equals", metric: "door", value: true },
  ],
  [
    { metric: "mode", equals: "5" },
    { kind: "equals", metric: "mode", value: 5 },
  ],
  [
    { metric: "mode", equals: "auto" },
    { kind: "equals", metric: "mode", value: "auto" },
  ],
  [{ noData: "10m" }, { kind: "noData", afterS: 600 }],
  [
    { noData: "1.5h", metric: "t" },
    { kind: "noData", afterS: 5_400, metric: "t" },
  ],
  [{ offline: true }, { kind: "presence", state: "offline" }],
])("%o is the condition %o", (options, condition) => {
  expect(ruleFieldsOf(options).condition).toEqual(condition);
});

test("a change keeps what is not given, the name too", () => {
  const former = { ...GAS, name: "Gas leak", runbook: "https://example.org" };
  expect(ruleFieldsOf({ above: "200", metric: "gasPpm", devices: "a,b" }, former)).toEqual({
    ...former,
    condition: { ...GAS.condition, threshold: 200 },
    scope: { devices: ["a", "b"] },
  });
  expect(ruleFieldsOf({ devices: "all", channels: "none" }, { ...former, scope: { devices: ["a"] } })).toEqual({
    ...former,
    channels: [],
  });
});

test("a file is the rule, flags go before it, and the id in it is of no account", () => {
  const file = path.join(tempDir(), "rule.json");
  writeFileSync(file, JSON.stringify({ id: "x", name: "Damp", condition: { kind: "presence", state: "late" } }));
  expect(ruleFieldsOf({ file, severity: "info" })).toEqual({
    ...GAS,
    name: "Damp",
    severity: "info",
    forS: 0,
    condition: { kind: "presence", state: "late" },
  });
});

test.each<[RuleOptions, string]>([
  [{}, "give a condition"],
  [{ metric: "t" }, "needs one of"],
  [{ above: "3" }, "--above needs --metric"],
  [{ metric: "t", above: "3", below: "1" }, "--above and --below: give one condition"],
  [{ metric: "t", above: "warm" }, "--above: expected a number"],
  [{ metric: "t", above: " " }, "--above: expected a number"],
  [{ metric: "t", above: "3", for: "soon" }, "--for: expected seconds"],
  [{ file: "/nowhere/rule.json" }, "/nowhere/rule.json cannot be read"],
])("%o is refused: %s", (options, words) => {
  expect(() => ruleFieldsOf(options)).toThrow(words);
});

describe("as text", () => {
  test.each<[RuleFields["condition"], string]>([
    [{ kind: "above", metric: "t", threshold: 5, clear: 4 }, "t above 5 (until 4)"],
    [{ kind: "outside", metric: "t", low: 1, high: 2 }, "t outside 1 to 2"],
    [{ kind: "rate", metric: "t", above: 5, perS: 60, overS: 60 }, "t changes above 5 in 60 s"],
    [{ kind: "noData", intervals: 3 }, "no data for 3 intervals"],
    [{ kind: "noData", metric: "t", afterS: 300 }, "no t for 300 s"],
    [{ kind: "noData", intervals: 3, afterS: 300 }, "no data for 3 intervals and at least 300 s"],
    [{ kind: "class", deviceClass: "battery", below: 10 }, "each battery below 10"],
    [{ kind: "hub", what: ["disk", "clock"] }, "the hub: disk, clock"],
    [
      {
        kind: "all",
        of: [
          { kind: "presence", state: "offline" },
          { kind: "equals", metric: "m", value: 1 },
        ],
      },
      "offline and m is 1",
    ],
  ])("%o is %s", (condition, text) => {
    expect(conditionText(condition)).toBe(text);
  });

  test("a scope names a few", () => {
    expect(scopeText({ all: true })).toBe("all devices");
    expect(scopeText({ devices: ["a", "b"], families: ["shelly"] })).toBe("a, b, family shelly");
    expect(scopeText({ devices: ["a", "b", "c", "d"] })).toBe("a, b and 2 more");
  });
});
