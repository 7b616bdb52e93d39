/** Derived metrics as a plain pass over all readings in order computes them: no expressions, no state that is kept. */
import type { DerivedFields } from "../../../src/contract/derived.ts";
import type { MetricValue } from "../../../src/contract/readings.ts";
import { dewPoint } from "../../../src/core/derived/air.ts";

export interface PlainReading {
  readonly atMs: number;
  readonly metrics: { readonly [metric: string]: MetricValue };
}

const MINUTE_MS = 60_000;
export const SILENCE_MS = MINUTE_MS;

/** What the passes below compute. */
export const MODEL_DEFINITIONS: readonly DerivedFields[] = [
  ["_dew", "dewPoint(temperature, humidity)"],
  ["_previous", "previous(temperature)"],
  ["_delta", "delta(energy)"],
  ["_rate", "rate(energy) * 3600"],
  ["_average", "average(temperature, '1m')"],
  ["_spread", "if(_average > 20, temperature - _average, _dew)"],
  ["_before", "previous(_dew)"],
  ["_ratio", "energy / humidity"],
].map(([metric = "", expression = ""]) => ({ scope: { all: true }, metric, expression }));

type Values = { [metric: string]: MetricValue };

/** `readings`: in their order, without derived metrics. Answers what is derived of each. */
export function bruteForce(readings: readonly PlainReading[]): Values[] {
  const derived: Values[] = [];
  for (const [index, { atMs, metrics }] of readings.entries()) {
    const before = (name: string): { value: MetricValue; atMs: number } | undefined => {
      for (let at = index - 1; at >= 0; at--) {
        const value = readings[at]?.metrics[name] ?? derived[at]?.[name];
        if (value !== undefined) return { value, atMs: readings[at]?.atMs ?? 0 };
      }
      return undefined;
    };
    const made: Values = {};
    const present = (name: string): MetricValue | undefined => metrics[name] ?? made[name];
    const lost = new Set<string>();
    /** Its own value, or the latest one that is not too old. */
    const currentOf = (name: string): number | undefined => {
      const value = present(name);
      if (value !== undefined) return Number(value);
      const former = lost.has(name) ? undefined : before(name);
      return former !== undefined && atMs - former.atMs <= SILENCE_MS ? Number(former.value) : undefined;
    };
    const has = (...names: string[]): boolean => names.some((name) => present(name) !== undefined);
    const put = (name: string, value: MetricValue | undefined): void => {
      if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) lost.add(name);
      else made[name] = value === 0 ? 0 : value;
    };
    const [temperature, humidity, energy] = [currentOf("temperature"), currentOf("humidity"), currentOf("energy")];
    if (has("temperature", "humidity")) put("_dew", both(temperature, humidity, dewPoint));
    if (has("temperature")) put("_previous", before("temperature")?.value);
    const energyBefore = before("energy");
    if (has("energy")) {
      put("_delta", energyBefore && Number(energy) - Number(energyBefore.value));
      const passedMs = energyBefore === undefined ? 0 : atMs - energyBefore.atMs;
      put(
        "_rate",
        passedMs > 0 ? ((Number(energy) - Number(energyBefore?.value)) / (passedMs / 1_000)) * 3_600 : undefined,
      );
    }
    if (has("temperature")) put("_average", averageOf(readings, index));
    if (has("temperature", "_average", "_dew")) {
      const average = currentOf("_average");
      if (average !== undefined) {
        put("_spread", average > 20 ? both(temperature, average, (a, b) => a - b) : currentOf("_dew"));
      }
    }
    if (has("_dew")) put("_before", before("_dew")?.value);
    if (has("energy", "humidity"))
      put(
        "_ratio",
        both(energy, humidity, (a, b) => a / b),
      );
    derived.push(made);
  }
  return derived;
}

function both(
  a: number | undefined,
  b: number | undefined,
  make: (a: number, b: number) => number,
): number | undefined {
  return a === undefined || b === undefined ? undefined : make(a, b);
}

/** Of the last minute, at most a thousand. */
function averageOf(readings: readonly PlainReading[], last: number): number | undefined {
  const fromMs = (readings[last]?.atMs ?? 0) - MINUTE_MS;
  const numbers = readings
    .slice(0, last + 1)
    .filter(({ atMs, metrics }) => atMs > fromMs && typeof metrics["temperature"] === "number")
    .map(({ metrics }) => Number(metrics["temperature"]))
    .slice(-1_000);
  return numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
