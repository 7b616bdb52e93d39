/** Metrics and their values as text: label, number, unit. */
import { METRICS, type MetricInfo } from "../../../src/contract/metrics.ts";
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";
import { type Conversion, conversionOf } from "../preferences/units.ts";

/** A metric of a device with what is known of it, or one by its name alone. */
export type Metric = string | DescribedMetric;

const nameOf = (metric: Metric): string => (typeof metric === "string" ? metric : metric.name);
const infoOf = (metric: Metric): MetricInfo | undefined =>
  typeof metric === "string" ? METRICS.get(metric) : metric.info;

const NARROW_SPACE = "\u202f";
const MINUS = "\u2212";

const formats = new Map<string, Intl.NumberFormat>();

function format(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const found = formats.get(key) ?? new Intl.NumberFormat(undefined, options);
  formats.set(key, found);
  return found;
}

export const metricLabel = (metric: Metric): string => infoOf(metric)?.label ?? nameOf(metric);

/** For a card's narrow column; the device's page has the full one. */
const SHORT = new Map([
  ["coPpm", "CO"],
  ["ch4Ppm", "CH₄"],
  ["eco2", "eCO₂"],
  ["tvoc", "TVOC"],
  ["aqi", "Air quality"],
]);

/** Of metrics that stand side by side: without the sensor or relay before the quantity, unless two would then be called the same. */
export function shortLabels(metrics: readonly Metric[]): string[] {
  const short = metrics.map(shortLabel);
  return short.map((label, index) => {
    const metric = metrics[index] ?? label;
    return short.filter((other) => other === label).length > 1 ? metricLabel(metric) : label;
  });
}

/** `Relay 0 power` is Power, `Inputs/Temperature` is Temperature. */
function shortLabel(metric: Metric): string {
  const label = metricLabel(metric);
  const quantity = infoOf(metric)?.deviceClass?.replaceAll("_", " ") ?? "";
  const start = quantity === "" ? -1 : label.toLowerCase().indexOf(` ${quantity}`);
  const short =
    start < 0
      ? label.slice(label.lastIndexOf("/") + 1)
      : label.slice(start + 1, start + 2).toUpperCase() + label.slice(start + 2);
  return SHORT.get(nameOf(metric)) ?? (short || label);
}
/** The one in which readings are stored and rules written. */
export const hubUnit = (metric: Metric): string => infoOf(metric)?.unit ?? "";

/** Undefined: what is shown are the hub's values in the hub's unit. */
export const shownConversion = (metric: Metric): Conversion | undefined =>
  typeof metric !== "string" && metric.inHubUnit ? undefined : conversionOf(hubUnit(metric));

/** The one in which the viewer sees the values. */
export const metricUnit = (metric: Metric): string => shownConversion(metric)?.unit ?? hubUnit(metric);

/** A value of the hub in the viewer's unit. */
export function shownValue(metric: Metric, value: number): number {
  const conversion = shownConversion(metric);
  return conversion === undefined ? value : conversion.factor * value + conversion.offset;
}

/** The same metric where values are in the hub's unit for everybody. */
export const inHubUnit = (metric: Metric): DescribedMetric => ({
  name: nameOf(metric),
  info: infoOf(metric),
  inHubUnit: true,
});

function knownDigits(metric: Metric): number | undefined {
  const digits = infoOf(metric)?.digits;
  return digits === undefined ? undefined : Math.max(0, digits + (shownConversion(metric)?.digits ?? 0));
}

