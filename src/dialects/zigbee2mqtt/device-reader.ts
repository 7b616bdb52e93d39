/** Reads what a bridge publishes of one of its devices or groups: state, availability, actions, single attributes. */
import { toEpochMs } from "../../contract/epoch.ts";
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";
import type { DialectMessage, TopicReader } from "../../core/dialects/dialect.ts";
import type { AttributesPart, ParsedMessage, Part } from "../../core/dialects/parsed-message.ts";
import { type Fault, fault } from "../../core/model/result.ts";
import { shortText } from "../../core/model/short-text.ts";
import { flattenMetrics, readingsOf } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { isObject, type JsonObject, jsonObjectOf, plainTextOf } from "../payload/payload-text.ts";
import { type DeviceMemory, isCopyOfAction, isFromCache, isUncached, noteAction, takeNews } from "./device-memory.ts";
import type { Entity } from "./entity.ts";
import { exposedValue } from "./exposed-value.ts";

/** The device that a message is about, as it is known when the message comes. */
export interface Subject {
  readonly deviceId: DeviceId;
  readonly entity: Entity | undefined;
  readonly memory: DeviceMemory;
}

export const NOTHING: ParsedMessage = { kind: "parts", parts: [] };
export const readNothing: TopicReader = () => NOTHING;
export const partsOf = (...parts: readonly Part[]): ParsedMessage => ({ kind: "parts", parts });

/** A device whose values do not change still gives a sign of life so often. */
const HEARD_EACH_MS = 30_000;
/** About the message, or of the bridge's own business. `device`: what `include_device_information` adds. */
const NO_METRICS: ReadonlySet<string> = new Set(["last_seen", "device", "update", "update_available", "elapsed"]);

/** `zigbee2mqtt/<name>`: JSON with all that is known of the device. */
export function readState({ deviceId, entity, memory }: Subject, message: DialectMessage): ParsedMessage {
  const { payload, receivedAtMs, dup } = message;
  if (payload.length === 0) return NOTHING; // a rename or a removal clears it
  const json = jsonObjectOf(payload);
  if (!json.ok) return refused(deviceId, json.fault);
  const lastSeen = json.value["last_seen"];
  const lastSeenMs = toEpochMs(lastSeen);
  const isCached = isFromCache(memory, lastSeenMs, receivedAtMs) && dup !== true;
  const { metrics, faults } = flattenMetrics(json.value, {
    skip: (path) => NO_METRICS.has(path),
    read: (name, value) => exposedValue(name, value, entity?.metrics.get(name)),
  });
  const { action } = json.value;
  if (typeof action === "string" && action !== "") noteAction(memory, action, receivedAtMs);
  const news = [...metrics].filter(([name, value]) =>
    isCached ? isUncached(name) : takeNews(memory, name, value, receivedAtMs) || dup === true,
  );
  const parts = readingParts({ deviceId, memory, isCached }, new Map(news), faults, {
    receivedAtMs,
    said: lastSeenMs === undefined ? undefined : lastSeen,
  });
  const attributes = isCached ? undefined : attributesPart({ deviceId, entity, memory }, json.value["update"]);
  return { kind: "parts", parts: attributes === undefined ? parts : [...parts, attributes] };
}

function readingParts(
  { deviceId, memory, isCached = false }: Omit<Subject, "entity"> & { readonly isCached?: boolean },
  metrics: ReadonlyMap<string, MetricValue>,
  faults: readonly Fault[],
  { receivedAtMs, said }: { readonly receivedAtMs: number; readonly said?: unknown },
): Part[] {
  const parts: Part[] = [];
  if (metrics.size > 0 || faults.length > 0) {
    parts.push({ kind: "telemetry", deviceId, readings: readingsOf(metrics, said), faults });
  }
  const isSilent = Math.abs(receivedAtMs - memory.heardAtMs) >= HEARD_EACH_MS;
  if (metrics.size > 0) memory.heardAtMs = receivedAtMs;
  else if (isSilent && !isCached && !memory.isOffline) {
    memory.heardAtMs = receivedAtMs;
    parts.push({ kind: "heard", deviceId });
  }
  return parts;
}

