/** Makes readings of a message by a mapping of its owner. Pure: what it needs of the mapping is prepared once. */
import type { MappingFields } from "../../contract/mappings.ts";
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import type { Part } from "../../core/dialects/parsed-message.ts";
import { valueAt } from "../../core/mappings/json-path.ts";
import {
  type Captured,
  literalDevice,
  literalMetric,
  parsePattern,
  type TopicPattern,
} from "../../core/mappings/topic-pattern.ts";
import { NO_METRICS } from "../../core/model/device-id.ts";
import { jsonValue, plainValue, type Read } from "../../core/model/metric-value.ts";
import { fault, ok, type Result } from "../../core/model/result.ts";
import { type FoundMetrics, flattenMetrics, readingsOf } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { decode, isObject, parseJson, plainTextOf, withoutEnd } from "../payload/payload-text.ts";
import { mappedDeviceId } from "./mapped-device-id.ts";

export interface PreparedMapping {
  readonly fields: MappingFields;
  readonly pattern: TopicPattern;
  /** By the names that metrics have without it. */
  readonly rename: ReadonlyMap<string, string>;
  readonly only: ReadonlySet<string> | undefined;
  readonly scale: ReadonlyMap<string, { readonly factor: number; readonly offset: number }>;
  readonly units: ReadonlyMap<string, string>;
}

/** What the topic says, which is the same for each of its messages. */
export interface TopicNames {
  /** Undefined: the id is in the payload. */
  readonly device: MappedDevice | undefined;
  /** Empty: the payload has the names of its metrics. */
  readonly metric: string;
}

export interface MappedDevice {
  readonly deviceId: Result<DeviceId>;
  /** As it was written. */
  readonly original: string;
}

/** Undefined: such a mapping is not accepted any more. */
export function prepare(fields: MappingFields): PreparedMapping | undefined {
  const parsed = parsePattern(fields.topic);
  if (!parsed.ok) return undefined;
  const { rename = {}, only, scale = {}, units = {} } = fields;
  return {
    fields,
    pattern: parsed.value,
    rename: new Map(Object.entries(rename).map(([path, name]) => [metricNameOf(path), name])),
    only: only && new Set(only),
    scale: new Map(Object.entries(scale)),
    units: new Map(Object.entries(units)),
  };
}

export function namesIn({ fields, pattern }: PreparedMapping, captured: Captured): TopicNames {
  const isInTopic = fields.payload === "value";
  const levels = captured.device.length > 0 ? captured.device : literalDevice(pattern, isInTopic);
  const metric = captured.metric.join("/");
  return {
    device: fields.device === undefined ? deviceOf(levels) : undefined,
    metric: metric !== "" || !isInTopic ? metric : literalMetric(pattern),
  };
}

const deviceOf = (levels: readonly string[]): MappedDevice => ({
  deviceId: mappedDeviceId(levels),
  original: levels.join("/"),
});

/** What a message becomes; `device` undefined: it names none. */
export interface Mapped {
  readonly device: MappedDevice | undefined;
  readonly parts: readonly Part[];
}

export function readMapped(prepared: PreparedMapping, names: TopicNames, payload: Uint8Array): Mapped {
  const { device } = names;
  if (withoutEnd(payload).length === 0) return { device, parts: [] };
  return prepared.fields.payload === "value" ? readValue(prepared, names, payload) : readJson(prepared, names, payload);
}

const refuse = (device: MappedDevice | undefined, failed: Extract<Result<unknown>, { ok: false }>): Mapped => {
  const deviceId = device?.deviceId.ok === true ? device.deviceId.value : undefined;
  return { device: undefined, parts: [{ kind: "refused", deviceId, fault: failed.fault }] };
};

/** Braces and brackets begin JSON; a longer text is no value. */
const MAX_VALUE_BYTES = 1_024;

