/** Templates of real firmwares and what they make of payloads; partial messages make no zeros. */
import { describe, expect, test } from "vitest";
import { evaluated, madeBy } from "./template-values.ts";

const tasmota = { Time: "2024-01-01T00:00:00", DHT22: { Temperature: 21.5, Humidity: 40 }, "a-b": { "c d": 7 } };
const thermostat = {
  thermostats: [{ pos: 12.5, tmp: { value: 19.5 } }, { pos: -1 }],
  charger: false,
  bat: { value: 95 },
};

test.each<[template: string, json: unknown, made: unknown]>([
  // Access with either quoting, by attribute and by index.
  ["{{ value_json.DHT22.Temperature }}", tasmota, 21.5],
  ["{{value_json['DHT22'].Temperature}}", tasmota, 21.5],
  ['{{ value_json["DHT22"]["Humidity"] }}', tasmota, 40],
  ["{{ value_json['a-b']['c d'] }}", tasmota, 7],
  ["{{ value_json.thermostats.0.tmp.value }}", thermostat, 19.5],
  ["{{ value_json.thermostats[0].pos }}", thermostat, 12.5],
  ["{{ value_json.thermostats[-1].pos }}", thermostat, -1],
  ["{{ value_json.get('DHT22').get('Humidity') }}", tasmota, 40],
  ["{{ value_json['DHT' ~ 22].Humidity }}", tasmota, 40],
  // Plain payloads and text around.
  ["{{ value }}", 21.5, "21.5"],
  ["{{ value|float/60 }}", 90, 1.5],
  ["{{ value | int }}", 21.9, 21],
  ["profile {{ value_json.n }}", { n: 3 }, "profile 3"],
  ["  {{ value_json.n }}\n", { n: 3 }, 3],
  ['{ "event_type": "{{ value_json.action }}" }', { action: "single" }, '{ "event_type": "single" }'],
  ["{{ 'offline' }}", {}, "offline"],
  ["{# a comment #}{{ value_json.n }}", { n: 3 }, 3],
  ["a {{- value_json.n -}} b", { n: 3 }, "a3b"],
  // Choices.
  ["{%if value_json.charger%}ON{%else%}OFF{%endif%}", thermostat, "OFF"],
  ["{{ 'ON' if value_json.on else 'OFF' }}", { on: true }, "ON"],
  ["{{ 'a' if value_json.n == 1 else 'b' if value_json.n == 2 else 'c' }}", { n: 2 }, "b"],
  ["{% if value_json.n > 5 %}high{% elif value_json.n > 2 %}middle{% else %}low{% endif %}", { n: 3 }, "middle"],
  [
    "{% if value_json.n is defined %}{% if value_json.n %}{{'ON'}}{% else %}{{'OFF'}}{% endif %}{% endif %}",
    { n: 0 },
    "OFF",
  ],
  ["{% if value_json.n %}yes{% endif %}", { n: 0 }, "no value"],
  ["{% if 0 <= value|int <= 65535 %}{{ value }}{% endif %}", 412, "412"],
  ["{% if is_number(value) and -100<value|int<900 %}{{value}}{% endif %}", 999, "no value"],
  ["{% if value in ('closed', 'closing') %}{{ value }}{% endif %}", 1, "no value"],
  // Arithmetic, with the rules of Python.
  ["{{ value_json.n * 0.1 }}", { n: 235 }, 23.5],
  ["{{ 2 + 3 * 4 - 1 }}", {}, 13],
  ["{{ (2 + 3) * 4 }}", {}, 20],
  ["{{ 2 ** 3 ** 2 }}", {}, 64],
  ["{{ -7 // 2 }}", {}, -4],
  ["{{ -7 % 3 }}", {}, 2],
  ["{{ 7 % -3 }}", {}, -2],
  ["{{ -1|abs }}", {}, 1],
  ["{{ true + true }}", {}, 2],
  ["{{ 'a' + 'b' ~ 3 }}", {}, "ab3"],
  ["{{ (value_json.n * 1.8 + 32) | round(1) }}", { n: 21.567 }, 70.8],
  ["{{ value_json.n-1}}", { n: 3 }, 2],
  // Filters.
  ["{{ value_json.n | round }}", { n: 2.5 }, 2],
  ["{{ value_json.n | round(2) }}", { n: 0.125 }, 0.12],
  ["{{ value_json.n | round(1) }}", { n: 0.15 }, 0.1],
  ["{{ value_json.n | round(-1) }}", { n: 1234 }, 1230],
  ["{{ value_json.n | round(0, 'floor') }}", { n: -2.5 }, -3],
  ["{{ value_json.n | round(1, 'ceil') }}", { n: 2.01 }, 2.1],
  ["{{ value_json.n | round(0, 'half') }}", { n: 2.3 }, 2.5],
  ["{{ value_json.n | float(0) }}", { n: "21.5" }, 21.5],
  ["{{ value_json.n | float(0) }}", { n: "unavailable" }, 0],
  ["{{ value_json.n | int(-1) }}", { n: "12.9" }, 12],
  ["{{ float(value_json.n) + 1 }}", { n: "1.5" }, 2.5],
  ["{{ value_json.s | upper }}{{ value_json.s | lower }}", { s: "aB" }, "ABab"],
  ["{{ value_json.on | lower }}", { on: true }, "true"],
  ["{{ value_json.on }}", { on: true }, true],
  ["{{ value_json.s | trim | string }}", { s: " a " }, "a"],
  ["{{ value_json.o | tojson }}", { o: { a: [1] } }, '{"a":[1]}'],
  ["{{ value_json.s | default('x', true) }}", { s: "" }, "x"],
  ["{{ value_json.s | default('x') }}", { s: "y" }, "y"],
  ["{{ value_json.a | is_defined }}", { a: 1 }, 1],
  // Logic and tests.
  ["{{ value_json.a and value_json.b }}", { a: 1, b: 2 }, 2],
  ["{{ value_json.a or value_json.b }}", { a: 0, b: 2 }, 2],
  ["{{ not value_json.a }}", { a: 0 }, true],
  ["{{ value_json.a == true }}", { a: 1 }, true],
  ["{{ value_json.a != 'x' }}", { a: 1 }, true],
  ["{{ value_json.a < 'b' }}", { a: "a" }, true],
  ["{{ 'b' in value_json.a }}", { a: "abc" }, true],
  ["{{ 2 not in value_json.a }}", { a: [1, 2] }, false],
  ["{{ 'a' in value_json }}", { a: 1 }, true],
  ["{{ value_json.a is none }}", { a: null }, true],
  ["{{ value_json.a is not none }}", { a: 5 }, true],
  ["{{ value_json.a is number }}{{ value_json.a is string }}", { a: 5 }, "TrueFalse"],
  ["{{ value_json.a is not undefined }}", { a: 5 }, true],
])("%s of %j makes %j", (template, json, made) => {
  expect(madeBy(template, json)).toEqual(made);
});

