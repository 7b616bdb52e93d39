/** What the last BIRTH of an edge node or a device said: its metrics, by name, by alias and as they are stored. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { type Fault, fault } from "../../core/model/result.ts";
import { shortText } from "../../core/model/short-text.ts";
import { isSecret, MAX_METRICS_OF_MESSAGE } from "../payload/flat-metrics.ts";
import { metricNameOf, otherNameOf } from "../payload/names.ts";
import { DATATYPE, kindOf, notUnderstood } from "./datatype.ts";
import type { Alias, SparkplugMetric } from "./sparkplug-metric.ts";

export interface BirthMetric {
  /** `Inputs/A` */
  readonly original: string;
  /** `Inputs.A` */
  readonly name: string;
  readonly alias: Alias | undefined;
  readonly datatype: number;
  /** Empty: none is known. */
  readonly unit: string;
  readonly range: readonly [min: number, max: number] | undefined;
}

/** `neither`: it is about Sparkplug itself, such as a switch that asks for something, or a password. */
export type MetricUse = "metric" | "attribute" | "neither";

export interface Birth {
  /** As the edge node or the device is called. */
  readonly label: string;
  /** The edge node; for a node its own id. */
  readonly nodeId: DeviceId;
  /** Sorted by `original`. */
  readonly metrics: readonly BirthMetric[];
  /** Metrics that the hub did not take. */
  readonly leftOut: number;
}

/** A birth by what messages name of it. */
export interface BirthIndex {
  readonly byOriginal: ReadonlyMap<string, BirthMetric>;
  readonly byAlias: ReadonlyMap<Alias, BirthMetric>;
  readonly byName: ReadonlyMap<string, BirthMetric>;
}

const MAX_NAME_CHARS = 256;
const MAX_UNIT_CHARS = 32;
/** Names that a person can look for; the rest are counted. */
const MAX_FAULTS = 20;

/** Where edge nodes put what does not change while they run, and switches. */
const CONFIGURATION = /^((node |device )?(properties|info)|(node|device) control)\//i;
const BD_SEQ = "bdSeq";

export function useOf(original: string, datatype: number | undefined): MetricUse {
  if (original === BD_SEQ || isPassword(original)) return "neither";
  if (!CONFIGURATION.test(original)) return "metric";
  return datatype === DATATYPE.boolean && /control\//i.test(original) ? "neither" : "attribute";
}

/** `Fault/Code` and `Gpio/Pin` of a machine are no secrets. */
function isPassword(original: string): boolean {
  const last = original.slice(original.lastIndexOf("/") + 1);
  return isSecret(last) && !/^(code|pin)$/i.test(last);
}

export const isBdSeq = ({ name }: SparkplugMetric): boolean => name === BD_SEQ;

export interface ListedMetrics {
  /** Sorted by `original`. */
  readonly metrics: readonly BirthMetric[];
  readonly leftOut: number;
  readonly faults: readonly Fault[];
}

/** `cameBeyond`: metrics of the payload that were not read. A metric that had a name before keeps it. */
export function listMetrics(
  came: readonly SparkplugMetric[],
  cameBeyond: number,
  former: BirthIndex | undefined,
): ListedMetrics {
  const faults: Fault[] = [];
  const found = new Map<string, SparkplugMetric>();
  let leftOut = cameBeyond;
  const refuse = (refused: Fault): void => {
    leftOut++;
    if (faults.length < MAX_FAULTS) faults.push(refused);
  };
  for (const metric of came) {
    const original = metric.name ?? "";
    if (original === "" || original.length > MAX_NAME_CHARS)
      refuse(fault("METRIC_NAME_INVALID", undefined, shown(original)).fault);
    else if (found.size >= MAX_METRICS_OF_MESSAGE && !found.has(original)) refuse(tooMany(original));
    else found.set(original, metric);
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const nameOf = namesOf(
    sorted.map(([original]) => original),
    former,
  );
  const metrics = sorted.map(([original, metric]) => birthMetric(original, nameOf(original), metric));
  return { metrics, leftOut, faults: [...faults, ...countOf(leftOut - faults.length), ...unknownTypes(metrics)] };
}

const shown = (original: string): string => original.slice(0, 80);

const tooMany = (original: string): Fault => ({ code: "TOO_MANY_METRICS_OF_DEVICE", metric: shown(original) });

const countOf = (more: number): Fault[] =>
  more === 0 ? [] : [{ code: "TOO_MANY_METRICS_OF_DEVICE", detail: `and ${more} more` }];

function unknownTypes(metrics: readonly BirthMetric[]): Fault[] {
  const faults: Fault[] = [];
  for (const { original, datatype } of metrics) {
    const what = notUnderstood(datatype);
    if (what === undefined || faults.length === MAX_FAULTS) continue;
    faults.push({
      code: "METRIC_VALUE_INVALID",
      detail: `the hub does not understand ${what}`,
      metric: shown(original),
    });
  }
  return faults;
}

/** Two originals may not become one metric: `a/b` and `a.b`. */
function namesOf(originals: readonly string[], former: BirthIndex | undefined): (original: string) => string {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const original of originals) {
    const name = former?.byOriginal.get(original)?.name;
    if (name === undefined) continue;
    names.set(original, name);
    taken.add(name);
  }
  for (const original of originals) {
    if (names.has(original)) continue;
    const plain = metricNameOf(original);
    const name = taken.has(plain) ? otherNameOf(original) : plain;
    names.set(original, name);
    taken.add(name);
  }
  return (original) => names.get(original) ?? metricNameOf(original);
}

function birthMetric(
  original: string,
  name: string,
  { alias, datatype = 0, properties }: SparkplugMetric,
): BirthMetric {
  const unit = UNIT_KEYS.map((key) => properties?.get(key)).find((each) => typeof each === "string");
  const [low, high] = [properties?.get("englow"), properties?.get("enghigh")];
  const hasRange = typeof low === "number" && typeof high === "number" && low < high && Number.isFinite(high - low);
  return {
    original,
    name,
    alias,
    datatype,
    unit: typeof unit === "string" ? shortText(unit.trim(), MAX_UNIT_CHARS) : "",
    range: hasRange ? [low, high] : undefined,
  };
}

/** As edge nodes call it; Ignition's is the first. */
const UNIT_KEYS = ["engunit", "engineeringunits", "engunits", "units", "unit"] as const;

export function indexOf(metrics: readonly BirthMetric[]): BirthIndex {
  return {
    byOriginal: new Map(metrics.map((metric) => [metric.original, metric])),
    byAlias: new Map(metrics.flatMap((metric) => (metric.alias === undefined ? [] : [[metric.alias, metric]]))),
    byName: new Map(metrics.map((metric) => [metric.name, metric])),
  };
}

export const infoOf = ({ original, datatype, unit, range }: BirthMetric): MetricInfo => ({
  label: original,
  kind: kindOf(datatype),
  unit,
  ...(range !== undefined && { range }),
});
