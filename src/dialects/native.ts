/** The hub's own dialect: `devices/<deviceId>/…` → readings, status, attributes. Judges shape; knows no device and no clock. */
import type { AttributeValue, DeviceId, MetricValue } from "../contract/readings.ts";
import { isMetricName, NO_METRICS, parseDeviceId } from "../core/device-id.ts";
import { isLonger, jsonValue, plainValue } from "../core/metric-value.ts";
import type { ParsedMessage, ParsedReading } from "../core/parsed-message.ts";
import { type Fault, fault, ok, type Result } from "../core/result.ts";
import { createFlatReader } from "./flat-reading.ts";
import { jsonFaultAt } from "./json-fault.ts";

const MAX_READINGS = 1_000;
const MAX_METRICS = 64;
const MAX_DEPTH = 8;
const MAX_ATTRIBUTE_KEYS = 64;
const MAX_ATTRIBUTES_BYTES = 16 * 1024;
/** Faults that one message may list; more are only counted by their message. */
const MAX_FAULTS = 20;

/** The instant of a reading is the first present of these, in this order. */
const INSTANT_KEYS = ["timestamp", "ts", "time"] as const;

const utf8 = new TextDecoder("utf-8", { fatal: true });

const NONE: readonly Fault[] = [];
const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const readFlat = createFlatReader();

type JsonObject = { readonly [key: string]: unknown };

/** What a topic says: which device, and what its payload is. */
type Address =
  | { readonly channel: Exclude<Channel, "commands">; readonly deviceId: DeviceId; readonly metric: string }
  | { readonly channel: "elsewhere" }
  | { readonly channel: "refused"; readonly deviceId: DeviceId | undefined; readonly fault: Fault };

type Channel = "telemetry" | "metric" | "status" | "attributes" | "commands";

/** Boards publish to the same few topics again and again. */
const addresses = new Map<string, Address>();
const MAX_ADDRESSES = 20_000;

/** Total: whatever the bytes, it answers and never throws. */
export function readNative(topic: string, payload: Uint8Array): ParsedMessage {
  const address = addressOf(topic);
  if (address.channel === "elsewhere") return ELSEWHERE;
  if (address.channel === "refused") return { kind: "refused", deviceId: address.deviceId, fault: address.fault };
  if (payload.length === 0) return { kind: "nothing" }; // clears a retained message [MQTT-3.3.1-10]
  const { channel, deviceId, metric } = address;
  const flat = channel === "telemetry" ? readFlat(payload) : undefined;
  if (flat !== undefined) return { kind: "telemetry", deviceId, readings: [flat], faults: NONE };
  const text = decode(payload);
  if (!text.ok) return refused(deviceId, text);
  return readChannel(channel, deviceId, metric, text.value);
}

function addressOf(topic: string): Address {
  const former = addresses.get(topic);
  if (former !== undefined) return former;
  const address = parseTopic(topic);
  if (address.channel === "elsewhere" || address.channel === "refused") return address;
  if (addresses.size >= MAX_ADDRESSES) addresses.clear();
  addresses.set(topic, address);
  return address;
}

function parseTopic(topic: string): Address {
  if (!topic.startsWith("devices/")) return { channel: "elsewhere" };
  const [, id = "", channelName, metric, ...rest] = topic.split("/", 6);
  const deviceId = parseDeviceId(id);
  if (!deviceId.ok) return { channel: "refused", deviceId: undefined, fault: deviceId.fault };
  const channel = channelOf(channelName, metric, rest.join("/"));
  if (channel === undefined) return { channel: "refused", deviceId: deviceId.value, fault: { code: "TOPIC_UNKNOWN" } };
  if (channel === "commands") return { channel: "elsewhere" };
  if (channel === "metric" && (!isMetricName(metric ?? "") || NO_METRICS.has(metric ?? ""))) {
    return { channel: "refused", deviceId: deviceId.value, fault: nameFault(metric ?? "") };
  }
  return { channel, deviceId: deviceId.value, metric: metric ?? "" };
}

function channelOf(channel: string | undefined, metric: string | undefined, rest: string): Channel | undefined {
  // `commands/<id>` and `commands/<id>/reply` are carried; what they mean comes later.
  if (channel === "commands" && metric !== undefined && (rest === "" || rest === "reply")) return "commands";
  if (rest !== "") return undefined;
  if (channel === "telemetry") return metric === undefined ? "telemetry" : "metric";
  if (metric !== undefined) return undefined;
  return channel === "status" || channel === "attributes" ? channel : undefined;
}

function readChannel(
  channel: Exclude<Channel, "commands">,
  deviceId: DeviceId,
  metric: string,
  text: string,
): ParsedMessage {
  switch (channel) {
    case "telemetry":
      return readTelemetry(deviceId, text);
    case "metric":
      return readMetric(deviceId, metric, text);
    case "status":
      return readStatus(deviceId, text);
    case "attributes":
      return readAttributes(deviceId, text);
  }
}

function readTelemetry(deviceId: DeviceId, text: string): ParsedMessage {
  const json = parseJson(text);
  if (!json.ok) return refused(deviceId, json);
  const list = Array.isArray(json.value) ? json.value : [json.value];
  if (list.length > MAX_READINGS) return refused(deviceId, fault("TOO_MANY_READINGS", `${list.length} came`));
  if (list.length === 0) return refused(deviceId, fault("READING_EMPTY", "the list is empty"));
  const readings: ParsedReading[] = [];
  const faults: Fault[] = [];
  for (let element = 0; element < list.length; element++) {
    const reading = readReading(list[element], element, faults);
    if (reading !== undefined) readings.push(reading);
  }
  return { kind: "telemetry", deviceId, readings, faults: faults.slice(0, MAX_FAULTS) };
}

