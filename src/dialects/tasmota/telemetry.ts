/** Makes readings of Tasmota's JSON: SENSOR, STATE and the answers to Status 8, 10 and 11. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { ParsedReading, TelemetryPart } from "../../core/dialects/parsed-message.ts";
import { jsonValue, type Read } from "../../core/model/metric-value.ts";
import { fault, ok } from "../../core/model/result.ts";
import { instantIfSet } from "../payload/device-clock.ts";
import { type FoundMetrics, flattenMetrics, readingsOf } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { isEvent } from "./metric-info.ts";
import { IS_POWER } from "./tasmota-topic.ts";

/** What a board says for off and on. */
export type StateWords = readonly [off: string, on: string];

/** Neither metrics nor attributes. */
const NOT_READ: ReadonlySet<string> = new Set(["Time", "Epoch", "TempUnit", "PressureUnit", "SpeedUnit", "Uptime"]);
const NOT_READ_WITHIN = /(^|\.)(TotalStartTime|Downtime|RawData|IRHVAC)$/;
/** Numbers and commas that are no number. */
const IS_COLOR = /^(Color|HSBColor)\d*$/;
const IS_SWITCH = /^(POWER|Switch)\d*$/;

/** `skip`: what else is no metric. */
export function metricsOf(
  json: JsonObject,
  words: StateWords,
  skip: (path: string, value: unknown) => boolean = () => false,
): FoundMetrics {
  return flattenMetrics(json, {
    skip: (path, value) => NOT_READ.has(path) || NOT_READ_WITHIN.test(path) || skip(path, value),
    read: (name, value) => readValue(name, value, words),
  });
}

export function readValue(name: string, value: unknown, [off, on]: StateWords): Read {
  if (typeof value !== "string") return jsonValue(name, value);
  if (IS_COLOR.test(name) || isEvent(name)) return value.length > 0 ? textOnly(name, value) : ok(undefined);
  if (IS_SWITCH.test(name)) {
    if (value === on) return ok(true);
    if (value === off) return ok(false);
  }
  const read = jsonValue(name, value);
  if (!IS_POWER.test(name) || !read.ok || typeof read.value === "boolean") return read;
  return fault("METRIC_WRONG_TYPE", `${name} is ${on} or ${off}, not ${JSON.stringify(value.slice(0, 40))}`, name);
}

/** A text whatever it looks like, such as the code of a remote control. */
function textOnly(name: string, value: string): Read {
  return value.length <= MAX_CODE_CHARS && !/\p{Cc}/u.test(value)
    ? ok(value)
    : fault("METRIC_TEXT_TOO_LONG", undefined, name);
}

const MAX_CODE_CHARS = 80;

/** Local time without a zone is no instant. `Epoch` comes with `Time 2`, a zone with SetOption52. */
export const instantOf = (json: JsonObject): unknown => instantIfSet(json["Epoch"] ?? json["Time"]);

/**
 * Events have the time of receipt: the board's is in whole seconds, and a button that is pressed twice in one of them was pressed
 * twice. Undefined: there is nothing to tell.
 */
export function telemetryOf(
  deviceId: DeviceId,
  metrics: ReadonlyMap<string, MetricValue>,
  faults: FoundMetrics["faults"],
  said?: unknown,
): TelemetryPart | undefined {
  const events = new Map([...metrics].filter(([name]) => isEvent(name)));
  const lasting = events.size === 0 ? metrics : new Map([...metrics].filter(([name]) => !events.has(name)));
  const readings: ParsedReading[] = [...readingsOf(lasting, said), ...readingsOf(events)];
  if (readings.length === 0 && faults.length === 0) return undefined;
  return { kind: "telemetry", deviceId, readings: readings.map((each, element) => ({ ...each, element })), faults };
}

/** `DS18B20.Id`: what a board says of its sensors, and does not change. */
export function sensorIds(json: JsonObject): [string, unknown][] {
  return Object.keys(json).flatMap((key): [string, unknown][] => {
    const sensor = json[key];
    return isObject(sensor) && typeof sensor["Id"] === "string" ? [[metricNameOf(`${key}.Id`), sensor["Id"]]] : [];
  });
}

/** Sensors that are read by holding a tag or a card to them: of these only its number is kept. */
export const isOfCard = (json: JsonObject, path: string): boolean => {
  const [sensor = "", field, ...more] = path.split(".");
  const value = json[sensor];
  return isObject(value) && "UID" in value && field !== undefined && (field !== "UID" || more.length > 0);
};

/** Of STATE: what is configuration. */
const CONFIGURATION: ReadonlySet<string> = new Set([
  "SleepMode",
  "Sleep",
  "Fade",
  "Speed",
  "LedTable",
  "Scheme",
  "Wifi.AP",
  "Wifi.SSId",
  "Wifi.SSID",
  "Wifi.BSSId",
  "Wifi.APMac",
  "Wifi.Channel",
  "Wifi.Mode",
]);

export const isConfiguration = (path: string): boolean => CONFIGURATION.has(path);

export function configurationOf(json: JsonObject): [string, unknown][] {
  const wifi = json["Wifi"];
  const within: [string, unknown][] = isObject(wifi)
    ? Object.entries(wifi).map(([key, value]) => [`Wifi.${key}`, value])
    : [];
  return [...Object.entries(json), ...within].filter(([path]) => isConfiguration(path));
}
