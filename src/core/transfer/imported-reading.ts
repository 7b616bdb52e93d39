/**
 * Decides whether one line of an import is a reading, and which. A line is taken whole or refused whole. Derived metrics are left out: the
 * hub computes them by its own definitions.
 */

import { MAX_INSTANT_MS, namesNoZone, toEpochMs } from "../../contract/epoch.ts";
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import { isDerivedName, isMetricName, NO_METRICS, parseDeviceId } from "../model/device-id.ts";
import { MAX_AHEAD_MS, readInstant } from "../model/instant.ts";
import { MAX_METRICS } from "../model/metric-list.ts";
import { jsonValue, type Read, storedValue } from "../model/metric-value.ts";
import type { Fault } from "../model/result.ts";

export interface ImportedReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  /** From its id; undefined: the line has none. */
  readonly n: number | undefined;
  readonly receivedAtMs: number;
  readonly metrics: ReadonlyMap<string, MetricValue>;
}

/** `reason`: one of few, to be counted by; `detail`: what exactly. */
export interface LineRefusal {
  readonly reason: string;
  readonly detail?: string;
}

export type ImportedLine =
  | { readonly ok: true; readonly reading: ImportedReading }
  | { readonly ok: false; readonly refusal: LineRefusal };

export interface ImportClock {
  readonly nowMs: number;
  /** Whether the hub's own clock can judge the future. */
  readonly isSane: boolean;
}

/** One line of NDJSON in the shape of the REST interface: `{_id?, deviceId, timestamp, receivedAt?, metrics}`. */
export function readImportedLine(line: string, clock: ImportClock): ImportedLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return refused("The line is not JSON");
  }
  if (!isObject(json) || !isObject(json["metrics"]) || typeof json["deviceId"] !== "string") {
    return refused("The line is not a reading: it needs deviceId (text), timestamp and metrics (an object)");
  }
  const deviceId = parseDeviceId(json["deviceId"]);
  if (!deviceId.ok) return refusedFor(deviceId.fault);
  const times = readTimes(json, deviceId.value, clock);
  if ("reason" in times) return { ok: false, refusal: times };
  const metrics = readMetrics(json["metrics"], times.n === undefined ? jsonValue : storedValue);
  if (!(metrics instanceof Map)) return refusedFor(metrics);
  return { ok: true, reading: { deviceId: deviceId.value, ...times, metrics } };
}

type JsonObject = { readonly [key: string]: unknown };

/**
 * A line with an id was stored by a hub before: its instant may be one that no device would be believed today, such as
 * of a hub whose own clock was wrong.
 */
function readTimes(
  json: JsonObject,
  deviceId: DeviceId,
  { nowMs, isSane }: ImportClock,
): Pick<ImportedReading, "atMs" | "n" | "receivedAtMs"> | LineRefusal {
  const { _id: id, timestamp, receivedAt } = json;
  const hasId = id !== undefined && id !== null;
  const instant = hasId ? storedInstant(timestamp) : readInstant(timestamp, nowMs, isSane);
  if (instant.kind === "absent") return { reason: "The line has no timestamp" };
  if (instant.kind !== "given") return { reason: timeFault(timestamp), detail: shown(timestamp) };
  const { atMs } = instant;
  const n = hasId ? orderOf(id, deviceId, atMs) : undefined;
  if (hasId && n === undefined)
    return {
      reason:
        "The _id does not belong to this device and timestamp. Leave it out, or leave all three as they were exported",
      detail: shown(id),
    };
  const received = receivedAt === undefined || receivedAt === null ? atMs : toEpochMs(receivedAt);
  if (received === undefined || received < 0 || (isSane && received > nowMs + MAX_AHEAD_MS)) {
    return { reason: "receivedAt cannot be read, or is in the future", detail: shown(receivedAt ?? timestamp) };
  }
  return { atMs, n, receivedAtMs: received };
}

function timeFault(timestamp: unknown): string {
  if (toEpochMs(timestamp) !== undefined) {
    return "The timestamp is out of range: times from 2020 to five minutes from now are accepted";
  }
  return typeof timestamp === "string" && namesNoZone(timestamp)
    ? "The timestamp has no time zone: end it with Z or with the difference to UTC, such as +01:00"
    : "The timestamp cannot be read: use ISO 8601 with a time zone, or epoch seconds or milliseconds";
}

function storedInstant(timestamp: unknown): { kind: "given"; atMs: number } | { kind: "absent" | "wrong" } {
  if (timestamp === undefined || timestamp === null) return { kind: "absent" };
  const atMs = toEpochMs(timestamp);
  return atMs !== undefined && atMs >= 0 && atMs < MAX_INSTANT_MS ? { kind: "given", atMs } : { kind: "wrong" };
}

/** The last part of `<deviceId>-<instant, base 36>-<n>`; undefined: it is not the id of that device and instant. */
function orderOf(id: unknown, deviceId: DeviceId, atMs: number): number | undefined {
  const begin = `${deviceId}-${atMs.toString(36)}-`;
  if (typeof id !== "string" || !id.startsWith(begin)) return undefined;
  const rest = id.slice(begin.length);
  return /^(0|[1-9]\d{0,8})$/.test(rest) ? Number(rest) : undefined;
}

function readMetrics(json: JsonObject, read: (name: string, value: unknown) => Read): Map<string, MetricValue> | Fault {
  const metrics = new Map<string, MetricValue>();
  let derived = 0;
  for (const name in json) {
    const value = json[name];
    if (value === null) continue;
    if (isDerivedName(name)) {
      derived++;
      continue;
    }
    if (!isMetricName(name) || NO_METRICS.has(name)) return { code: "METRIC_NAME_INVALID", detail: name.slice(0, 80) };
    const parsed = read(name, value);
    if (!parsed.ok) return parsed.fault;
    if (parsed.value !== undefined) metrics.set(name, parsed.value);
  }
  if (metrics.size === 0) {
    return { code: "READING_EMPTY", ...(derived > 0 && { detail: "it has derived metrics only" }) };
  }
  return metrics.size > MAX_METRICS ? { code: "TOO_MANY_METRICS" } : metrics;
}

const refused = (reason: string): ImportedLine => ({ ok: false, refusal: { reason } });

function refusedFor({ code, detail, metric }: Fault): ImportedLine {
  const about = [metric, detail].filter((part) => part !== undefined).join(": ");
  return { ok: false, refusal: { reason: REFUSALS[code], ...(about !== "" && { detail: about }) } };
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? "absent").slice(0, 64);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
