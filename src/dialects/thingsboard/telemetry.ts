/** Telemetry as ThingsBoard takes it: values, or a time with values, or a list of these. */
import type { DeviceId } from "../../contract/readings.ts";
import type { ParsedReading, TelemetryPart } from "../../core/dialects/parsed-message.ts";
import { jsonValue, plainValue, type Read } from "../../core/model/metric-value.ts";
import type { Fault } from "../../core/model/result.ts";
import { flattenMetrics, readingsOf } from "../payload/flat-metrics.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { tooManyReadings } from "../payload/too-many-names.ts";

const MAX_ELEMENTS = 1_000;
/** Of one message, for all devices in it. */
export const MAX_READINGS = 4_000;
const MAX_FAULTS = 20;
const METADATA = "metadata";

/** `isOfGateway`: each element may say how long the gateway's own parts took. `most`: so many readings are taken. */
export function telemetryPart(
  deviceId: DeviceId,
  json: unknown,
  isOfGateway: boolean,
  most = MAX_READINGS,
): TelemetryPart {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  const readings: ParsedReading[] = [];
  const faults: Fault[] = [];
  let read = 0;
  while (read < Math.min(list.length, MAX_ELEMENTS) && readings.length < most) {
    const found = readElement(list[read++], isOfGateway);
    for (const reading of found.readings) readings.push({ ...reading, element: readings.length });
    for (const fault of found.faults) if (faults.length < MAX_FAULTS) faults.push(fault);
  }
  const leftOut = list.length - read;
  if (leftOut > 0) faults.unshift(tooManyReadings(list.length, leftOut));
  if (list.length === 0) faults.push({ code: "READING_EMPTY", detail: "the list is empty" });
  return {
    kind: "telemetry",
    deviceId,
    readings,
    faults: faults.slice(0, MAX_FAULTS),
    ...(leftOut > 0 && { leftOut }),
  };
}

function readElement(json: unknown, isOfGateway: boolean): Pick<TelemetryPart, "readings" | "faults"> {
  const values = isObject(json) ? valuesOf(json) : undefined;
  if (!isObject(json) || values === undefined) return { readings: [], faults: [{ code: "READING_WRONG_SHAPE" }] };
  const { metrics, faults } = flattenMetrics(values, {
    read,
    skip: (path) => path === "ts" || (isOfGateway && path === METADATA),
  });
  const said = json["ts"] ?? undefined;
  if (metrics.size === 0 && faults.length === 0) return { readings: [], faults: [{ code: "READING_EMPTY" }] };
  return { readings: readingsOf(metrics, said), faults };
}

/** Undefined: it has a form of its own. */
function valuesOf(json: JsonObject): JsonObject | undefined {
  const { ts, values } = json;
  if (ts === undefined || values === undefined) return json;
  return isObject(values) ? values : undefined;
}

/** ThingsBoard takes a text that is a number for one. One with more digits than a number holds stays text. */
function read(name: string, value: unknown): Read {
  const asNumber = typeof value === "string" ? plainValue(name, value) : undefined;
  return asNumber?.ok ? asNumber : jsonValue(name, value);
}
