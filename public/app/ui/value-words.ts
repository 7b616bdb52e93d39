/** Metrics and their values as text: label, number, unit. */
import { METRICS } from "../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../src/contract/readings.ts";

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

/** From here on a number is written with its power of ten. */
const HUGE = 1e15;
const TINY = 1e-6;
const MOST_DIGITS = 12;
/** Of a metric that nobody has described: boards send 23.399999618530273 for 23.4. */
const LIKELY_DIGITS = 3;

/** Decimals of one value alone: the catalogue's, else those that it has, as far as they mean something. */
function digitsOfOne(metric: string, value: number): number {
  const known = METRICS.get(metric)?.digits;
  if (known !== undefined) return known;
  const size = Math.abs(value);
  const most = size >= 1 || size === 0 ? LIKELY_DIGITS : LIKELY_DIGITS - Math.floor(Math.log10(size));
  return Math.min(most, MOST_DIGITS);
}

/** Decimals by which the values between these two can be told apart, in a table or beside a chart. */
export function digitsBetween(metric: string, low: number, high: number): number {
  const own = METRICS.get(metric)?.digits ?? (Number.isInteger(low) && Number.isInteger(high) ? 0 : LIKELY_DIGITS);
  const spread = high - low;
  if (!(spread > 0)) return Math.max(own, digitsOfOne(metric, low));
  return Math.min(Math.max(own, Math.ceil(1 - Math.log10(spread) - 1e-9)), MOST_DIGITS);
}

/** `between`: decimals where others stand beside it (`digitsBetween`). A whole number keeps all of its digits, and gets no others. */
export function numberWords(metric: string, value: number, between?: number): string {
  const known = METRICS.get(metric)?.digits;
  const digits = between ?? digitsOfOne(metric, value);
  const size = Math.abs(value);
  const isPower = size >= HUGE || (size > 0 && size < TINY);
  // In a column it has as many decimals as its neighbours; alone, a value of an unknown metric has no zeros at its end.
  const least = between === undefined || Number.isInteger(value) ? (known ?? 0) : digits;
  const written = isPower
    ? format("power", { notation: "scientific", maximumFractionDigits: LIKELY_DIGITS })
    : format(`${least} ${digits}`, { minimumFractionDigits: Math.min(least, digits), maximumFractionDigits: digits });
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
export function valueWords(metric: string, value: MetricValue, digits?: number): string {
  if (typeof value === "number") return numberWords(metric, value, digits);
  return typeof value === "boolean" ? booleanWords(metric, value) : value;
}

/** `23.4 °C`: with its unit after a narrow space that does not break. */
export function withUnit(metric: string, value: MetricValue, digits?: number): string {
  const unit = typeof value === "number" ? metricUnit(metric) : "";
  const words = valueWords(metric, value, digits);
  return unit === "" ? words : `${words}${NARROW_SPACE}${unit}`;
}

const whole = new Intl.NumberFormat();
export const countWords = (count: number): string => whole.format(count);

/** `12.5 MB` */
export const bytesWords = (bytes: number): string =>
  format("megabytes", { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1_000_000);