describe("a message that holds only some of the values makes none of the others", () => {
  test.each([
    "{{ value_json.a }}",
    "{{ value_json.a.b.c }}",
    "{{ value_json.a * 0.1 }}",
    "{{ value_json.a if value_json.a is defined else 0 }}",
    "{{ 0 if value_json.a is undefined else value_json.a }}",
    "{{ 'ON' if value_json.a else 'OFF' }}",
    "{{ 'ON' if value_json.a == 1 else 'OFF' }}",
    "{{ 'ON' if value_json.a is defined and value_json.a > 1 else 'OFF' }}",
    "{{ 'ON' if not (value_json.a is defined) else 'OFF' }}",
    "{% if value_json.a is defined %}{{ value_json.a }}{% endif %}",
    "{% if value_json.a is defined %}{{ value_json.a }}{% else %}{{0}}{% endif %}",
    "{% if value_json.a %}ON{% else %}OFF{% endif %}",
    "{% if value_json.a == 1 %}one{% elif value_json.b == 1 %}two{% else %}none{% endif %}",
    "{% if 'a' in value_json %}ON{% else %}OFF{% endif %}",
    "{{ value_json.a | default(0) }}",
    "{{ value_json.a | default(0, true) }}",
    "{{ (value_json.a | default(0)) + value_json.b }}",
    "{{ value_json.a | float(0) }}",
    "{{ value_json.a | int(0) | round(1) }}",
    "{{ float(value_json.a, 0) }}",
    "{{ value_json.a | is_defined }}",
    "{{ value_json.get('a', 0) }}",
    "{{ value_json.a or 0 }}",
    "{{ value_json.a and 0 }}",
    "{{ value_json.a is defined }}",
    "{{ value_json.a is not defined }}",
    "{{ value_json.a is none }}",
    "{{ value_json.a == 1 }}",
    "{{ not value_json.a }}",
    "{{ [value_json.a] | tojson }}",
    "{{ value_json.b[value_json.a] }}",
    "{{ -value_json.a }}",
    "text {{ value_json.a }}",
    "{{ value_json.constructor }}",
    "{{ value_json.__proto__ }}",
    "{{ value_json['toString'] }}",
    "{{ value_json.b.length }}",
    "{{ value_json.c }}",
    "{{ value_json.c * 2 }}",
    "{{ value_json.c < 2 }}",
  ])("%s", (template) => {
    expect(madeBy(template, { b: 5, c: null })).toBe("no value");
  });

  test.each([
    ["{{ value_json.a | default(value_json.b) }}", 5],
    ["{{ value_json.a or value_json.b }}", 5],
    ["{{ value_json.get('a', value_json.b) }}", 5],
    ["{{ value_json.a if value_json.a is defined else value_json.b }}", 5],
    ["{% if value_json.a is defined %}{{ value_json.a }}{% else %}{{ value_json.b }}{% endif %}", 5],
    ["{% if value_json.a is not defined %}{{ value_json.b }}{% endif %}", 5],
  ])("what the author looks up instead counts: %s", (template, made) => {
    expect(madeBy(template, { b: 5 })).toBe(made);
  });

  test("without JSON there is no value", () => {
    expect(evaluated("{{ value_json.a }}", "no json")).toEqual({ kind: "absent" });
  });
});

