/** Makes metrics of a JSON object of any family: nested objects become dotted names. */
import type { MetricValue } from "../../contract/readings.ts";
import type { ParsedReading } from "../../core/dialects/parsed-message.ts";
import { MAX_METRICS } from "../../core/model/metric-list.ts";
import { jsonValue, type Read } from "../../core/model/metric-value.ts";
import type { Fault } from "../../core/model/result.ts";
import { metricNameOf, otherNameOf } from "./names.ts";
import { isObject, type JsonObject } from "./payload-text.ts";

export interface FoundMetrics {
  /** By metric name, in the order in which they came. */
  readonly metrics: Map<string, MetricValue>;
  readonly faults: Fault[];
}

export interface FlattenOptions {
  /** `path`: names from the top, joined by points as they came. True: neither it nor anything in it is a metric. */
  readonly skip?: (path: string, value: unknown) => boolean;
  /** The value of a metric; `jsonValue` unless the family knows better. */
  readonly read?: (name: string, value: unknown) => Read;
  /** Put before each name. */
  readonly prefix?: string;
}

/** Of one message: configuration of a board can have thousands of values. */
export const MAX_METRICS_OF_MESSAGE = 1_024;
const MAX_FAULTS = 20;
const MAX_DEPTH = 8;
/** Of one message: more are no board's values, and each costs time. */
const MAX_KEYS = 10_000;
/** Of a name with all names above it: each name in an object of 100,000 values has that of the object before it. */
const MAX_PATH_CHARS = 512;
/** Scalars of a list that become `name.1`, `name.2` and so on. */
const MAX_ELEMENTS = 16;

/** These are never stored, whatever the family and however deep. */
const SECRET = /^(action_)?(code|pin)(_code)?$|password|passwd|^psk$|secret|^mqttpassword$|api_?key/i;

export const isSecret = (key: string): boolean => SECRET.test(key);

/** Lists of objects, and what nests deeper than eight levels, are left out. `null` means that there is no value. */
export function flattenMetrics(json: JsonObject, options: FlattenOptions = {}): FoundMetrics {
  const { skip, read = jsonValue, prefix = "" } = options;
  const metrics = new Map<string, MetricValue>();
  const faults: Fault[] = [];
  let keys = 0;

  function refuse(fault: Fault): void {
    if (faults.length < MAX_FAULTS) faults.push(fault);
  }

  function add(path: string, value: unknown): void {
    const plain = metricNameOf(path);
    const name = metrics.has(plain) ? otherNameOf(path) : plain;
    const found = read(name, value);
    if (!found.ok) refuse(found.fault);
    else if (found.value !== undefined) {
      if (metrics.size < MAX_METRICS_OF_MESSAGE) metrics.set(name, found.value);
      else refuse({ code: "TOO_MANY_METRICS_OF_DEVICE", metric: name });
    }
  }

  function collect(object: JsonObject, before: string, depth: number): void {
    for (const key of Object.keys(object)) {
      if (++keys > MAX_KEYS) return refuse(TOO_MANY_KEYS);
      const value = object[key];
      const path = before === "" ? key : `${before}.${key}`;
      if (path.length > MAX_PATH_CHARS + prefix.length) {
        refuse({ code: "METRIC_NAME_INVALID", metric: key.slice(0, 80) });
        continue;
      }
      if (value === null || isSecret(key) || skip?.(path, value) === true) continue;
      if (isObject(value)) {
        if (depth < MAX_DEPTH) collect(value, path, depth + 1);
        else refuse({ code: "TOO_DEEP", metric: path.slice(0, 80) });
      } else if (Array.isArray(value)) {
        for (const [index, element] of value.slice(0, MAX_ELEMENTS).entries()) {
          if (element !== null && typeof element !== "object") add(`${path}.${index + 1}`, element);
        }
      } else add(path, value);
    }
  }

  collect(json, prefix, 1);
  return { metrics, faults };
}

const TOO_MANY_KEYS: Fault = {
  code: "TOO_MANY_METRICS_OF_DEVICE",
  detail: "of one message the first 10,000 values are looked at",
};

/** A reading holds a limited number of metrics: more of them become several readings of the same instant. `said`: as `ParsedReading`. */
export function readingsOf(metrics: ReadonlyMap<string, MetricValue>, said?: unknown): ParsedReading[] {
  if (metrics.size <= MAX_METRICS) return metrics.size === 0 ? [] : [{ said, metrics: new Map(metrics), element: 0 }];
  const all = [...metrics];
  const readings: ParsedReading[] = [];
  for (let from = 0; from < all.length; from += MAX_METRICS) {
    readings.push({ said, metrics: new Map(all.slice(from, from + MAX_METRICS)), element: readings.length });
  }
  return readings;
}
