/** The native dialect: messages of `devices/<deviceId>/…` → readings, status, attributes. */
import type { AttributeValue, DeviceId, MetricValue } from "../contract/readings.ts";
import type { RefusalCode } from "../contract/refusals.ts";
import type { ParsedMessage, ParsedReading } from "../core/ingest/parsed-message.ts";
import { isMetricName, NO_METRICS } from "../core/model/device-id.ts";
import { MAX_METRICS } from "../core/model/metric-list.ts";
import { isLonger, jsonValue, plainValue, type Read } from "../core/model/metric-value.ts";
import { type Fault, fault, ok, type Result } from "../core/model/result.ts";
import { createFlatReader } from "./flat-reading.ts";
import { jsonFaultAt } from "./json-fault.ts";
import { addressOf, type Channel } from "./native-topic.ts";

const MAX_READINGS = 1_000;
const MAX_DEPTH = 8;
const MAX_ATTRIBUTE_KEYS = 64;
const MAX_ATTRIBUTES_BYTES = 16 * 1024;
/** Faults that one message may list; more are only counted by their message. */
const MAX_FAULTS = 20;

/** The instant of a reading is the first present of these, in this order. */
const INSTANT_KEYS = ["timestamp", "ts", "time"] as const;

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Writes U+FFFD for each byte that is not UTF-8, so that the rest can be read. */
const lenientUtf8 = new TextDecoder("utf-8");
const REPLACED = "\uFFFD";

const NONE: readonly Fault[] = [];
const ELSEWHERE: ParsedMessage = { kind: "elsewhere" };
const readFlat = createFlatReader();

type JsonObject = { readonly [key: string]: unknown };

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

/** Boards send the NUL that ends a C string, and the line end that `println` adds. */
function withoutEnd(payload: Uint8Array): Uint8Array {
  let end = payload.length;
  while (end > 0 && isEndOfLine(payload[end - 1])) end--;
  return end === payload.length ? payload : payload.subarray(0, end);
}

const isEndOfLine = (code: number | undefined): boolean => code === 0 || code === 10 || code === 13;

/** A payload as text. */
interface Payload {
  readonly text: string;
  /** Some bytes were not UTF-8; they became U+FFFD. */
  readonly isDamaged: boolean;
}

function decode(bytes: Uint8Array): Payload {
  try {
    return { text: utf8.decode(bytes), isDamaged: false };
  } catch {
    return { text: lenientUtf8.decode(bytes), isDamaged: true };
  }
}

function readChannel(
  channel: Exclude<Channel, "commands">,
  deviceId: DeviceId,
  metric: string,
  payload: Payload,
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

function readTelemetry(deviceId: DeviceId, payload: Payload): ParsedMessage {
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

const tooManyReadings = (came: number, leftOut: number): Fault => ({
  code: "TOO_MANY_READINGS",
  detail: `${came} came, and the last ${leftOut === 1 ? "one is" : `${leftOut} are`} left out`,
});

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

/** Names that a person can look for; the rest are counted. */
const NAMES_SHOWN = 10;

function tooManyNames(code: RefusalCode, excess: readonly string[], most: number): Fault {
  const names = excess.slice(0, NAMES_SHOWN).map((name) => name.slice(0, 80));
  const more = excess.length > NAMES_SHOWN ? ` and ${excess.length - NAMES_SHOWN} more` : "";
  return { code, detail: `${most + excess.length} came; left out: ${names.join(", ")}${more}` };
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

function readMetric(deviceId: DeviceId, metric: string, { text, isDamaged }: Payload): ParsedMessage {
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

function readStatus(deviceId: DeviceId, { text }: Payload): ParsedMessage {
  const status = text.trim();
  if (status !== "online" && status !== "offline") return refused(deviceId, fault("STATUS_INVALID"));
  return { kind: "status", deviceId, online: status === "online" };
}

function readAttributes(deviceId: DeviceId, payload: Payload): ParsedMessage {
  const json = parseJson(payload);
  if (!json.ok) return refused(deviceId, json);
  if (!isObject(json.value)) return refused(deviceId, fault("PAYLOAD_WRONG_SHAPE", "attributes are a JSON object"));
  if (isLonger(payload.text, MAX_ATTRIBUTES_BYTES)) return refused(deviceId, fault("ATTRIBUTES_TOO_LARGE"));
  const patch = new Map<string, AttributeValue | null>();
  const faults: Fault[] = [];
  const excess: string[] = [];
  for (const [key, value] of Object.entries(json.value)) {
    const wrong = isMetricName(key) ? attributeFault(value, MAX_DEPTH - 1, payload.isDamaged) : "METRIC_NAME_INVALID";
    if (wrong !== undefined) faults.push({ code: wrong, metric: key.slice(0, 80) });
    else if (patch.size === MAX_ATTRIBUTE_KEYS) excess.push(key);
    else patch.set(key, value as AttributeValue | null); // JSON.parse makes nothing else
  }
  if (excess.length > 0) faults.unshift(tooManyNames("ATTRIBUTES_TOO_LARGE", excess, MAX_ATTRIBUTE_KEYS));
  return { kind: "attributes", deviceId, patch, faults: faults.slice(0, MAX_FAULTS) };
}

/** JSON can hold numbers that are too large for a double (1e400), and could not be written as JSON again. */
function attributeFault(value: unknown, levels: number, isDamaged: boolean): RefusalCode | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "METRIC_VALUE_INVALID";
  if (typeof value === "string" && isDamaged && value.includes(REPLACED)) return "PAYLOAD_NOT_UTF8";
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return "TOO_DEEP";
  for (const [key, inner] of Object.entries(value)) {
    const wrong = attributeFault(key, 1, isDamaged) ?? attributeFault(inner, levels - 1, isDamaged);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function parseJson({ text, isDamaged }: Payload): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    if (isDamaged) return fault("PAYLOAD_NOT_UTF8");
    const at = jsonFaultAt(text);
    const detail = at === text.length ? "it ends too early" : `at character ${at + 1}`;
    const location = { before: text.slice(Math.max(0, at - SHOWN_BEFORE), at), from: text.slice(at, at + SHOWN_FROM) };
    return { ok: false, fault: { code: "PAYLOAD_NOT_JSON", detail, location } };
  }
}

/** As much as one sees at a glance. */
const SHOWN_BEFORE = 60;
const SHOWN_FROM = 20;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refused = (deviceId: DeviceId, failure: { fault: Fault }): ParsedMessage => ({
  kind: "refused",
  deviceId,
  fault: failure.fault,
});
