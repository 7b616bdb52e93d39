/** What is not understood is named with its position, and how much a template may hold. */
import { expect, test } from "vitest";
import { evaluateExpression } from "../../../../src/core/expression/evaluate.ts";
import { parseExpression } from "../../../../src/core/expression/parse-expression.ts";
import { parseFault } from "./template-values.ts";

test.each([
  ["{{ now() }}", '3: the function "now" is not supported'],
  ["{{ states('sensor.x') }}", '3: the function "states" is not supported'],
  ["{{ this.state }}", '3: "this" is not known here'],
  ["{{ value_json.uptime | timestamp_local }}", '23: the filter "timestamp_local" is not supported'],
  ["{{ value | multiply(2) }}", '11: the filter "multiply" is not supported'],
  ["{{ value.split(',')[0] }}", '9: the method "split" is not supported'],
  ["{{ value_json.items() }}", '14: the method "items" is not supported'],
  ["{{ value is match('a') }}", '12: the test "match" is not supported'],
  ["{% set x = 1 %}{{ value }}", '3: the tag "set" is not supported'],
  ["{% for x in value_json %}{{ x }}{% endfor %}", '3: the tag "for" is not supported'],
  ["{% macro m() %}{% endmacro %}", '3: the tag "macro" is not supported'],
  ["{% else %}", '3: the tag "else" is not supported'],
  ["{{ {'a': 1}[value] }}", `3: a value belongs here, not "{'a': 1}[value] }}"`],
  ["{{ value[0:2] }}", '10: "]" is missing, not ":2] }}"'],
  ["{{ value", '8: "}}" is missing'],
  ["{{ }}", '3: a value belongs here, not "}}"'],
  ["{{ 'a }}", `3: a value belongs here, not "'a }}"`],
  ["{{ value value }}", '9: "}}" is missing'],
  ["{{ (value }}", '10: ")" is missing, not "}}"'],
  ["{{ float(value }}", '15: ")" is missing, not "}}"'],
  ["{{ float() }}", "3: float needs a value"],
  ["{{ value | upper(1) }}", "11: upper has too many values in brackets"],
  ["{{ value_json.get() }}", "14: get needs one or two values"],
  ["{{ value_json. }}", '15: a name belongs here, not "}}"'],
  ["{% if value %}x", "15: {% endif %} is missing"],
  ["{% if value %}x{% else %}y{% elif value %}", '29: the tag "elif" is not supported'],
  ["{# never ends", "3: the comment does not end"],
])("%s is not understood at %s", (template, fault) => {
  expect(parseFault(template)).toBe(fault);
});

test.each([
  ["terms", `{{ ${"1+".repeat(127)}1 }}`, `{{ ${"1+".repeat(200)}1 }}`, "it has more than 256 parts"],
  ["brackets", `{{ ${"(".repeat(40)}1${")".repeat(40)} }}`, `{{ ${"(".repeat(60)}1`, "it nests too deep"],
  ["signs", `{{ ${"-".repeat(40)}1 }}`, `{{ ${"-".repeat(60)}1 }}`, "it nests too deep"],
  ["negations", `{{ ${"not ".repeat(40)}1 }}`, `{{ ${"not ".repeat(60)}1 }}`, "it nests too deep"],
  [
    "conditions",
    `${"{% if value %}".repeat(40)}x${"{% endif %}".repeat(40)}`,
    `${"{% if value %}".repeat(60)}x${"{% endif %}".repeat(60)}`,
    "it nests too deep",
  ],
  [
    "characters",
    `{{ value }}${" ".repeat(4_000)}`,
    `{{ value }}${" ".repeat(5_000)}`,
    "it is longer than 4,096 characters",
  ],
])("a template may hold only so many %s", (_, most, more, reason) => {
  expect(parseFault(most)).toBe("understood");
  expect(parseFault(more)).toContain(reason);
});

test("an expression alone has the names that its user knows", () => {
  const isName = (name: string): boolean => name === "temperature" || name === "offset";
  const parsed = parseExpression("(temperature + offset) | round(1)", { isName });
  if (!parsed.ok) throw new Error(parsed.reason);
  const values = new Map([
    ["temperature", 21.04],
    ["offset", 0.5],
  ]);
  const budget = { left: 100 };
  const lookUp = (name: string): unknown => values.get(name);
  expect(evaluateExpression(parsed.value, { lookUp, budget })).toEqual({ kind: "value", value: 21.5 });
  expect(budget.left).toBeLessThan(100);
  expect(parseExpression("humidity", { isName })).toEqual({ ok: false, at: 0, reason: '"humidity" is not known here' });
  expect(parseExpression("temperature }}", { isName })).toMatchObject({ ok: false, at: 12 });
  expect(parseExpression("", { isName })).toMatchObject({ ok: false, at: 0 });
});