/** What does not change from report to report; undefined: it was answered before. */
function attributesPart({ deviceId, entity, memory }: Subject, update: unknown): AttributesPart | undefined {
  const patch = new Map<string, AttributeValue | null>();
  const described: [string, string | undefined][] = [
    ["model", entity?.model],
    ["vendor", entity?.vendor],
    ["description", entity?.description],
    ["powerSource", entity?.powerSource],
    ["firmware", entity?.firmware],
  ];
  const known = described.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const attributes = JSON.stringify(known);
  if (attributes !== memory.attributes) for (const [key, value] of known) patch.set(key, value);
  memory.attributes = attributes;
  const versions = isObject(update) ? versionsOf(update) : undefined;
  const updateJson = JSON.stringify(versions) ?? memory.update;
  if (versions !== undefined && updateJson !== memory.update) patch.set("update", versions);
  memory.update = updateJson;
  return patch.size === 0 ? undefined : { kind: "attributes", deviceId, patch, faults: [] };
}

/** Without the progress of an update, which changes each second. */
function versionsOf(update: JsonObject): { [key: string]: AttributeValue } {
  const versions: { [key: string]: AttributeValue } = {};
  for (const key of ["state", "installed_version", "latest_version"]) {
    const value = update[key];
    if (typeof value === "number" && Number.isFinite(value)) versions[key] = value;
    else if (typeof value === "string") versions[key] = shortText(value, 64);
  }
  return versions;
}

/** `zigbee2mqtt/<name>/action`: a copy of the action in the JSON, or the only one (`output: attribute`). */
export function readAction({ deviceId, entity, memory }: Subject, message: DialectMessage): ParsedMessage {
  const { payload, receivedAtMs, dup } = message;
  const action = plainTextOf(payload);
  if (action === "" || (isCopyOfAction(memory, action, receivedAtMs) && dup !== true)) return NOTHING;
  const read = exposedValue("action", action, entity?.metrics.get("action"));
  if (!read.ok) return refused(deviceId, read.fault);
  if (read.value === undefined) return NOTHING;
  return { kind: "parts", parts: readingParts({ deviceId, memory }, new Map([["action", read.value]]), [], message) };
}

/** `zigbee2mqtt/<name>/<property>` (`output: attribute`): `color-x` for a part of a composite. What no definition names is not read. */
export function readAttribute(property: string, subject: Subject, message: DialectMessage): ParsedMessage {
  const { deviceId, entity, memory } = subject;
  const found = [property, property.replaceAll("-", ".")]
    .map((path) => metricNameOf(path))
    .find((name) => entity?.metrics.has(name) === true);
  if (found === undefined || message.payload.length === 0) return NOTHING;
  const read = exposedValue(found, plainTextOf(message.payload), entity?.metrics.get(found));
  if (!read.ok) return refused(deviceId, read.fault);
  const { value } = read;
  if (value === undefined) return NOTHING;
  const isNews = takeNews(memory, found, value, message.receivedAtMs) || message.dup === true;
  const metrics = new Map(isNews ? [[found, value] as const] : []);
  return { kind: "parts", parts: readingParts({ deviceId, memory }, metrics, [], message) };
}

/** `zigbee2mqtt/<name>/availability`. */
export function readAvailability({ deviceId, memory }: Subject, message: DialectMessage): ParsedMessage {
  const { payload, receivedAtMs } = message;
  if (payload.length === 0) return NOTHING; // a rename or a removal clears it
  const online = onlineOf(payload);
  if (online === undefined) return refused(deviceId, { code: "STATUS_INVALID" });
  memory.isOffline = !online;
  if (online) memory.heardAtMs = receivedAtMs;
  return partsOf({ kind: "status", deviceId, online });
}

/** `online`, or since version 2 `{"state":"online"}`; undefined: neither. */
export function onlineOf(payload: Uint8Array): boolean | undefined {
  const text = plainTextOf(payload);
  const json = text.startsWith("{") ? jsonObjectOf(payload) : undefined;
  const state = json === undefined ? text : json.ok ? json.value["state"] : undefined;
  return state === "online" ? true : state === "offline" ? false : undefined;
}

export const refused = (deviceId: DeviceId | undefined, found: Fault): ParsedMessage =>
  partsOf({ kind: "refused", deviceId, fault: found });

export const refusedAs = (...of: Parameters<typeof fault>): ParsedMessage => refused(undefined, fault(...of).fault);
