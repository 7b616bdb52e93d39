import { describe, expect, test } from "vitest";
import {
  draftOf,
  emptyCondition,
  readCondition,
  type ValueKind,
  withBound,
  withClear,
  withVerb,
} from "../../../../public/app/rules/draft/condition-draft.ts";
import { draftOfRule, EMPTY_DRAFT, isWhollyShown, readRule } from "../../../../public/app/rules/draft/rule-draft.ts";
import { ruleWords } from "../../../../public/app/rules/draft/rule-words.ts";
import { durationOf, numberIn, secondsOf, secondsWords } from "../../../../public/app/ui/duration.ts";
import { type RuleFields, ruleFields, type SimpleCondition } from "../../../../src/contract/alerts.ts";

const kindOf = (metric: string): ValueKind =>
  metric === "flameDetected" ? "boolean" : metric === "mode" ? "text" : "number";
const names = { describe: (metric: string) => metric, deviceName: (id: string) => (id === "c1" ? "Cellar" : id) };

const CONDITIONS: readonly (readonly [SimpleCondition, string])[] = [
  [
    { kind: "above", metric: "temperature", threshold: 30, clear: 28.5 },
    "Temperature is above 30 °C (over at 28.5 °C)",
  ],
  [{ kind: "below", metric: "temperature", threshold: -12 }, "Temperature is below −12 °C"],
  [{ kind: "outside", metric: "humidity", low: 40, high: 60, margin: 2 }, "Humidity is outside of 40 % to 60 %"],
  [{ kind: "equals", metric: "flameDetected", value: true }, "Flame is detected"],
  [{ kind: "equals", metric: "mode", value: "true" }, "Mode is true"],
  [{ kind: "equals", metric: "aqi", value: 5 }, "Air quality index is 5"],
  [
    { kind: "rate", metric: "temperature", above: 5, perS: 3_600, overS: 600 },
    "Temperature rises faster than 5 °C in 1 h",
  ],
  [
    { kind: "rate", metric: "pressure", below: -3, perS: 10_800, overS: 3_600 },
    "Pressure falls faster than 3 hPa in 3 h",
  ],
  [{ kind: "noData", metric: "coPpm", afterS: 90 }, "No Carbon monoxide comes for 90 s"],
  [
    { kind: "noData", intervals: 3, afterS: 300, regular: true },
    "The device sends nothing for 3 of its usual intervals, and at least 5 min",
  ],
  [{ kind: "noData", intervals: 4 }, "The device sends nothing for 4 of its usual intervals"],
  [{ kind: "presence", state: "offline" }, "The device is offline"],
  [{ kind: "presence", state: "late" }, "The device is offline or late"],
  [{ kind: "class", deviceClass: "battery", below: 20 }, "Any battery is below 20"],
];

const rule = (condition: RuleFields["condition"], more: Partial<RuleFields> = {}): RuleFields => ({
  name: "A rule",
  enabled: true,
  severity: "warning",
  scope: { all: true },
  condition,
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...more,
});

