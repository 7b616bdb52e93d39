/** The native dialect: messages of `devices/<deviceId>/…` → readings, status, attributes. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { ParsedMessage, ParsedReading } from "../../core/dialects/parsed-message.ts";
import { isMetricName, NO_METRICS } from "../../core/model/device-id.ts";
import { MAX_METRICS } from "../../core/model/metric-list.ts";
import { isLonger, jsonValue, plainValue, type Read } from "../../core/model/metric-value.ts";
import { type Fault, fault } from "../../core/model/result.ts";
import { attributePatch } from "../payload/attribute-patch.ts";
import {
  decode,
  isObject,
  type JsonObject,
  type PayloadText,
  parseJson,
  REPLACED,
  withoutEnd,
} from "../payload/payload-text.ts";
import { tooManyNames, tooManyReadings } from "../payload/too-many-names.ts";
import { createFlatReader } from "./flat-reading.ts";
import { addressOf, type Channel } from "./native-topic.ts";

const MAX_READINGS = 1_000;
const MAX_DEPTH = 8;
/** Of a name with all names above it; what is longer is not looked at. */
const MAX_PATH_CHARS = 512;
const MAX_ATTRIBUTES_BYTES = 16 * 1024;
/** Faults that one message may list; more are only counted by their message. */
const MAX_FAULTS = 20;

/** The instant of a reading is the first present of these, in this order. */
const INSTANT_KEYS = ["timestamp", "ts", "time"] as const;

const NONE: readonly Fault[] = [];
const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const readFlat = createFlatReader();

/** Total: whatever the bytes, it answers and never throws. */
export function readNative(topic: string, payload: Uint8Array): ParsedMessage {
  const address = addressOf(topic);
  if (address.channel === "elsewhere") return ELSEWHERE;
  if (address.channel === "refused") return { kind: "refused", deviceId: address.deviceId, fault: address.fault };
  if (payload.length === 0) return { kind: "nothing" }; // clears a retained message [MQTT-3.3.1-10]
  const { channel, deviceId, metric } = address;
  const bytes = withoutEnd(payload);
  if (bytes.length === 0) return refused(deviceId, fault("PAYLOAD_EMPTY"));
  const flat = channel === "telemetry" ? readFlat(bytes) : undefined;
  if (flat !== undefined) return { kind: "telemetry", deviceId, readings: [flat], faults: NONE };
  return readChannel(channel, deviceId, metric, decode(bytes));
}

function readChannel(
  channel: Exclude<Channel, "commands">,
  deviceId: DeviceId,
  metric: string,
  payload: PayloadText,
): ParsedMessage {
  switch (channel) {
    case "telemetry":
      return readTelemetry(deviceId, payload);
    case "metric":
      return readMetric(deviceId, metric, payload);
    case "status":
      return readStatus(deviceId, payload);
    case "attributes":
      return readAttributes(deviceId, payload);
  }
}

function readTelemetry(deviceId: DeviceId, payload: PayloadText): ParsedMessage {
  const json = parseJson(payload);
  if (!json.ok) return refused(deviceId, json);
  const list = Array.isArray(json.value) ? json.value : [json.value];
  if (list.length === 0) return refused(deviceId, fault("READING_EMPTY", "the list is empty"));
  const readings: ParsedReading[] = [];
  const leftOut = Math.max(0, list.length - MAX_READINGS);
  const faults: Fault[] = leftOut === 0 ? [] : [tooManyReadings(list.length, leftOut)];
  for (let element = 0; element < list.length - leftOut; element++) {
    const read = readReading(list[element], element, payload.isDamaged);
    if (read.reading !== undefined) readings.push(read.reading);
    for (const each of read.faults) faults.push(each);
  }
  return {
    kind: "telemetry",
    deviceId,
    readings,
    faults: faults.slice(0, MAX_FAULTS),
    ...(leftOut > 0 && { leftOut }),
  };
}

/** One reading of the message, and what is refused of it. */
interface ReadElement {
  /** Undefined: all of it is refused. */
  readonly reading: ParsedReading | undefined;
  readonly faults: readonly Fault[];
}

