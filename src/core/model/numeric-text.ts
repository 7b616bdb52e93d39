/** Makes numeric text a number where its metric has been one before. */
import type { MetricValue } from "../../contract/readings.ts";
import type { ReadingMetrics } from "./metric-list.ts";
import { numericText } from "./metric-value.ts";
import type { Fault } from "./result.ts";

export interface WithNumbers {
  /** The same object where nothing changed. */
  readonly metrics: ReadingMetrics;
  /** Of numbers that cannot be kept; their metrics are left out. */
  readonly faults: readonly Fault[];
}

export function withNumbers(metrics: ReadingMetrics, hasBeenNumber: (metric: string) => boolean): WithNumbers {
  let changed: Map<string, MetricValue> | undefined;
  const faults: Fault[] = [];
  for (const [name, value] of metrics) {
    if (typeof value !== "string" || !hasBeenNumber(name)) continue;
    const read = numericText(name, value);
    if (read === undefined) continue;
    changed ??= new Map(metrics);
    if (read.ok && read.value !== undefined) changed.set(name, read.value);
    else changed.delete(name);
    if (!read.ok) faults.push(read.fault);
  }
  return { metrics: changed ?? metrics, faults };
}