describe("the form of a rule", () => {
  test.each(CONDITIONS)("shows and gives back %j, and says it in words", (condition, words) => {
    expect(readCondition(draftOf(condition), kindOf)).toEqual({ ok: true, condition });
    expect(isWhollyShown(rule(condition), kindOf)).toBe(true);
    expect(ruleWords(rule(condition), names).replaceAll("\u202f", " ")).toBe(`${words}, on all devices`);
  });

  test("keeps all that a rule can have", () => {
    const all = rule(
      {
        kind: "any",
        of: [
          { kind: "above", metric: "coPpm", threshold: 30 },
          { kind: "presence", state: "late" },
        ],
      },
      {
        scope: { devices: ["c1", "b2"] },
        forS: 90,
        keepFiringS: 3_600,
        repeatS: 0,
        escalate: { afterS: 900, channels: ["x"] },
        channels: [],
        message: "Open the window",
        runbook: "https://example.com/gas",
        activeTimes: { days: [1, 2], from: "22:00", to: "06:00" },
        preset: "co",
      },
    );
    expect(ruleFields.parse(all)).toEqual(all);
    expect(readRule(draftOfRule(all), kindOf)).toEqual({ ok: true, fields: all });
    const hub = rule({ kind: "hub", what: ["disk", "backup"] });
    expect(readRule(draftOfRule(hub), kindOf)).toEqual({ ok: true, fields: hub });
    expect(ruleWords(hub, names)).toBe("This hub: its disk is nearly full, or there was no backup for long");
    expect(ruleWords(all, names)).toContain("for 90 s, on Cellar, b2, only Mon, Tue 22:00–06:00");
  });

  test("says where it cannot show a rule whole", () => {
    const both = rule({ kind: "rate", metric: "temperature", above: 5, below: -5, perS: 60, overS: 60 });
    expect(isWhollyShown(both, kindOf)).toBe(false);
    const scopes = rule({ kind: "presence", state: "late" }, { scope: { devices: ["a"], families: ["tasmota"] } });
    expect(isWhollyShown(scopes, kindOf)).toBe(false);
  });

  test("moves the value at which it is over along with the threshold, until somebody enters one", () => {
    const suggested = draftOf({ kind: "above", metric: "temperature", threshold: 13, clear: 12.5 });
    const typed = ["1", "", "0", "0.", "0.7"].reduce(withBound, suggested);
    expect(readCondition(typed, kindOf)).toMatchObject({ condition: { threshold: 0.7, clear: 0.2 } });
    const below = withVerb(typed, "below");
    expect(readCondition(below, kindOf)).toMatchObject({ condition: { kind: "below", threshold: 0.7, clear: 1.2 } });
    const range = { ...withVerb(typed, "outside"), upper: "9" };
    expect(readCondition(range, kindOf)).toMatchObject({ condition: { low: 0.7, high: 9, margin: 0.5 } });
    const entered = withBound(withClear(suggested, "11"), "20");
    expect(readCondition(entered, kindOf)).toMatchObject({ condition: { threshold: 20, clear: 11 } });
    const without = withBound(withClear(suggested, ""), "20");
    expect(readCondition(without, kindOf)).not.toHaveProperty("condition.clear");
  });

  test("names each field that contradicts itself or is not filled in, and sends nothing", () => {
    const metric = emptyCondition({ kind: "metric", metric: "temperature" });
    const faults = (part: Partial<typeof metric>): string[] => {
      const read = readCondition({ ...metric, ...part }, kindOf);
      return read.ok ? [] : Object.keys(read.faults);
    };
    expect(faults({ bound: "warm" })).toEqual(["bound"]);
    expect(faults({ bound: "30", clear: "31" })).toEqual(["clear"]);
    expect(faults({ verb: "below", bound: "5", clear: "4" })).toEqual(["clear"]);
    expect(faults({ verb: "outside", bound: "60", upper: "40" })).toEqual(["upper"]);
    expect(faults({ verb: "outside", bound: "40", upper: "60", clear: "10" })).toEqual(["clear"]);
    expect(faults({ verb: "rises", bound: "-1" })).toEqual(["bound"]);
    expect(faults({ verb: "silent", time: { amount: "0", unit: "min" } })).toEqual(["time"]);
    expect(faults({ verb: "equals", value: "warm" })).toEqual(["value"]);
    expect(faults({ subject: { kind: "metric", metric: "no name" }, bound: "1" })).toEqual(["metric"]);
    const empty = readRule({ ...EMPTY_DRAFT, scope: "devices", runbook: "gopher://x" }, kindOf);
    expect(empty.ok ? [] : Object.keys(empty.faults).sort()).toEqual(["devices", "name", "runbook"]);
  });

  test("takes numbers as people write them, and times in the largest unit that fits", () => {
    expect([numberIn("23,5"), numberIn(" −4 "), numberIn("1e3"), numberIn("")]).toEqual([
      23.5,
      -4,
      undefined,
      undefined,
    ]);
    expect([durationOf(90), durationOf(3_600), durationOf(0)]).toEqual([
      { amount: "90", unit: "s" },
      { amount: "1", unit: "h" },
      { amount: "0", unit: "s" },
    ]);
    expect(secondsOf({ amount: "1,5", unit: "min" })).toBe(90);
    expect([secondsWords(300), secondsWords(90)]).toEqual(["5 min", "90 s"]);
  });
});
