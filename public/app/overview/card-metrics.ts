/** Decides which metrics of a device its card leads with: what is wrong, else what it measures. */

import type { MetricValue } from "../../../src/contract/readings.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";

export interface CardFacts {
  /** The device's metrics, the telling ones first. */
  readonly metrics: readonly string[];
  readonly described: (metric: string) => DescribedMetric;
  readonly valueIn: (metric: string) => MetricValue | undefined;
  /** Those that alerts which fire are about. */
  readonly violated: readonly string[];
  /** The metric of its sparkline, where there is one. */
  readonly drawn: string | undefined;
}

/** Names and device classes that lead, the first wins; then the order of `metrics`. */
const LEADING = ["temperature", "co2", "carbon_dioxide", "power", "humidity"];
/** Of these, `true` is what is usual. */
const USUALLY_TRUE = new Set(["connectivity", "plug", "running", "presence"]);
/** How the board itself does: it is in columns of its own, or on the device's page. */
const OF_THE_BOARD = new Set(["battery", "signal_strength", "rssi", "linkquality", "signal"]);

/** The first is the largest on a card. */
export function cardMetrics({ metrics, described, valueIn, violated, drawn }: CardFacts, most = 3): string[] {
  const isShown = (metric: string): boolean => {
    const value = valueIn(metric);
    return typeof value !== "boolean" || value !== isUsually(described(metric));
  };
  const known = metrics.filter((metric) => valueIn(metric) !== undefined);
  const wrong = violated.filter((metric) => known.includes(metric));
  const unusual = known.filter(
    (metric) => typeof valueIn(metric) === "boolean" && isShown(metric) && isDetection(described(metric)),
  );
  const measured = known.filter(
    (metric) => typeof valueIn(metric) === "number" && !OF_THE_BOARD.has(kindOf(described(metric))),
  );
  const leading = LEADING.flatMap((name) => measured.find((metric) => isCalled(described(metric), name)) ?? []);
  const drawnNow = drawn !== undefined && measured.includes(drawn) ? [drawn] : [];
  const others = known.filter(isShown);
  const chosen = [...wrong, ...unusual, ...drawnNow, ...leading, ...measured, ...others];
  // A board that says nothing else is still worth a word.
  return [...new Set(chosen.length === 0 ? known : chosen)].slice(0, most);
}

const kindOf = ({ name, info }: DescribedMetric): string => info?.deviceClass ?? name.slice(name.lastIndexOf(".") + 1);

const isCalled = (metric: DescribedMetric, name: string): boolean =>
  metric.name === name || kindOf(metric).toLowerCase() === name;

const isUsually = ({ info }: DescribedMetric): boolean => USUALLY_TRUE.has(info?.deviceClass ?? "");

/** Something is found that should not be there. What is switched on is no alarm. */
const DETECTIONS = new Set(["carbon_monoxide", "gas", "heat", "moisture", "problem", "safety", "smoke", "tamper"]);
const isDetection = ({ name, info }: DescribedMetric): boolean =>
  name === "flameDetected" || DETECTIONS.has(info?.deviceClass ?? "");

/** The first of these metrics that is the battery in percent, or the strength of its signal. */
export const batteryOf = (metrics: readonly DescribedMetric[]): string | undefined =>
  metrics.find((metric) => kindOf(metric) === "battery")?.name;
export const signalOf = (metrics: readonly DescribedMetric[]): string | undefined =>
  metrics.find((metric) => kindOf(metric) !== "battery" && OF_THE_BOARD.has(kindOf(metric)))?.name;