function readReading(json: unknown, element: number, isDamaged: boolean): ReadElement {
  if (!isObject(json)) return { reading: undefined, faults: [{ code: "READING_WRONG_SHAPE" }] };
  const found: Found = { metrics: new Map(), faults: [], isDamaged, excess: [] };
  collect(json, "", 1, found);
  if (isObject(json["values"])) collect(json["values"], "", 2, found);
  const { metrics, faults, excess } = found;
  if (excess.length > 0) faults.push(tooManyNames("TOO_MANY_METRICS", excess, MAX_METRICS));
  if (metrics.size > 0) return { reading: { said: instantSaid(json), metrics, element }, faults };
  return { reading: undefined, faults: faults.length > 0 ? faults : [{ code: "READING_EMPTY" }] };
}

function instantSaid(json: JsonObject): unknown {
  for (const key of INSTANT_KEYS) {
    const said = json[key];
    if (said !== undefined && said !== null) return said;
  }
  return undefined;
}

/** What one reading has so far. */
interface Found {
  readonly metrics: Map<string, MetricValue>;
  readonly faults: Fault[];
  readonly isDamaged: boolean;
  /** Names that came when it had as many metrics as it may. */
  readonly excess: string[];
}

/** Flattens nested objects to dotted names; the first of two equal names wins. */
function collect(json: JsonObject, prefix: string, depth: number, found: Found): void {
  const { metrics, faults } = found;
  for (const key in json) {
    if (prefix === "" && NO_METRICS.has(key)) continue;
    const value = json[key];
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (name.length > MAX_PATH_CHARS) {
      faults.push({ code: "METRIC_NAME_INVALID", metric: key.slice(0, 80) });
      continue;
    }
    if (isObject(value)) {
      if (depth >= MAX_DEPTH) faults.push({ code: "TOO_DEEP", metric: name.slice(0, 80) });
      else collect(value, name, depth + 1, found);
      continue;
    }
    if (value === null || metrics.has(name)) continue;
    const parsed = isMetricName(name)
      ? metricValueOf(name, value, found.isDamaged)
      : fault("METRIC_NAME_INVALID", undefined, name.slice(0, 80));
    if (!parsed.ok) faults.push(parsed.fault);
    else if (parsed.value === undefined) continue;
    else if (metrics.size < MAX_METRICS) metrics.set(name, parsed.value);
    else found.excess.push(name);
  }
}

const metricValueOf = (name: string, value: unknown, isDamaged: boolean): Read =>
  isDamaged && typeof value === "string" && value.includes(REPLACED)
    ? fault("PAYLOAD_NOT_UTF8", undefined, name)
    : jsonValue(name, value);

function readMetric(deviceId: DeviceId, metric: string, { text, isDamaged }: PayloadText): ParsedMessage {
  if (isDamaged) return refused(deviceId, fault("PAYLOAD_NOT_UTF8", undefined, metric));
  if (/^\s*[{[]/.test(text)) {
    return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", `send JSON to devices/${deviceId}/telemetry`, metric));
  }
  const value = plainValue(metric, text);
  if (!value.ok) return refused(deviceId, value);
  if (value.value === undefined) {
    return refused(
      deviceId,
      fault("READING_EMPTY", `${JSON.stringify(text.slice(0, 40))} means that there is no value`, metric),
    );
  }
  const reading = { said: undefined, metrics: new Map([[metric, value.value]]), element: 0 };
  return { kind: "telemetry", deviceId, readings: [reading], faults: [] };
}

function readStatus(deviceId: DeviceId, { text }: PayloadText): ParsedMessage {
  const status = text.trim();
  if (status !== "online" && status !== "offline") return refused(deviceId, fault("STATUS_INVALID"));
  return { kind: "status", deviceId, online: status === "online" };
}

function readAttributes(deviceId: DeviceId, payload: PayloadText): ParsedMessage {
  const json = parseJson(payload);
  if (!json.ok) return refused(deviceId, json);
  if (!isObject(json.value)) return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", "attributes are a JSON object"));
  if (isLonger(payload.text, MAX_ATTRIBUTES_BYTES)) return refused(deviceId, fault("ATTRIBUTES_TOO_LARGE"));
  const { isDamaged } = payload;
  const nameOf = (key: string): string | undefined => (isMetricName(key) ? key : undefined);
  return { kind: "attributes", deviceId, ...attributePatch(json.value, { isDamaged, nameOf }) };
}

const refused = (deviceId: DeviceId, failure: { fault: Fault }): ParsedMessage => ({
  kind: "refused",
  deviceId,
  fault: failure.fault,
});
