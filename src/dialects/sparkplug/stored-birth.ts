/**
 * A BIRTH as it is stored: `{"v":1,"name":"Pi","node":"sparkplug:Plant.Pi","metrics":[[0,"Inputs/A",11,3],[7,"B",9,4,{"unit":"V"}]]}`.
 * Of each metric: how many characters its name shares with the one before it, the rest of the name, its data type, its alias (or null),
 * and what else is known of it. The metrics are sorted by name, so that long paths take little.
 */

import type { DeviceId } from "../../contract/readings.ts";
import { MAX_ENTRY_CHARS } from "../../core/dialects/learned-limit.ts";
import { metricNameOf } from "../payload/names.ts";
import { isObject } from "../payload/payload-text.ts";
import type { Birth, BirthMetric } from "./birth.ts";
import type { Alias } from "./sparkplug-metric.ts";

const VERSION = 1;

export interface StoredBirth {
  readonly data: string;
  /** What of it is kept. */
  readonly birth: Birth;
  /** Names of metrics for which there was no space. */
  readonly leftOut: readonly string[];
}

export function storedBirth(birth: Birth): StoredBirth {
  const kept: BirthMetric[] = [];
  const leftOut: string[] = [];
  const entries: unknown[] = [];
  let chars = birth.label.length + birth.nodeId.length;
  let before = "";
  for (const metric of birth.metrics) {
    const entry = entryOf(metric, before);
    const length = JSON.stringify(entry).length + 1;
    if (chars + length > MAX_ENTRY_CHARS) {
      leftOut.push(metric.original);
      continue;
    }
    chars += length;
    before = metric.original;
    kept.push(metric);
    entries.push(entry);
  }
  const { label, nodeId } = birth;
  const all = birth.leftOut + leftOut.length;
  const data = JSON.stringify({
    v: VERSION,
    name: label,
    node: nodeId,
    ...(all > 0 && { leftOut: all }),
    metrics: entries,
  });
  return { data, birth: { label, nodeId, metrics: kept, leftOut: all }, leftOut };
}

function entryOf({ original, name, datatype, alias, unit, range }: BirthMetric, before: string): unknown[] {
  const shared = sharedLength(before, original);
  const more = {
    ...(unit !== "" && { unit }),
    ...(range !== undefined && { range }),
    ...(name !== metricNameOf(original) && { as: name }),
  };
  const entry: unknown[] = [shared, original.slice(shared), datatype];
  if (alias !== undefined || Object.keys(more).length > 0) entry.push(alias ?? null);
  if (Object.keys(more).length > 0) entry.push(more);
  return entry;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Undefined: it is of another version, or damaged. */
export function readStoredBirth(json: unknown): Birth | undefined {
  if (!isObject(json) || json["v"] !== VERSION) return undefined;
  const { name, node, metrics: entries, leftOut = 0 } = json;
  if (typeof name !== "string" || typeof node !== "string" || !Array.isArray(entries)) return undefined;
  const metrics: BirthMetric[] = [];
  let before = "";
  for (const entry of entries) {
    const metric = metricOf(entry, before);
    if (metric === undefined) return undefined;
    before = metric.original;
    metrics.push(metric);
  }
  return { label: name, nodeId: node as DeviceId, metrics, leftOut: typeof leftOut === "number" ? leftOut : 0 };
}

function metricOf(entry: unknown, before: string): BirthMetric | undefined {
  if (!Array.isArray(entry)) return undefined;
  const [shared, rest, datatype, alias, more]: unknown[] = entry;
  if (typeof shared !== "number" || typeof rest !== "string" || typeof datatype !== "number") return undefined;
  const original = before.slice(0, shared) + rest;
  const { unit, range, as } = isObject(more) ? more : {};
  const [low, high]: unknown[] = Array.isArray(range) ? range : [];
  return {
    original,
    name: typeof as === "string" ? as : metricNameOf(original),
    alias: isAlias(alias) ? alias : undefined,
    datatype,
    unit: typeof unit === "string" ? unit : "",
    range: typeof low === "number" && typeof high === "number" ? [low, high] : undefined,
  };
}

const isAlias = (value: unknown): value is Alias => typeof value === "number" || typeof value === "string";