function readValue(prepared: PreparedMapping, { device, metric: original }: TopicNames, payload: Uint8Array): Mapped {
  const plain = metricNameOf(original);
  const metric = prepared.rename.get(plain) ?? plain;
  if (!isWanted(prepared, metric) || isAboutReading(prepared, original)) return { device, parts: [] };
  const text = payload.length > MAX_VALUE_BYTES ? undefined : plainTextOf(payload);
  if (text === undefined || /^[{[<]/.test(text)) {
    return refuse(device, fault("PAYLOAD_WRONG_SHAPE", `the mapping ${prepared.fields.topic} reads one value`));
  }
  const read = scaled(prepared, metric, plainValue(metric, text));
  if (!read.ok) return refuse(device, read);
  const metrics = new Map<string, MetricValue>();
  if (read.value !== undefined) metrics.set(metric, read.value);
  return telemetry(device, { metrics, faults: [] }, undefined);
}

function readJson(prepared: PreparedMapping, names: TopicNames, payload: Uint8Array): Mapped {
  const { device: devicePath, time, values: valuesPath } = prepared.fields;
  const json = parseJson(decode(withoutEnd(payload)));
  if (!json.ok) return refuse(names.device, json);
  const device = names.device ?? deviceAt(json.value, devicePath ?? "");
  if (device === undefined) {
    return refuse(undefined, fault("PAYLOAD_WRONG_SHAPE", `there is no id of a device at ${devicePath}`));
  }
  const values = valuesPath === undefined ? json.value : valueAt(json.value, valuesPath);
  if (values === undefined) return refuse(device, fault("PAYLOAD_WRONG_SHAPE", `there is nothing at ${valuesPath}`));
  if (Array.isArray(values) && values.some(isObject)) {
    return refuse(device, fault("PAYLOAD_WRONG_SHAPE", "a list of objects is no reading"));
  }
  const name = names.metric === "" ? undefined : names.metric;
  const found = isObject(values)
    ? flattenMetrics(values, {
        ...readingBy(prepared),
        ...skippingBy(prepared, name),
        ...(name !== undefined && { prefix: name }),
      })
    : flattenMetrics({ [name ?? lastOf(valuesPath)]: values }, readingBy(prepared));
  const said = time === undefined ? undefined : valueAt(json.value, time);
  return telemetry(device, renamed(prepared, found), said ?? undefined);
}

const lastOf = (path = "value"): string => path.slice(path.lastIndexOf(".") + 1);

function deviceAt(json: unknown, path: string): MappedDevice | undefined {
  const id = valueAt(json, path);
  if (typeof id === "string" && id !== "") return deviceOf([id]);
  return Number.isSafeInteger(id) ? deviceOf([String(id)]) : undefined;
}

const isWanted = ({ only }: PreparedMapping, metric: string): boolean => only === undefined || only.has(metric);

/** An instant, or the like, that the owner does not call by another name. */
const isAboutReading = ({ rename }: PreparedMapping, name: string): boolean =>
  NO_METRICS.has(name) && !rename.has(metricNameOf(name));

/** With each value read as that of the metric that it will be. */
function readingBy(prepared: PreparedMapping) {
  return {
    read: (plain: string, value: unknown): Read => {
      const metric = prepared.rename.get(plain) ?? plain;
      if (!isWanted(prepared, metric)) return ok(undefined);
      // Where the owner named a unit, or calculates with it, it is a number.
      const isNumeric = prepared.scale.has(metric) || prepared.units.has(metric);
      const read = isNumeric && typeof value === "string" ? plainValue(metric, value) : jsonValue(metric, value);
      return scaled(prepared, metric, read);
    },
  };
}

/** Instant and id are about the reading, and not in it. */
function skippingBy(prepared: PreparedMapping, prefix: string | undefined) {
  const { device, time, values } = prepared.fields;
  const below = values === undefined ? "" : `${values}.`;
  const skipped = new Set(
    [device, time].flatMap((path) => {
      if (path === undefined || !path.startsWith(below)) return [];
      const rest = path.slice(below.length);
      return [prefix === undefined ? rest : `${prefix}.${rest}`];
    }),
  );
  const nameFrom = prefix === undefined ? 0 : prefix.length + 1;
  return {
    skip: (path: string, value: unknown): boolean =>
      skipped.has(path) || (!isObject(value) && isAboutReading(prepared, path.slice(nameFrom))),
  };
}

function scaled({ scale }: PreparedMapping, metric: string, read: Read): Read {
  const by = scale.get(metric);
  if (by === undefined || !read.ok || typeof read.value !== "number") return read;
  // 0.1 × 3 is 0.30000000000000004 in binary.
  const value = Number((read.value * by.factor + by.offset).toPrecision(DIGITS));
  return Number.isFinite(value) ? ok(value) : fault("METRIC_VALUE_INVALID", "the scaled number is not finite", metric);
}

/** A double holds three more. */
const DIGITS = 12;

/** Of equal names the first counts. */
function renamed({ rename }: PreparedMapping, { metrics, faults }: FoundMetrics): FoundMetrics {
  if (rename.size === 0) return { metrics, faults };
  const others = new Map<string, MetricValue>();
  for (const [plain, value] of metrics) {
    const name = rename.get(plain) ?? plain;
    if (!others.has(name)) others.set(name, value);
  }
  return { metrics: others, faults };
}

function telemetry(device: MappedDevice | undefined, { metrics, faults }: FoundMetrics, said: unknown): Mapped {
  if (device === undefined) return { device, parts: [] };
  const { deviceId } = device;
  if (!deviceId.ok) return refuse(device, deviceId);
  const readings = readingsOf(metrics, said);
  if (readings.length > 0)
    return { device, parts: [{ kind: "telemetry", deviceId: deviceId.value, readings, faults }] };
  const [first] = faults;
  return first === undefined ? { device, parts: [] } : refuse(device, { ok: false, fault: first });
}
