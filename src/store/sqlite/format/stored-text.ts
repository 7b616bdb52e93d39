/** Parses JSON columns without trusting them: their bytes may have changed on the disk. */
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { AttributeValue, Metrics, MetricValue } from "../../../contract/readings.ts";
import type { LatestMetric } from "../../../core/ports/stored-device.ts";
import { isWholeUpTo } from "./stored-fields.ts";

/** The greatest instant that a Date can hold. */

export const isInstant = isWholeUpTo(MAX_INSTANT_MS);

/** Undefined: it is damaged. */
export function parseMetrics(body: unknown): Metrics | undefined {
  const metrics = parseObject(body);
  if (metrics === undefined) return undefined;
  for (const name in metrics) if (!isMetricValue(metrics[name])) return undefined;
  return metrics as Metrics;
}

/** Undefined: it is damaged. */
export function parseAttributes(text: unknown): Map<string, AttributeValue> | undefined {
  const attributes = parseObject(text);
  if (attributes === undefined || Object.values(attributes).includes(null)) return undefined;
  return new Map(Object.entries(attributes as { [name: string]: AttributeValue }));
}

/** Undefined: it is damaged. */
export function parseLatest(text: unknown): Map<string, LatestMetric> | undefined {
  const parsed = parseObject(text);
  if (parsed === undefined) return undefined;
  const latest = new Map<string, LatestMetric>();
  for (const [metric, pair] of Object.entries(parsed)) {
    const [value, atMs, wasNumber] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (!isMetricValue(value) || !isInstant(atMs)) return undefined;
    latest.set(metric, { value, atMs, ...(wasNumber === 1 && { wasNumber: true }) });
  }
  return latest;
}

/** A JSON array of strings (of numbers); undefined: it is damaged. */
export function parseList<T extends "string" | "number">(
  text: unknown,
  of: T,
): (T extends "string" ? string : number)[] | undefined {
  const list = parseJson(text);
  const isWhole = Array.isArray(list) && list.every((each) => typeof each === of);
  return isWhole ? list : undefined;
}

/** In JSON the only numbers that are not finite are those that are too large. */
function isMetricValue(value: unknown): value is MetricValue {
  return typeof value === "number" ? Number.isFinite(value) : typeof value === "boolean" || typeof value === "string";
}

function parseObject(text: unknown): { [name: string]: unknown } | undefined {
  const parsed = parseJson(text);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? (parsed as { [name: string]: unknown })
    : undefined;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