/** Kind of a metric: the catalogue's word, else what its value is. */
export function metricKind(metric: Metric, value: MetricValue): "number" | "boolean" | "text" {
  const known = infoOf(metric)?.kind;
  if (known === "number" || known === "boolean") return known;
  if (known !== undefined) return "text";
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
function digitsOfOne(metric: Metric, value: number): number {
  const known = knownDigits(metric);
  if (known !== undefined) return known;
  const size = Math.abs(value);
  const most = size >= 1 || size === 0 ? LIKELY_DIGITS : LIKELY_DIGITS - Math.floor(Math.log10(size));
  return Math.min(most, MOST_DIGITS);
}

/** Decimals by which the values between these two can be told apart, in a table or beside a chart. */
export function digitsBetween(metric: Metric, low: number, high: number): number {
  const [from, to] = [shownValue(metric, low), shownValue(metric, high)];
  const own = knownDigits(metric) ?? (Number.isInteger(from) && Number.isInteger(to) ? 0 : LIKELY_DIGITS);
  const spread = to - from;
  if (!(spread > 0)) return Math.max(own, digitsOfOne(metric, from));
  return Math.min(Math.max(own, Math.ceil(1 - Math.log10(spread) - 1e-9)), MOST_DIGITS);
}

/** `between`: decimals where others stand beside it (`digitsBetween`). A whole number keeps all of its digits, and gets no others. */
export const numberWords = (metric: Metric, value: number, between?: number): string =>
  shownNumberWords(metric, shownValue(metric, value), between);

/** Of two values of the metric, the first less the second. */
export const differenceWords = (metric: Metric, value: number, other: number, between?: number): string =>
  shownNumberWords(metric, shownValue(metric, value) - shownValue(metric, other), between);

function shownNumberWords(metric: Metric, value: number, between?: number): string {
  const known = knownDigits(metric);
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

/** By device class, as Home Assistant has them for binary sensors: the words for true and for false. */
const BOOLEAN_WORDS: ReadonlyMap<string, readonly [yes: string, no: string]> = new Map([
  ["battery", ["low", "normal"]],
  ["battery_charging", ["charging", "not charging"]],
  ["carbon_monoxide", ["detected", "none"]],
  ["connectivity", ["connected", "disconnected"]],
  ["door", ["open", "closed"]],
  ["garage_door", ["open", "closed"]],
  ["gas", ["detected", "none"]],
  ["heat", ["hot", "normal"]],
  ["lock", ["unlocked", "locked"]],
  ["moisture", ["wet", "dry"]],
  ["motion", ["detected", "none"]],
  ["moving", ["moving", "still"]],
  ["occupancy", ["occupied", "clear"]],
  ["opening", ["open", "closed"]],
  ["plug", ["plugged in", "unplugged"]],
  ["presence", ["home", "away"]],
  ["problem", ["problem", "none"]],
  ["running", ["running", "not running"]],
  ["safety", ["unsafe", "safe"]],
  ["smoke", ["detected", "none"]],
  ["sound", ["detected", "none"]],
  ["tamper", ["detected", "none"]],
  ["vibration", ["detected", "none"]],
  ["window", ["open", "closed"]],
]);

export function booleanWords(metric: Metric, value: boolean): string {
  if (nameOf(metric) === "flameDetected") return value ? "detected" : "none";
  const [yes, no] = BOOLEAN_WORDS.get(infoOf(metric)?.deviceClass ?? "") ?? ["on", "off"];
  return value ? yes : no;
}

/** The value without its unit. */
export function valueWords(metric: Metric, value: MetricValue, digits?: number): string {
  if (typeof value === "number") return numberWords(metric, value, digits);
  return typeof value === "boolean" ? booleanWords(metric, value) : value;
}

/** `23.4 °C`: with its unit after a narrow space that does not break. */
export function withUnit(metric: Metric, value: MetricValue, digits?: number): string {
  const unit = typeof value === "number" ? metricUnit(metric) : "";
  const words = valueWords(metric, value, digits);
  return unit === "" ? words : `${words}${NARROW_SPACE}${unit}`;
}

/** The same of an answer that names the unit of its value. */
export function withUnitOf(metric: string, value: MetricValue, unit: string): string {
  const known = METRICS.get(metric) ?? { label: metric, kind: metricKind(metric, value) };
  return withUnit({ name: metric, info: { ...known, unit } }, value);
}

/** A number as somebody entered it: with as many decimals as it has, and no others. */
export function boundWords(metric: Metric, value: MetricValue): string {
  if (typeof value !== "number" || shownConversion(metric) !== undefined) return withUnit(metric, value);
  return withUnit(metric, value, (/\.(\d+)$/.exec(String(value))?.[1] ?? "").length);
}

const whole = new Intl.NumberFormat();
export const countWords = (count: number): string => whole.format(count);

const rate = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

/** `2.5/s` */
export const rateWords = (perS: number): string => `${rate.format(perS)}/s`;

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;

/** `12.5 MB`, `1.2 GB` */
export function bytesWords(bytes: number): string {
  const [unit, size] = bytes >= GIGABYTE ? (["gigabyte", GIGABYTE] as const) : (["megabyte", MEGABYTE] as const);
  return format(unit, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / size);
}

/** As a sentence begins, unless its first word is the name of a metric as a board writes it: `gasPpm` and `switch.0` stay. */
export const capital = (words: string): string =>
  /^\p{Ll}+(?![\p{L}\p{N}_]|\.\S)/u.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
