/** Metrics as documents hold them, and back. */
import { Binary } from "mongodb";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { MetricValue } from "../../../contract/readings.ts";
import type { ReadingMetrics } from "../../../core/model/metric-list.ts";
import type { ReadingDocument, StoredValue } from "./documents.ts";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** JSON can carry half a surrogate pair, UTF-8 cannot. */
export function toStored(value: MetricValue): StoredValue {
  if (typeof value !== "string" || !LONE_SURROGATE.test(value)) return value;
  return new Binary(Buffer.from(value, "utf16le"), Binary.SUBTYPE_USER_DEFINED);
}

export function fromStored(value: StoredValue): MetricValue {
  return value instanceof Binary ? Buffer.from(value.buffer).toString("utf16le") : value;
}

export function toStoredMetrics(metrics: ReadingMetrics): ReadingDocument["metrics"] {
  const stored: { [name: string]: StoredValue } = {};
  metrics.forEach((value, name) => {
    stored[name] = typeof value === "string" ? toStored(value) : value;
  });
  return stored;
}

/** JSON text of one object. */
export function bodyOf(metrics: ReadingDocument["metrics"]): string {
  for (const name in metrics) if (metrics[name] instanceof Binary) return JSON.stringify(plain(metrics));
  return JSON.stringify(metrics);
}

const plain = (metrics: ReadingDocument["metrics"]): { [name: string]: MetricValue } =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, fromStored(value)]));

/** The instant as a Date, as far as a Date reaches. */
export const dateOf = (ms: number): Date =>
  new Date(Math.min(Math.max(Math.ceil(ms), -MAX_INSTANT_MS), MAX_INSTANT_MS));
