/** The latest value of each metric: how readings change it, and how the erasure of readings does. */
import { MetricList, type ReadingMetrics } from "../model/metric-list.ts";
import type { LatestMetric } from "../ports/stored-device.ts";
import type { DeviceEntry } from "./device-entry.ts";
import { laterOf } from "./device-record.ts";
import { keepNewer, valuesOf } from "./event-values.ts";

/** The latest value is the one with the greatest instant; of two with the same instant, the one that came later. */
export function mergeLatest(latest: Map<string, LatestMetric>, metrics: ReadingMetrics, atMs: number): void {
  // forEach: destructuring entries would make a list of two for each metric of each reading.
  metrics.forEach((value, name) => void mergeOne(latest, name, value, atMs));
}

function mergeOne(latest: Map<string, LatestMetric>, name: string, value: LatestMetric["value"], atMs: number): void {
  const former = latest.get(name);
  if (former === undefined) latest.set(name, { value, atMs });
  else replaceOlder(former, value, atMs);
}

/** The same where the entry of each metric is known already: no look-up by name. */
function mergeList(latest: readonly LatestMetric[], metrics: MetricList, atMs: number): void {
  for (let index = 0; index < latest.length; index++) {
    const former = latest[index];
    const value = metrics.values[index];
    if (former !== undefined && value !== undefined) replaceOlder(former, value, atMs);
  }
}

function replaceOlder(former: LatestMetric, value: LatestMetric["value"], atMs: number): void {
  if (atMs < former.atMs) return;
  if (typeof former.value === "number" && typeof value === "string") former.wasNumber = true;
  former.value = value;
  former.atMs = atMs;
}

/** A reading was stored. */
export function applyReading(entry: DeviceEntry, metrics: ReadingMetrics, atMs: number): void {
  const { latest, usual } = entry;
  if (entry.family !== undefined) return mergeByKind(entry, metrics, atMs);
  if (!(metrics instanceof MetricList)) return mergeLatest(latest, metrics, atMs);
  if (usual?.names === metrics.names) return mergeList(usual.latest, metrics, atMs);
  mergeLatest(latest, metrics, atMs);
  entry.usual = { names: metrics.names, latest: metrics.names.flatMap((name) => latest.get(name) ?? []) };
}

function mergeByKind(entry: DeviceEntry, metrics: ReadingMetrics, atMs: number): void {
  metrics.forEach((value, name) => void mergeOne(valuesOf(entry, name), name, value, atMs));
}

/** A reading was imported: the device was heard at `receivedAtMs`, and it is not online for that. */
export function applyImported(entry: DeviceEntry, metrics: ReadingMetrics, atMs: number, receivedAtMs: number): void {
  mergeByKind(entry, metrics, atMs);
  entry.lastHeardAtMs = laterOf(entry.lastHeardAtMs, receivedAtMs);
  entry.lastReadingAtMs = laterOf(entry.lastReadingAtMs, receivedAtMs);
}

/** Whether the metric's latest value, or one before it, is a number. */
export function hasBeenNumber(entry: DeviceEntry | undefined, metric: string): boolean {
  const latest = entry?.latest.get(metric);
  return latest !== undefined && (typeof latest.value === "number" || latest.wasNumber === true);
}

/** Answers the metrics that have no latest value now. */
export function dropLatest(entry: DeviceEntry, isErased: (metric: string, atMs: number) => boolean): readonly string[] {
  for (const values of [entry.latest, entry.events]) {
    for (const [metric, { atMs }] of values) if (isErased(metric, atMs)) values.delete(metric);
  }
  entry.usual = undefined; // it refers to values that are gone
  entry.dirty = true;
  return [...entry.metrics].filter((metric) => !valuesOf(entry, metric).has(metric));
}

/** `found`: what the store still has of `metrics`. A metric of which it has nothing no longer counts among the device's. */
export function restoreLatest(
  entry: DeviceEntry,
  metrics: readonly string[],
  found: ReadonlyMap<string, LatestMetric>,
): void {
  for (const metric of metrics) {
    const former = found.get(metric);
    const values = valuesOf(entry, metric);
    // A newer one may have come in the meantime.
    if (former !== undefined) keepNewer(values, metric, former);
    else if (!values.has(metric)) entry.metrics.delete(metric);
  }
  entry.usual = undefined;
  entry.admitted = []; // its metrics are to be counted again
  entry.dirty = true;
}