test.each<[template: string, json: unknown, reason: string]>([
  ["{{ value * 0.1 }}", 21, "a text is no number: use the filter float"],
  ["{{ value_json.n | float }}", { n: "warm" }, 'float needs a number, not "warm"'],
  ["{{ value_json.n | round }}", { n: "warm" }, 'round needs a number, not "warm"'],
  ["{{ value_json.n | round(value_json.n) }}", { n: 99 }, "round needs a number of decimal places"],
  ["{{ value_json.n | round(1, 'up') }}", { n: 9 }, 'round knows no "up"'],
  ["{{ value_json.n | abs }}", { n: "x" }, "abs needs a number"],
  ["{{ -value_json.n }}", { n: "x" }, "a text has no sign"],
  ["{{ 1 / value_json.n }}", { n: 0 }, "division by zero"],
  ["{{ 10 ** value_json.n }}", { n: 400 }, "the number is too large"],
  ["{{ value_json.n < 'a' }}", { n: 1 }, "a text and a number have no order"],
  ["{{ value_json.n == value_json.n }}", { n: [1] }, "lists and objects cannot be compared"],
])("%s of %j fails: %s", (template, json, reason) => {
  expect(madeBy(template, json)).toBe(`failed: ${reason}`);
});

describe("an evaluation is bounded", () => {
  test("by steps, which all evaluations of one message share", () => {
    expect(evaluated("{{ value_json.a + 1 }}", "", { a: 1 }, 3)).toMatchObject({ reason: "it takes too many steps" });
    expect(evaluated("{{ value_json.a + 1 }}", "", { a: 1 }, 20)).toEqual({ kind: "value", value: 2 });
  });

  test("by the text that it makes", () => {
    const long = "x".repeat(3_000);
    expect(evaluated("{{ value ~ value }}", long)).toMatchObject({ reason: "the text is too long" });
    expect(evaluated("{{ value }}{{ value }}", long)).toMatchObject({ reason: "the text is too long" });
  });

  test("by the size of what it looks at", () => {
    const huge = "x".repeat(1_000_000);
    expect(evaluated("{{ value|upper }}", huge)).toMatchObject({ kind: "failed" });
    expect(evaluated("{{ 'y' in value }}", huge)).toMatchObject({ reason: "it takes too many steps" });
  });

  test("a value that nests too deep for JSON has none", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(evaluated("{{ value_json | tojson }}", "", deep)).toMatchObject({ reason: "the value nests too deep" });
  });
});
