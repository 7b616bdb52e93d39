/** Knows each Homie device: where it publishes, and what it said of itself and its properties. */
import type { MetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { deviceIdOf, metricNameOf } from "../payload/names.ts";
import { isObject } from "../payload/payload-text.ts";
import { type Description, descriptionOf, MAX_PROPERTIES } from "./description.ts";
import { domainOf } from "./homie-topic.ts";
import { infoOf, type Property } from "./property.ts";

/** Where it publishes. */
export interface Home {
  readonly base: string;
  readonly device: string;
}

export interface HomieBook {
  /** Undefined: no message said that a Homie device is there. */
  idAt(home: Home): DeviceId | undefined;
  /** The id that a device there has or would have. Devices of one name in two domains are two. */
  idFor(home: Home): DeviceId;
  homeOf(deviceId: DeviceId): Home | undefined;
  nameOf(deviceId: DeviceId): string | undefined;
  /** Of the property that a metric is. */
  propertyOf(deviceId: DeviceId, metric: string): Property | undefined;
  metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined;
  /** The device that it stands behind. */
  rootOf(deviceId: DeviceId): DeviceId | undefined;
  /** What was learned of it, to be forgotten. */
  keysOf(deviceId: DeviceId): readonly string[];
  /** As `Dialect.learn`. */
  learn(deviceId: DeviceId, key: string, data: string | undefined): boolean;
}

/** Keys of what is learned; any other is an attribute, `engine/temperature/$unit`. */
export const HOME_KEY = "homie";
export const DESCRIPTION_KEY = "$description";
export const TARGET = "target";

interface Known {
  home: Home | undefined;
  description: Description | undefined;
  /** Of versions 2 to 4, by topic below the device. */
  readonly attributes: Map<string, string>;
  /** By metric name; made when it is asked for. */
  metrics: ReadonlyMap<string, Described> | undefined;
}

interface Described {
  readonly property: Property;
  readonly label: string;
}

/** `$stats/uptime` and the like. [Homie 3, Device Statistics] */
const STATS: ReadonlyMap<string, MetricInfo> = new Map([
  ["stats.uptime", { label: "Uptime", kind: "number", unit: "s" }],
  ["stats.signal", { label: "Signal", kind: "number", unit: "%", range: [0, 100] }],
  ["stats.cputemp", { label: "CPU temperature", kind: "number", unit: "°C" }],
  ["stats.cpuload", { label: "CPU load", kind: "number", unit: "%", range: [0, 100] }],
  ["stats.battery", { label: "Battery", kind: "number", unit: "%", range: [0, 100] }],
  ["stats.freeheap", { label: "Free heap", kind: "number", unit: "B" }],
  ["stats.supply", { label: "Supply voltage", kind: "number", unit: "V" }],
]);

export const isStat = (metric: string): boolean => STATS.has(metric);
const LOG = /^log\.([a-z]+)$/;
/** Arrays of version 3 (`lights_0/intensity`) and ranges of version 2 (`led_3`) are described once for all. */
const INDEX = /_\d+(?=\.|$)/g;

export function createHomieBook(): HomieBook {
  const devices = new Map<DeviceId, Known>();
  const ids = new Map<string, DeviceId>();

  const idAt = ({ base, device }: Home): DeviceId | undefined => ids.get(`${base}/${device}`);

  function idFor(home: Home): DeviceId {
    const known = idAt(home);
    if (known !== undefined) return known;
    const plain = deviceIdOf("homie", home.device);
    const holder = devices.get(plain)?.home;
    const isFree = holder === undefined || domainOf(holder.base) === domainOf(home.base);
    return isFree ? plain : deviceIdOf("homie", domainOf(home.base), home.device);
  }

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const json = data === undefined ? undefined : jsonOf(data);
    if (data !== undefined && json === undefined) return false;
    const known: Known = devices.get(deviceId) ?? {
      home: undefined,
      description: undefined,
      attributes: new Map(),
      metrics: undefined,
    };
    devices.set(deviceId, known);
    known.metrics = undefined;
    const isOther = key === HOME_KEY && setHome(deviceId, known, json);
    if (key === DESCRIPTION_KEY) known.description = isObject(json) ? descriptionOf(json) : undefined;
    else if (typeof json === "string") known.attributes.set(key, json);
    else known.attributes.delete(key);
    if (known.home === undefined && known.description === undefined && known.attributes.size === 0) {
      devices.delete(deviceId);
    }
    return isOther;
  }

  /** Answers whether topics are read otherwise now. */
  function setHome(deviceId: DeviceId, known: Known, json: unknown): boolean {
    const former = known.home;
    if (former !== undefined) ids.delete(`${former.base}/${former.device}`);
    known.home = homeIn(json);
    if (known.home !== undefined) ids.set(`${known.home.base}/${known.home.device}`, deviceId);
    return former?.base !== known.home?.base || former?.device !== known.home?.device;
  }

  function described(deviceId: DeviceId, metric: string): Described | undefined {
    const known = devices.get(deviceId);
    if (known === undefined) return undefined;
    known.metrics ??= describedMetrics(known);
    return known.metrics.get(metric) ?? known.metrics.get(metric.replace(INDEX, ""));
  }

  function metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined {
    const found = described(deviceId, metric);
    if (found !== undefined) return infoOf(found.property, found.label);
    const level = LOG.exec(metric)?.[1];
    if (level !== undefined) return { label: `Log: ${level}`, kind: "event", unit: "" };
    const ofTarget = metric.endsWith(`.${TARGET}`)
      ? described(deviceId, metric.slice(0, -TARGET.length - 1))
      : undefined;
    if (ofTarget !== undefined) return infoOf(ofTarget.property, `${ofTarget.label} (target)`);
    return STATS.get(metric);
  }

  function rootOf(deviceId: DeviceId): DeviceId | undefined {
    const known = devices.get(deviceId);
    const root = known?.description?.root;
    return root === undefined || known?.home === undefined ? undefined : idAt({ base: known.home.base, device: root });
  }

  return {
    idAt,
    idFor,
    homeOf: (deviceId) => devices.get(deviceId)?.home,
    nameOf: (deviceId) => devices.get(deviceId)?.description?.name ?? devices.get(deviceId)?.attributes.get("$name"),
    propertyOf: (deviceId, metric) => described(deviceId, metric)?.property,
    metricInfo,
    rootOf,
    keysOf: (deviceId) => {
      const known = devices.get(deviceId);
      if (known === undefined) return [];
      return [
        ...(known.home === undefined ? [] : [HOME_KEY]),
        ...(known.description === undefined ? [] : [DESCRIPTION_KEY]),
        ...known.attributes.keys(),
      ];
    },
    learn,
  };
}