/** One reading of the message; what is refused of it goes to `faults`. */
function readReading(json: unknown, element: number, faults: Fault[]): ParsedReading | undefined {
  if (!isObject(json)) {
    faults.push({ code: "READING_WRONG_SHAPE" });
    return undefined;
  }
  const metrics = new Map<string, MetricValue>();
  const before = faults.length;
  const tooMany =
    !collect(json, "", 1, metrics, faults) ||
    (isObject(json["values"]) && !collect(json["values"], "", 2, metrics, faults));
  if (tooMany) {
    faults.push({ code: "TOO_MANY_METRICS" });
    return undefined;
  }
  if (metrics.size === 0) {
    if (faults.length === before) faults.push({ code: "READING_EMPTY" });
    return undefined;
  }
  return { said: instantSaid(json), metrics, element };
}

function instantSaid(json: JsonObject): unknown {
  for (const key of INSTANT_KEYS) {
    const said = json[key];
    if (said !== undefined && said !== null) return said;
  }
  return undefined;
}

/** Flattens nested objects to dotted names; the first of two equal names wins. False: too many metrics. */
function collect(
  json: JsonObject,
  prefix: string,
  depth: number,
  metrics: Map<string, MetricValue>,
  faults: Fault[],
): boolean {
  for (const key in json) {
    if (prefix === "" && NO_METRICS.has(key)) continue;
    const value = json[key];
    if (value === null) continue;
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isObject(value)) {
      if (depth >= MAX_DEPTH) faults.push({ code: "TOO_DEEP", metric: name.slice(0, 80) });
      else if (!collect(value, name, depth + 1, metrics, faults)) return false;
      continue;
    }
    if (metrics.has(name)) continue;
    const parsed = isMetricName(name)
      ? jsonValue(name, value)
      : fault("METRIC_NAME_INVALID", undefined, name.slice(0, 80));
    if (!parsed.ok) faults.push(parsed.fault);
    else if (metrics.size === MAX_METRICS) return false;
    else metrics.set(name, parsed.value);
  }
  return true;
}

function readMetric(deviceId: DeviceId, metric: string, text: string): ParsedMessage {
  const plain = text.trim();
  if (/^[{[]/.test(plain)) {
    return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", `send JSON to devices/${deviceId}/telemetry`, metric));
  }
  const value = plainValue(metric, plain);
  if (!value.ok) return refused(deviceId, value);
  const reading = { said: undefined, metrics: new Map([[metric, value.value]]), element: 0 };
  return { kind: "telemetry", deviceId, readings: [reading], faults: [] };
}

function readStatus(deviceId: DeviceId, text: string): ParsedMessage {
  const status = text.trim();
  if (status !== "online" && status !== "offline") return refused(deviceId, fault("STATUS_INVALID"));
  return { kind: "status", deviceId, online: status === "online" };
}

function readAttributes(deviceId: DeviceId, text: string): ParsedMessage {
  const json = parseJson(text);
  if (!json.ok) return refused(deviceId, json);
  if (!isObject(json.value)) return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", "attributes are a JSON object"));
  const patch = new Map<string, AttributeValue | null>();
  for (const [key, value] of Object.entries(json.value)) {
    if (!isMetricName(key)) return refused(deviceId, { fault: nameFault(key) });
    patch.set(key, value as AttributeValue | null); // JSON.parse makes nothing else
  }
  if (patch.size > MAX_ATTRIBUTE_KEYS || isLonger(text, MAX_ATTRIBUTES_BYTES)) {
    return refused(deviceId, fault("ATTRIBUTES_TOO_LARGE"));
  }
  const problem = attributeFault(json.value, MAX_DEPTH);
  if (problem !== undefined) return refused(deviceId, fault(problem));
  return { kind: "attributes", deviceId, patch };
}

/** JSON can say numbers that no double is and no JSON can be written of again (1e400). */
function attributeFault(value: unknown, levels: number): "TOO_DEEP" | "METRIC_VALUE_INVALID" | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "METRIC_VALUE_INVALID";
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return "TOO_DEEP";
  for (const inner of Object.values(value)) {
    const problem = attributeFault(inner, levels - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function decode(payload: Uint8Array): Result<string> {
  try {
    return ok(utf8.decode(payload));
  } catch {
    return fault("PAYLOAD_NOT_UTF8");
  }
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    const at = jsonFaultAt(text);
    const detail = at === text.length ? "it ends too early" : `at character ${at + 1}`;
    const place = { before: text.slice(Math.max(0, at - PLACE_BEFORE), at), from: text.slice(at, at + PLACE_FROM) };
    return { ok: false, fault: { code: "PAYLOAD_NOT_JSON", detail, place } };
  }
}

const nameFault = (name: string): Fault => ({ code: "METRIC_NAME_INVALID", metric: name.slice(0, 80) });

/** As much as one sees at a glance. */
const PLACE_BEFORE = 60;
const PLACE_FROM = 20;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refused = (deviceId: DeviceId, failure: { fault: Fault }): ParsedMessage => ({
  kind: "refused",
  deviceId,
  fault: failure.fault,
});
