/** Sorts metrics by importance: safety first, then what is measured and switched, and how the board itself does last. */
import type { MetricInfo } from "../../../src/contract/metrics.ts";

/** Names that Aerie knows, and device classes, of metrics that their devices describe. */
const BY_SAFETY = [
  "flameDetected",
  "smoke",
  "carbon_monoxide",
  "coPpm",
  "gas",
  "ch4Ppm",
  "lpgPpm",
  "moisture",
  "temperature",
  "humidity",
  "carbon_dioxide",
  "co2",
  "eco2",
  "aqi",
  "tvoc",
  "power",
  "switch",
  "energy",
  "motion",
  "occupancy",
  "door",
  "window",
  "opening",
  "illuminance",
  "alcohol",
  "toluene",
  "acetone",
  "flameIntensity",
  "pressure",
  "atmospheric_pressure",
  "voltage",
  "current",
];
/** These say how the board does, not what it measures: classes, and the last parts of names. */
const LAST = [
  "battery",
  "heat",
  "rssi",
  "signal_strength",
  "signal",
  "linkquality",
  "duration",
  "uptime",
  "data_size",
  "loadavg",
  "mqttcount",
  "linkcount",
];

const UNKNOWN = BY_SAFETY.length;
const positions = new Map([
  ...BY_SAFETY.map((name, index) => [name, index] as const),
  ...LAST.map((name, index) => [name, UNKNOWN + 1 + index] as const),
]);
/** A relay that warms itself. */
const OF_THE_BOARD = /\bdevice temperature\b/i;

interface Rank {
  readonly metric: string;
  readonly position: number;
  /** It is called like its class. */
  readonly isNamesake: boolean;
}

/** Without those that the owner hides; first what the owner pinned or put in order, then by importance. */
export function sortMetrics(metrics: readonly string[], infoOf: (metric: string) => MetricInfo | undefined): string[] {
  const shown = metrics.filter((metric) => infoOf(metric)?.hidden !== true);
  const pinned = (metric: string) => Number(infoOf(metric)?.pinned === true);
  const order = (metric: string) => infoOf(metric)?.order ?? BY_NOBODY;
  // The sort is stable: where the owner says nothing, importance decides.
  return byImportance(shown, infoOf).sort((a, b) => pinned(b) - pinned(a) || order(a) - order(b));
}

const BY_NOBODY = 10_000;
/** `probe2` comes before `probe10`. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

function byImportance(metrics: readonly string[], infoOf: (metric: string) => MetricInfo | undefined): string[] {
  const ranks = metrics.map((metric) => rankOf(metric, infoOf(metric)));
  const named = new Set(ranks.flatMap(({ position, isNamesake }) => (isNamesake ? [position] : [])));
  return ranks
    .map((rank) => (named.has(rank.position) && !rank.isNamesake ? { ...rank, position: beside(rank.position) } : rank))
    .sort(
      (a, b) =>
        a.position - b.position || Number(b.isNamesake) - Number(a.isNamesake) || BY_NAME.compare(a.metric, b.metric),
    )
    .map(({ metric }) => metric);
}

/** Where the temperature is known, the dew point, which is of the same class, comes after what else is measured. */
const beside = (position: number): number => (position < UNKNOWN ? UNKNOWN - 0.5 : position);

function rankOf(metric: string, info: MetricInfo | undefined): Rank {
  const { deviceClass = "", label = "", kind, settable } = info ?? {};
  const last = metric.slice(metric.lastIndexOf(".") + 1).toLowerCase();
  if (OF_THE_BOARD.test(label)) return { metric, position: UNKNOWN + 1, isNamesake: last !== "tf" };
  const switched = kind === "boolean" && settable === true ? positions.get("switch") : undefined;
  const position = positions.get(metric) ?? positions.get(deviceClass) ?? switched ?? positions.get(last) ?? UNKNOWN;
  return {
    metric,
    position,
    isNamesake: deviceClass === "" || last === deviceClass || label.toLowerCase().endsWith(deviceClass),
  };
}
