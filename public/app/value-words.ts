/** Says metrics and their values in words and digits: label, number, unit. Knows nothing of where they are shown. */
import { METRICS } from "../../src/contract/metrics.ts";
import type { MetricValue } from "../../src/contract/readings.ts";

const NARROW_SPACE = "\u202f";
const MINUS = "\u2212";

const formats = new Map<string, Intl.NumberFormat>();

function format(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const found = formats.get(key) ?? new Intl.NumberFormat(undefined, options);
  formats.set(key, found);
  return found;
}

export const metricLabel = (metric: string): string => METRICS.get(metric)?.label ?? metric;

/** For a card's narrow column; the device's page has the full one. */
const SHORT = new Map([
  ["coPpm", "CO"],
  ["ch4Ppm", "CH₄"],
  ["eco2", "eCO₂"],
  ["tvoc", "TVOC"],
  ["aqi", "Air quality"],
]);
export const shortLabel = (metric: string): string => SHORT.get(metric) ?? metricLabel(metric);
export const metricUnit = (metric: string): string => METRICS.get(metric)?.unit ?? "";

/** Kind of a metric: the catalogue's word, else what its value is. */
export function metricKind(metric: string, value: MetricValue): "number" | "boolean" | "text" {
  const known = METRICS.get(metric)?.kind;
  if (known !== undefined) return known;
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "text";
}

export function numberWords(metric: string, value: number): string {
  const digits = METRICS.get(metric)?.digits;
  const written =
    Math.abs(value) > 99_999
      ? format("compact", { notation: "compact", maximumFractionDigits: 1 })
      : digits === undefined
        ? format("significant", { maximumSignificantDigits: 4 })
        : format(`fixed ${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return written
    .format(value)
    .replace("-", MINUS)
    .replace(/^−(0(?:[.,]0+)?)$/, "$1");
}

export function booleanWords(metric: string, value: boolean): string {
  if (metric === "flameDetected") return value ? "detected" : "none";
  return value ? "on" : "off";
}

/** The value without its unit. */
export function valueWords(metric: string, value: MetricValue): string {
  if (typeof value === "number") return numberWords(metric, value);
  return typeof value === "boolean" ? booleanWords(metric, value) : value;
}

/** `23.4 °C`: with its unit after a narrow space that does not break. */
export function withUnit(metric: string, value: MetricValue): string {
  const unit = typeof value === "number" ? metricUnit(metric) : "";
  return unit === "" ? valueWords(metric, value) : `${valueWords(metric, value)}${NARROW_SPACE}${unit}`;
}

const whole = new Intl.NumberFormat();
export const countWords = (count: number): string => whole.format(count);

/** `12.5 MB` */
export const bytesWords = (bytes: number): string =>
  format("megabytes", { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1_000_000);
