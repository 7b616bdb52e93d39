/** Presets about a metric: which metrics each fits, and the rules that it makes of one. Pure. */
import type { RuleFields } from "../../../contract/alerts.ts";
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { MetricValue } from "../../../contract/readings.ts";
import { FLICKER_S, HOUR_S, MINUTE_S, presetRule } from "./preset-rule.ts";

/** A metric as a device sent it last. */
export interface SentMetric {
  readonly metric: string;
  readonly info: MetricInfo | undefined;
  /** Undefined: it has no latest value. */
  readonly value: MetricValue | undefined;
  /** Name and place of its device. */
  readonly deviceWords: string;
}

export interface MetricPreset {
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
  /** Always shown with it. */
  readonly notice?: string;
  /** `all`: boards that come later join. `fitting`: only those that it fits now. */
  readonly scope: "all" | "fitting";
  /** Whether a metric is of this kind: by its name and what is known of it, not by its value. */
  isAbout(sent: SentMetric): boolean;
  /** Whether it fits this device, too; left out: it does. */
  fits?(sent: SentMetric): boolean;
  /** `id`: of the preset. */
  rules(id: string, metric: string, info: MetricInfo | undefined): readonly RuleFields[];
}

const UNCALIBRATED = "Early notice from an uncalibrated sensor. It does not replace a certified CO or smoke alarm.";

/** The last part of a name: `sensor.battery` is a battery. */
const lastOf = (metric: string): string => metric.slice(metric.lastIndexOf(".") + 1).toLowerCase();
const isNumber = ({ info, value }: SentMetric): boolean =>
  value === undefined ? info?.kind === "number" : typeof value === "number";
const isTruth = ({ info, value }: SentMetric): boolean => info?.kind === "boolean" || typeof value === "boolean";
const unitOf = ({ info }: SentMetric): string => (info?.unit ?? "").replaceAll(" ", "").toLowerCase();
const isOfClass = ({ metric, info }: SentMetric, deviceClass: string, names: RegExp): boolean =>
  info?.deviceClass === undefined ? names.test(lastOf(metric)) : info.deviceClass === deviceClass;

/**
 * EN 50291-1 has an alarm sound at 50 ppm after 60 to 90 minutes, at 100 ppm after 10 to 40, at 300 ppm within 3, and none at 30 ppm
 * within 2 hours. A sensor for hobbyists may be off by half, so that these come earlier.
 */
const carbonMonoxide: MetricPreset = {
  id: "carbon-monoxide",
  label: "Carbon monoxide",
  meaning:
    "Warning above 30 ppm for 5 minutes; critical above 100 ppm for a minute, or above 300 ppm at once (early, by EN 50291)",
  notice: UNCALIBRATED,
  scope: "all",
  isAbout: (sent) =>
    isNumber(sent) &&
    unitOf(sent) === "ppm" &&
    isOfClass(sent, "carbon_monoxide", /^(co|coppm|co_ppm|carbon_?monoxide)$/),
  rules: (id, metric) => {
    const above = (threshold: number, clear: number) => ({ kind: "above" as const, metric, threshold, clear });
    const message = `Open windows, get everybody out, switch off what burns, and call for help from outside. ${UNCALIBRATED}`;
    return [
      presetRule(id, {
        name: "Carbon monoxide",
        severity: "warning",
        condition: above(30, 25),
        forS: 5 * MINUTE_S,
        message: `Air the place and look for what burns badly. ${UNCALIBRATED}`,
      }),
      presetRule(id, {
        name: "Carbon monoxide is dangerous",
        severity: "critical",
        condition: above(100, 80),
        forS: MINUTE_S,
        message,
      }),
      presetRule(id, { name: "Very much carbon monoxide", severity: "critical", condition: above(300, 240), message }),
    ];
  },
};

/** EN 50194-1 has an alarm sound between 3 % and 20 % of the lower explosive limit. In ppm, the limit depends on the gas. */
const gas: MetricPreset = {
  id: "gas",
  label: "Explosive gas",
  meaning: "Warning above 5 % of the lower explosive limit for a minute, critical above 10 % at once",
  notice: UNCALIBRATED.replace("CO or smoke", "gas"),
  scope: "all",
  isAbout: (sent) => isNumber(sent) && unitOf(sent) === "%lel",
  rules: (id, metric) => {
    const above = (threshold: number, clear: number) => ({ kind: "above" as const, metric, threshold, clear });
    return [
      presetRule(id, {
        name: "Gas",
        severity: "warning",
        condition: above(5, 4),
        forS: MINUTE_S,
        message: "Air the place. No flame, no switch.",
      }),
      presetRule(id, {
        name: "Gas is dangerous",
        severity: "critical",
        condition: above(10, 8),
        message: "Get everybody out. No flame, no switch. Close the gas from outside and call for help.",
      }),
    ];
  },
};

