import { describe, expect, test } from "vitest";
import { type Known, suggestRule } from "../../../../public/app/rules/draft/suggest-rule.ts";
import { ruleFields } from "../../../../src/contract/alerts.ts";
import type { RulePreset } from "../../../../src/contract/answers/alert-answers.ts";
import { METRICS } from "../../../../src/contract/metrics.ts";

const PLACE = { deviceId: "c1", deviceName: "Cellar" };
const known = (metric: string, more: Partial<Known> = {}): Known => ({
  metric,
  label: METRICS.get(metric)?.label ?? metric,
  info: METRICS.get(metric),
  value: undefined,
  seen: undefined,
  ...more,
});
const conditionOf = (about: Known, presets: RulePreset[] = []) => {
  const { fields } = suggestRule(about, PLACE, presets);
  expect(ruleFields.parse(fields)).toEqual(fields);
  expect(fields.scope).toEqual({ devices: ["c1"] });
  return fields.condition;
};

const CO: RulePreset = {
  id: "co",
  label: "Carbon monoxide",
  meaning: "…",
  notice: "Early notice from an uncalibrated sensor.",
  fits: ["c1"],
  inUse: true,
  rules: [
    {
      name: "Carbon monoxide",
      enabled: true,
      severity: "critical",
      scope: { all: true },
      condition: { kind: "above", metric: "coPpm", threshold: 100 },
      forS: 60,
      keepFiringS: 0,
      channels: "all",
      preset: "co",
    },
  ],
};

describe("a first rule for a metric", () => {
  test("is the preset's where there is one, for this device, with its notice", () => {
    const suggestion = suggestRule(known("coPpm", { value: 0.4 }), PLACE, [CO]);
    expect(suggestion.fields).toMatchObject({ severity: "critical", forS: 60, scope: { devices: ["c1"] } });
    expect(suggestion.notice).toContain("uncalibrated");
    expect(suggestion.fields.name).toBe("Carbon monoxide: Cellar");
  });

  test("lies a little above everything that came, on a round number, and clears below it", () => {
    const fine = conditionOf(known("temperature", { value: 21, seen: { low: 18.2, high: 23.4 } }));
    expect(fine).toMatchObject({ kind: "above", metric: "temperature", threshold: 26, clear: 25 });
    const steady = conditionOf(known("pressure", { value: 1013, seen: { low: 1012, high: 1014 } }));
    expect(steady).toMatchObject({ kind: "above", threshold: 1_060 });
    const freezer = conditionOf(known("temperature", { value: -20, seen: { low: -22, high: -18 } }));
    expect(freezer).toMatchObject({ threshold: -16, clear: -17 });
    expect(conditionOf(known("humidity", { value: 96, seen: { low: 90, high: 99 } }))).toMatchObject({
      threshold: 100,
    });
  });

  test("is true for what is yes or no, low for a battery, and the value itself for a text", () => {
    expect(conditionOf(known("flameDetected", { value: false }))).toEqual({
      kind: "equals",
      metric: "flameDetected",
      value: true,
    });
    expect(conditionOf(known("battery", { value: 80, seen: { low: 79, high: 81 } }))).toMatchObject({
      kind: "below",
      threshold: 20,
    });
    expect(conditionOf(known("mode", { value: "heat" }))).toEqual({ kind: "equals", metric: "mode", value: "heat" });
    expect(conditionOf(known("temperature"))).toMatchObject({ kind: "above", metric: "temperature" });
  });
});
