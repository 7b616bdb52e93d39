/** Which presets are offered for which devices, and the rules that they make. */
import { describe, expect, test } from "vitest";
import { type RuleFields, ruleFields } from "../../../../src/contract/alerts.ts";
import { type RulePreset, rulePreset } from "../../../../src/contract/answers/alert-answers.ts";
import { METRICS, type MetricInfo } from "../../../../src/contract/metrics.ts";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { type PresetDevice, presetFits, presetsFor } from "../../../../src/core/alerts/presets/presets.ts";

interface Sent {
  readonly value: MetricValue;
  readonly info?: MetricInfo;
}

const NONE: readonly RuleFields[] = [];

function device(
  deviceId: string,
  sent: Record<string, Sent>,
  { words = deviceId, isRegular = false } = {},
): PresetDevice {
  return {
    deviceId: deviceId as DeviceId,
    isRegular,
    metrics: Object.entries(sent).map(([metric, { value, info = METRICS.get(metric) }]) => ({
      metric,
      info,
      value,
      deviceWords: words,
    })),
  };
}

const offered = (devices: readonly PresetDevice[]): string[] =>
  presetsFor(presetFits(devices), NONE)
    .filter(({ fits }) => fits.length > 0)
    .map(({ id, fits }) => `${id} → ${fits.join(" ")}`);

const presetOf = (devices: readonly PresetDevice[], id: string): RulePreset =>
  presetsFor(presetFits(devices), NONE).find((each) => each.id === id) ?? expect.fail(`${id} is offered`);

const detected = (deviceClass: string): MetricInfo => ({ label: deviceClass, kind: "boolean", unit: "", deviceClass });
const number = (unit: string, deviceClass?: string): MetricInfo => ({
  label: "measured",
  kind: "number",
  unit,
  ...(deviceClass !== undefined && { deviceClass }),
});

/** As `firmware-sim` sends them: Aerie's own board with all its sensors. */
const STATION = {
  temperature: { value: 21.4 },
  humidity: { value: 60 },
  aqi: { value: 40 },
  eco2: { value: 600 },
  tvoc: { value: 80 },
  coPpm: { value: 0.4 },
  ch4Ppm: { value: 2 },
  lpgPpm: { value: 1 },
  co2: { value: 620 },
  flameDetected: { value: false },
  flameIntensity: { value: 12 },
};

describe("what is offered", () => {
  test.each<[name: string, sent: Record<string, Sent>, expected: readonly string[]]>([
    [
      "Aerie's own board: no rule for gas in ppm, whose limit depends on the gas",
      STATION,
      ["flame", "carbon-monoxide:coPpm", "damp:humidity"],
    ],
    [
      "carbon monoxide by its class",
      { "sensor.co": { value: 1, info: number("ppm", "carbon_monoxide") } },
      ["carbon-monoxide:sensor.co"],
    ],
    ["carbon dioxide is none", { co2: { value: 700 } }, []],
    ["gas in percent of its lower explosive limit", { gas: { value: 1, info: number("% LEL") } }, ["gas:gas"]],
    ["a battery in percent", { battery: { value: 80 } }, ["battery:battery"]],
    [
      "a battery that only says whether it is low has a value that a threshold would misread",
      { battery_low: { value: false, info: detected("battery") } },
      [],
    ],
    ["a battery in volt", { battery: { value: 3.1, info: number("V") } }, []],
    ["a smoke detector", { smoke: { value: false, info: detected("smoke") } }, ["detector:smoke"]],
    ["a smoke sensor that sends a number", { smoke: { value: 1 } }, []],
    ["a leak detector", { water_leak: { value: false, info: detected("moisture") } }, ["water:water_leak"]],
    ["a freezer, by its temperature", { temperature: { value: -18 } }, ["freezer:temperature"]],
    ["a room", { temperature: { value: 21 } }, []],
    ["text instead of a number", { temperature: { value: "cold" } }, []],
  ])("%s", (_name, sent, expected) => {
    expect(offered([device("board", sent)])).toEqual(expected.map((id) => `${id} → board`));
  });

  test("a freezer that is just being filled, by the name of its device", () => {
    expect(offered([device("a", { temperature: { value: -3 } }, { words: "Freezer Cellar" })])).toEqual([
      "freezer:temperature → a",
    ]);
    expect(offered([device("a", { temperature: { value: -3 } }, { words: "Shed" })])).toEqual([]);
  });

  test("damp is for rooms", () => {
    expect(offered([device("a", { humidity: { value: 80 } }, { words: "Garden house outside" })])).toEqual([]);
  });

  test("silence, for boards that keep their interval", () => {
    expect(offered([device("a", {}, { isRegular: true }), device("b", {})])).toEqual(["silent-board → a"]);
  });

  test("metrics of other names have a preset each, the most common first; it says which one it is", () => {
    const infoOf = (label: string): MetricInfo => ({ ...number("ppm", "carbon_monoxide"), label });
    const devices = [
      device("a", { "0.co": { value: 0, info: infoOf("CO kitchen") } }),
      device("b", { "1.co": { value: 0, info: infoOf("CO garage") } }),
      device("c", { "1.co": { value: 0, info: infoOf("CO garage") } }),
    ];
    expect(offered(devices)).toEqual(["carbon-monoxide:1.co → b c", "carbon-monoxide:0.co → a"]);
    expect(presetOf(devices, "carbon-monoxide:1.co").label).toBe("Carbon monoxide (CO garage)");
  });

  test("at most 100 devices are named, and a rule is for all of them", () => {
    const devices = Array.from({ length: 1_000 }, (_, index) => device(`board-${index}`, STATION));
    const { fits, rules } = presetOf(devices, "damp:humidity");
    expect(fits).toHaveLength(100);
    expect(rules[0]?.scope.devices).toHaveLength(1_000);
  });
});