const DETECTED: ReadonlyMap<string, string> = new Map([
  ["smoke", "Smoke"],
  ["flame", "Flame"],
  ["fire", "Fire"],
  ["gas", "Gas"],
  ["carbon_monoxide", "Carbon monoxide"],
]);
const detectedBy = ({ metric, info }: Pick<SentMetric, "metric" | "info">): string | undefined =>
  DETECTED.get(info?.deviceClass ?? "") ?? DETECTED.get(lastOf(metric));

const detector: MetricPreset = {
  id: "detector",
  label: "Smoke, gas or fire detector",
  meaning: "A detector says that it detects: critical, at once",
  scope: "all",
  isAbout: (sent) => isTruth(sent) && detectedBy(sent) !== undefined,
  rules: (id, metric, info) => [
    presetRule(id, {
      name: `${detectedBy({ metric, info }) ?? "Detector"} detected`,
      severity: "critical",
      condition: { kind: "equals", metric, value: true },
      keepFiringS: FLICKER_S,
      message: "Look there at once. If in doubt, get everybody out and call for help.",
    }),
  ],
};

const water: MetricPreset = {
  id: "water",
  label: "Water leak",
  meaning: "A leak detector is wet: critical, at once",
  scope: "all",
  isAbout: (sent) => isTruth(sent) && isOfClass(sent, "moisture", /^(water_?leak|flood|leak)$/),
  rules: (id, metric) => [
    presetRule(id, {
      name: "Water leak",
      severity: "critical",
      condition: { kind: "equals", metric, value: true },
      message: "Close the water.",
    }),
  ],
};

const battery: MetricPreset = {
  id: "battery",
  label: "Battery low",
  meaning: "A battery is below 15 % for an hour",
  scope: "all",
  isAbout: (sent) => isNumber(sent) && unitOf(sent) === "%" && isOfClass(sent, "battery", /^battery$/),
  rules: (id, metric) => [
    presetRule(id, {
      name: "Battery low",
      severity: "warning",
      condition: { kind: "below", metric, threshold: 15, clear: 20 },
      forS: HOUR_S,
      repeatS: 7 * 24 * HOUR_S,
      message: "Change or charge it.",
    }),
  ],
};

const isFahrenheit = (info: MetricInfo | undefined): boolean => info?.unit.includes("F") ?? false;
/** Nothing else in a house is that cold for long. */
const FROZEN_C = -10;
const toC = (value: number, info: MetricInfo | undefined): number => (isFahrenheit(info) ? (value - 32) / 1.8 : value);

const freezer: MetricPreset = {
  id: "freezer",
  label: "Freezer too warm",
  meaning: "A freezer is above −12 °C for half an hour",
  scope: "fitting",
  isAbout: (sent) => isNumber(sent) && isOfClass(sent, "temperature", /temp/),
  fits: ({ value, info, deviceWords }) => {
    if (typeof value !== "number") return false;
    const celsius = toC(value, info);
    return celsius <= FROZEN_C || (celsius < 0 && /freez|tiefk|gefrier|congel/i.test(deviceWords));
  },
  rules: (id, metric, info) => {
    const [threshold, clear] = isFahrenheit(info) ? [10, 5] : [-12, -15];
    return [
      presetRule(id, {
        name: "Freezer too warm",
        severity: "warning",
        condition: { kind: "above", metric, threshold, clear },
        forS: 30 * MINUTE_S,
        message: "Is its door closed, and is it switched on?",
      }),
    ];
  },
};

const damp: MetricPreset = {
  id: "damp",
  label: "Damp",
  meaning: "Air is above 70 % humidity for 6 hours: mould may grow",
  scope: "fitting",
  isAbout: (sent) => isNumber(sent) && unitOf(sent) === "%" && isOfClass(sent, "humidity", /^humidity$/),
  fits: ({ deviceWords }) => !/outdoor|outside|garden|balcon|terrace|garten|balkon|aussen|außen/i.test(deviceWords),
  rules: (id, metric) => [
    presetRule(id, {
      name: "Damp",
      severity: "warning",
      condition: { kind: "above", metric, threshold: 70, clear: 65 },
      forS: 6 * HOUR_S,
      repeatS: 24 * HOUR_S,
      message: "Air the place, and heat it.",
    }),
  ],
};

/** In the order in which they are offered. */
export const METRIC_PRESETS: readonly MetricPreset[] = [carbonMonoxide, gas, detector, water, freezer, damp, battery];