function homeIn(json: unknown): Home | undefined {
  if (!isObject(json)) return undefined;
  const { base, device } = json;
  return typeof base === "string" && typeof device === "string" ? { base, device } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A label is the property's name, with its node's where two properties have the same. */
function describedMetrics(known: Known): ReadonlyMap<string, Described> {
  const properties = new Map<string, Property>([
    ...propertiesOf(known.attributes),
    ...(known.description?.properties ?? []),
  ]);
  const labels = new Map<string, number>();
  const labelOf = (path: string, { name }: Property): string => name ?? path.slice(path.indexOf("/") + 1);
  for (const [path, property] of properties) {
    const label = labelOf(path, property);
    labels.set(label, (labels.get(label) ?? 0) + 1);
  }
  const metrics = new Map<string, Described>();
  for (const [path, property] of properties) {
    const [node = ""] = path.split("/");
    const nodeName = known.description?.nodes.get(node) ?? known.attributes.get(`${node}/$name`) ?? node;
    const plain = labelOf(path, property);
    const label = labels.get(plain) === 1 ? plain : `${nodeName}: ${plain}`;
    metrics.set(metricNameOf(path), { property, label });
  }
  return metrics;
}

/** Of versions 2 to 4, each attribute of which came by itself. */
function propertiesOf(attributes: ReadonlyMap<string, string>): ReadonlyMap<string, Property> {
  const properties = new Map<string, Property>();
  const change = (path: string, patch: Property): void => {
    const former = properties.get(path);
    if (former !== undefined || properties.size < MAX_PROPERTIES) properties.set(path, { ...former, ...patch });
  };
  for (const [topic, value] of attributes) {
    const [node = "", property = "", attribute] = topic.split("/");
    if (attribute !== undefined) change(`${node}/${property}`, patchOf(attribute, value));
    else if (property === "$properties")
      for (const each of settableIn(value)) change(`${node}/${each}`, { settable: true });
  }
  return properties;
}

/** Version 2 has no `$settable`: `led[1-3]:settable,color`. */
const settableIn = (value: string): string[] =>
  value
    .split(",")
    .filter((each) => each.trim().endsWith(":settable"))
    .map((each) => each.trim().replace(/(\[.*)?:settable$/, ""));

function patchOf(attribute: string, value: string): Property {
  switch (attribute) {
    case "$name":
      return { name: value };
    case "$unit":
      return { unit: value };
    case "$datatype":
      return { datatype: value };
    case "$format":
      return { format: value };
    case "$settable":
      return { settable: value === "true" };
    case "$retained":
      return { retained: value !== "false" };
    default:
      return {};
  }
}