describe("the rules of a preset", () => {
  const all = presetsFor(
    presetFits([
      device("board", { ...STATION, gas: { value: 0, info: number("%LEL") }, battery: { value: 50 } }),
      device("zigbee:1", {
        smoke: { value: false, info: detected("smoke") },
        leak: { value: false, info: detected("moisture") },
      }),
      device("cold", { temperature: { value: 0, info: number("°F", "temperature") } }),
    ]),
    NONE,
  );

  test.each(all.map((preset) => [preset.id, preset] as const))("%s is valid, and its rules name it", (id, preset) => {
    expect(rulePreset.parse(preset)).toEqual(preset);
    for (const rule of preset.rules) {
      expect(ruleFields.parse(rule)).toEqual(rule);
      expect(rule.preset).toBe(id);
    }
  });

  test("of carbon monoxide come before a certified alarm would, and say that they replace none", () => {
    const { rules, notice } = presetOf([device("board", STATION)], "carbon-monoxide:coPpm");
    expect(rules.map(({ severity, condition, forS }) => [severity, condition, forS])).toEqual([
      ["warning", { kind: "above", metric: "coPpm", threshold: 30, clear: 25 }, 300],
      ["critical", { kind: "above", metric: "coPpm", threshold: 100, clear: 80 }, 60],
      ["critical", { kind: "above", metric: "coPpm", threshold: 300, clear: 240 }, 0],
    ]);
    expect(notice).toBe("Early notice from an uncalibrated sensor. It does not replace a certified CO or smoke alarm.");
    for (const { message } of rules) expect(message).toContain(notice);
  });

  test("of a freezer in Fahrenheit are in Fahrenheit", () => {
    const [rule] = presetOf(
      [device("cold", { temperature: { value: 0, info: number("°F", "temperature") } })],
      "freezer:temperature",
    ).rules;
    expect(rule?.condition).toEqual({ kind: "above", metric: "temperature", threshold: 10, clear: 5 });
    expect(rule?.scope).toEqual({ devices: ["cold"] });
  });

  test("of presets for all devices hold for boards that come later", () => {
    expect(presetOf([device("board", STATION)], "carbon-monoxide:coPpm").rules[0]?.scope).toEqual({ all: true });
  });
});

test("a preset that a rule was made from is in use", () => {
  const devices = [device("board", STATION)];
  const [made] = presetOf(devices, "carbon-monoxide:coPpm").rules;
  const presets = presetsFor(presetFits(devices), made === undefined ? [] : [made]);
  expect(presets.filter(({ inUse }) => inUse).map(({ id }) => id)).toEqual(["carbon-monoxide:coPpm"]);
});

describe("of the rules about the hub itself", () => {
  const [nothingStored = expect.fail("there are two"), itself = expect.fail("there are two")] = presetOf(
    [],
    "hub",
  ).rules;
  const missingOf = (...made: readonly RuleFields[]): string[] => {
    const preset = presetsFor(presetFits([]), made).find(({ id }) => id === "hub");
    return preset?.inUse === false ? preset.rules.map(({ name }) => name) : [];
  };

  test("those that were deleted are offered again, one or both", () => {
    expect(missingOf()).toEqual(["The hub stores nothing", "The hub itself"]);
    expect(missingOf(nothingStored)).toEqual(["The hub itself"]);
    expect(missingOf(itself)).toEqual(["The hub stores nothing"]);
    expect(missingOf(itself, nothingStored)).toEqual([]);
  });

  test("one that is there under another name, switched off, or with less in it, is not offered", () => {
    const changed: RuleFields = {
      ...itself,
      name: "Computer in the cellar",
      enabled: false,
      condition: { kind: "hub", what: ["disk"] },
    };
    expect(missingOf(changed)).toEqual(["The hub stores nothing"]);
  });
});
