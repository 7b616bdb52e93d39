/** Decides which metric says most about a device: what its owner pinned, what is wrong, what it measures, what is on or off. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { MetricValue } from "../../contract/readings.ts";

/** Names and device classes, the first wins. What is not here comes before `OF_THE_BOARD`. */
const MEASURED = [
  "temperature",
  "co2",
  "carbon_dioxide",
  "power",
  "humidity",
  "coppm",
  "carbon_monoxide",
  "gas",
  "ch4ppm",
  "lpgppm",
  "eco2",
  "pm25",
  "pm2_5",
  "aqi",
  "tvoc",
  "volatile_organic_compounds",
  "illuminance",
  "pressure",
  "atmospheric_pressure",
  "moisture",
  "energy",
  "voltage",
  "current",
];
/** How the board itself does. */
const OF_THE_BOARD = [
  "battery",
  "device_temperature",
  "rssi",
  "signal_strength",
  "signal",
  "linkquality",
  "heap",
  "heat",
  "duration",
  "data_size",
  "uptime",
  "loadavg",
  "mqttcount",
  "linkcount",
];
const UNKNOWN = MEASURED.length;
const POSITIONS = new Map([
  ...MEASURED.map((name, index) => [name, index] as const),
  ...OF_THE_BOARD.map((name, index) => [name, UNKNOWN + 1 + index] as const),
]);
/** A relay that warms itself. */
const WARMS_ITSELF = /\bdevice temperature\b/i;
/** Behind all numbers. */
const BOOLEAN = 1_000;
/** Before what is measured, and what is pinned before that. */
const VIOLATED = -1;
const MOST_ORDER = 10_000;
const PINNED = VIOLATED - 1 - MOST_ORDER;

export interface HeroFacts {
  readonly latest: ReadonlyMap<string, { readonly value: MetricValue }>;
  readonly infoOf: (metric: string) => MetricInfo | undefined;
  /** Those that alerts which fire are about, the worst first. */
  readonly violated: readonly string[];
}

/** Undefined: nothing of it can be drawn. */
export function heroMetric({ latest, infoOf, violated }: HeroFacts): string | undefined {
  let hero = violated.find((metric) => isDrawn(latest.get(metric)?.value));
  let first = hero === undefined ? Number.POSITIVE_INFINITY : VIOLATED;
  for (const [metric, { value }] of latest) {
    const info = infoOf(metric);
    if (!isDrawn(value) || info?.hidden === true) continue;
    const kind = typeof value === "boolean" ? BOOLEAN : 0;
    const position = info?.pinned === true ? PINNED + (info.order ?? MOST_ORDER) : positionOf(metric, info) + kind;
    if (position > first || (position === first && metric >= (hero ?? ""))) continue;
    hero = metric;
    first = position;
  }
  return hero;
}

const isDrawn = (value: MetricValue | undefined): boolean => typeof value === "number" || typeof value === "boolean";

/** A name is worth more than a class: the dew point is of the class `temperature`, too. */
function positionOf(metric: string, info: MetricInfo | undefined): number {
  if (WARMS_ITSELF.test(info?.label ?? "")) return UNKNOWN + 1;
  const name = metric.toLowerCase();
  const last = name.slice(name.lastIndexOf(".") + 1);
  const ofName = POSITIONS.get(name) ?? POSITIONS.get(last);
  if (ofName !== undefined) return ofName;
  const ofClass = POSITIONS.get(info?.deviceClass ?? "");
  return ofClass === undefined ? UNKNOWN : ofClass + 0.5;
}
