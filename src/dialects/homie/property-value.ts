/** Reads the payload of a property by its datatype. [Homie 5, Payloads] */
import type { MetricValue } from "../../contract/readings.ts";
import { numericText, plainValue } from "../../core/model/metric-value.ts";
import { type Fault, fault, ok, type Result } from "../../core/model/result.ts";
import { readWritten } from "../../core/model/written-value.ts";
import { exactText } from "../payload/exact-text.ts";
import { flattenMetrics } from "../payload/flat-metrics.ts";
import { decode, isObject, parseJson, plainTextOf, withoutEnd } from "../payload/payload-text.ts";
import type { Property } from "./property.ts";

export interface ReadProperty {
  /** Of `json` several, else one or, where the device says that it has no value, none. */
  readonly metrics: ReadonlyMap<string, MetricValue>;
  readonly faults: readonly Fault[];
}

/** `property` undefined: nothing is known of it. */
export function readProperty(metric: string, payload: Uint8Array, property: Property | undefined): ReadProperty {
  if (property?.datatype === "json") {
    const json = parseJson(decode(withoutEnd(payload)));
    if (!json.ok) return withFault(json.fault);
    if (isObject(json.value)) return flattenMetrics(json.value, { prefix: metric });
    return Array.isArray(json.value) ? flattenMetrics({ [metric]: json.value }) : withFault(NO_JSON_PROPERTY);
  }
  const value = valueOfProperty(metric, payload, property?.datatype);
  if (!value.ok) return withFault(value.fault);
  return { metrics: new Map(value.value === undefined ? [] : [[metric, value.value]]), faults: [] };
}

const NO_JSON_PROPERTY: Fault = { code: "PAYLOAD_WRONG_SHAPE", detail: "an object or a list belongs here" };

const withFault = (found: Fault): ReadProperty => ({ metrics: new Map(), faults: [found] });

function valueOfProperty(
  metric: string,
  payload: Uint8Array,
  datatype: string | undefined,
): Result<MetricValue | undefined> {
  const text = plainTextOf(payload);
  switch (datatype) {
    case "integer":
    case "float": {
      if (readWritten(text).kind === "absent") return ok(undefined);
      return numericText(metric, text) ?? wrongType(metric, `${datatype} belongs here, not ${shown(text)}`);
    }
    case "boolean":
      return booleanOf(metric, text);
    case "string":
      // An empty MQTT payload would delete the topic: version 5 writes the empty text as one NUL.
      return payload.length === 1 && payload[0] === 0 ? ok("") : exactText(metric, text);
    case "enum":
    case "color":
    case "datetime":
    case "duration":
      return exactText(metric, text);
    default:
      return plainValue(metric, text);
  }
}

function booleanOf(metric: string, text: string): Result<MetricValue | undefined> {
  const written = readWritten(text);
  if (written.kind === "boolean") return ok(written.value);
  if (written.kind === "absent") return ok(undefined);
  return wrongType(metric, `true or false belongs here, not ${shown(text)}`);
}

const wrongType = (metric: string, detail: string): { ok: false; fault: Fault } =>
  fault("METRIC_WRONG_TYPE", detail, metric);

const shown = (text: string): string => JSON.stringify(text.slice(0, 40));
