/** Decides what a first rule for a metric says, from what is known of it and from its last values; pure. */
import type { Condition, RuleFields, Severity, SimpleCondition } from "../../../../src/contract/alerts.ts";
import type { RulePreset } from "../../../../src/contract/answers/alert-answers.ts";
import type { MetricInfo } from "../../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";

export interface Known {
  readonly metric: string;
  readonly label: string;
  readonly info: MetricInfo | undefined;
  /** Undefined: none came yet. */
  readonly value: MetricValue | undefined;
  /** Of the last day, where they are numbers. */
  readonly seen: { readonly low: number; readonly high: number } | undefined;
}

export interface Suggestion {
  readonly fields: RuleFields;
  /** Why these values, for a person. */
  readonly because: string;
  /** Always to be shown with it. */
  readonly notice?: string | undefined;
}

export interface OneDevice {
  readonly deviceId: string;
  readonly deviceName: string;
}

/** The first rule of a preset that is about this metric, on this device; else one that the last values suggest. */
export function suggestRule(known: Known, device: OneDevice, presets: readonly RulePreset[]): Suggestion {
  for (const { rules, label, notice } of presets) {
    const rule = rules.find(({ condition }) => isAbout(condition, known));
    if (rule !== undefined) {
      const fields = { ...rule, scope: { devices: [device.deviceId] }, name: `${rule.name}: ${device.deviceName}` };
      return { fields, because: `From the preset “${label}”.`, notice };
    }
  }
  const { condition, severity, because, forS } = conditionFor(known);
  return {
    because,
    fields: {
      name: `${known.label}: ${device.deviceName}`,
      enabled: true,
      severity,
      scope: { devices: [device.deviceId] },
      condition,
      forS,
      keepFiringS: 0,
      channels: "all",
    },
  };
}

/** For "is offline": what can be said of any device. */
export const suggestSilence = ({ deviceId, deviceName }: OneDevice): Suggestion => ({
  because: "A device is offline when it has lost its connection, or has been silent for longer than usual.",
  fields: {
    name: `${deviceName} is offline`,
    enabled: true,
    severity: "warning",
    scope: { devices: [deviceId] },
    condition: { kind: "presence", state: "offline" },
    forS: 300,
    keepFiringS: 0,
    channels: "all",
  },
});

function isAbout(condition: Condition, { metric, info }: Known): boolean {
  if ("of" in condition || condition.kind === "hub") return false;
  if (condition.kind === "class") return condition.deviceClass === info?.deviceClass;
  return condition.kind !== "presence" && condition.kind !== "noData" && condition.metric === metric;
}

interface Chosen {
  readonly condition: SimpleCondition;
  readonly severity: Severity;
  readonly because: string;
  readonly forS: number;
}

const ALARMS = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "safety", "problem", "tamper", "heat"]);
/** A battery below this share should be changed. */
const LOW_BATTERY = 20;

function conditionFor(known: Known): Chosen {
  const { metric, info, value, seen } = known;
  const kind = info?.kind ?? (typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text");
  if (kind === "boolean") {
    const isAlarm = ALARMS.has(info?.deviceClass ?? "");
    return {
      condition: { kind: "equals", metric, value: true },
      severity: isAlarm ? "critical" : "warning",
      because: "It fires while this is so.",
      forS: 0,
    };
  }
  if (kind !== "number") {
    return {
      condition: { kind: "equals", metric, value: typeof value === "string" ? value : "" },
      severity: "warning",
      because: "It fires while it has this value: enter the one that you want to know of.",
      forS: 0,
    };
  }
  if (metric === "battery" || info?.deviceClass === "battery") {
    return {
      condition: { kind: "below", metric, threshold: LOW_BATTERY, clear: LOW_BATTERY + 5 },
      severity: "warning",
      because: "A battery below 20 % should be changed.",
      forS: 0,
    };
  }
  return aboveSeen(metric, info?.range, seen);
}

function aboveSeen(metric: string, range: MetricInfo["range"], seen: Known["seen"]): Chosen {
  const [least, most] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (seen === undefined) {
    const middle = Number.isFinite(most - least) ? roundTo((least + 3 * most) / 4, niceStep((most - least) / 20)) : 0;
    const because = "No value came in the last 24 hours: enter the value above which you want to know.";
    return { condition: { kind: "above", metric, threshold: middle }, severity: "warning", because, forS: 60 };
  }
  const { low, high } = seen;
  const span = Math.max(high - low, Math.abs(high) * 0.1, 1e-6);
  const step = niceStep(span / 4);
  const threshold = Math.min(roundTo(high + span / 2, step), most);
  const clear = Math.max(roundTo(threshold - span / 4, step), roundTo(high, step));
  return {
    condition: { kind: "above", metric, threshold, ...(clear < threshold && { clear }) },
    severity: "warning",
    because: "The threshold is a little above everything that came in the last 24 hours.",
    forS: 60,
  };
}

/** 1, 2 or 5 times a power of ten, at most `size`. */
export function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const part = size / power;
  return (part >= 5 ? 5 : part >= 2 ? 2 : 1) * power;
}

/** Without the digits that a sum of doubles adds. */
const roundTo = (value: number, step: number): number => Number((Math.round(value / step) * step).toPrecision(12));
