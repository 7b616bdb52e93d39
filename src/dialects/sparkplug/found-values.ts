/** Gathers the values of one message: readings by their instants, attributes, and what was refused. */

import { METRICS } from "../../contract/metrics.ts";
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";
import type { ParsedReading, Part } from "../../core/dialects/parsed-message.ts";
import { jsonValue, plainText, type Read } from "../../core/model/metric-value.ts";
import type { Fault } from "../../core/model/result.ts";
import { readingsOf } from "../payload/flat-metrics.ts";
import type { MetricUse } from "./birth.ts";
import { metricValueOf } from "./datatype.ts";
import { isStale, type SparkplugMetric } from "./sparkplug-metric.ts";

export interface FoundValues {
  /** Answers the value, where there is one; `datatype` undefined: not known. */
  read(metric: SparkplugMetric, name: string, datatype: number | undefined): MetricValue | undefined;
  add(use: MetricUse, name: string, value: MetricValue, atMs: number | undefined): void;
  refuse(fault: Fault): void;
  /** Of the device. */
  parts(deviceId: DeviceId): Part[];
}

/** A device may have 64 attributes of 16 KiB. */
const MAX_ATTRIBUTES = 32;
const MAX_FAULTS = 20;

export function createFoundValues(): FoundValues {
  const byInstant = new Map<number | undefined, Map<string, MetricValue>>();
  const attributes = new Map<string, AttributeValue>();
  const faults: Fault[] = [];

  const refuse = (fault: Fault): void => {
    if (faults.length < MAX_FAULTS) faults.push(fault);
  };

  function read(metric: SparkplugMetric, name: string, datatype: number | undefined): MetricValue | undefined {
    if (metric.isNull || metric.isTransient || metric.value === undefined || isStale(metric)) return undefined;
    const value = metricValueOf(metric.value, datatype);
    if (value === undefined) return undefined;
    const checked = checkedValue(name, value);
    if (checked.ok) return checked.value;
    refuse(checked.fault);
    return undefined;
  }

  function add(use: MetricUse, name: string, value: MetricValue, atMs: number | undefined): void {
    if (use === "neither") return;
    if (use === "attribute" && (attributes.has(name) || attributes.size < MAX_ATTRIBUTES)) {
      attributes.set(name, value);
      return;
    }
    const ofInstant = byInstant.get(atMs) ?? new Map<string, MetricValue>();
    byInstant.set(atMs, ofInstant.set(name, value));
  }

  function parts(deviceId: DeviceId): Part[] {
    const found: Part[] = [];
    const readings: ParsedReading[] = [];
    for (const [said, metrics] of byInstant) {
      for (const reading of readingsOf(metrics, said)) readings.push({ ...reading, element: readings.length });
    }
    if (readings.length > 0 || faults.length > 0) found.push({ kind: "telemetry", deviceId, readings, faults });
    if (attributes.size > 0) found.push({ kind: "attributes", deviceId, patch: attributes, faults: [] });
    return found;
  }

  return { read, add, refuse, parts };
}

/** A text stays text: `ON` may be one of several modes. */
const checkedValue = (name: string, value: MetricValue): Read =>
  typeof value === "string" && !METRICS.has(name) ? plainText(name, value) : jsonValue(name, value);
