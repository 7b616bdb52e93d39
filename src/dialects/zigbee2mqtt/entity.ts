/** What a bridge says of one of its devices or groups, and the form in which the hub keeps it. */

import type { MetricKind } from "../../contract/metrics.ts";
import { MAX_ENTRY_CHARS } from "../../core/dialects/learned-limit.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import type { Exposed } from "./exposes.ts";

/** `bridge`: the coordinator. `named`: the device's address is not known. */
const KINDS = ["device", "group", "bridge", "named"] as const;

export interface Entity {
  readonly kind: (typeof KINDS)[number];
  /** The topic before its name. */
  readonly base: string;
  readonly name: string;
  /** It stands in the bridge's list, so that what does not stand there is none of its devices. */
  readonly isListed: boolean;
  /** It stood there before. Its name and metrics still describe what it sent. */
  readonly isGone: boolean;
  readonly model?: string;
  readonly vendor?: string;
  readonly description?: string;
  readonly powerSource?: string;
  readonly firmware?: string;
  readonly isMainsPowered?: boolean;
  readonly metrics: ReadonlyMap<string, Exposed>;
}

const TEXTS = ["model", "vendor", "description", "powerSource", "firmware"] as const;

export function entityJson({ kind, name, isListed, isGone, isMainsPowered, metrics, ...entity }: Entity): string {
  const texts = TEXTS.flatMap((key) => (entity[key] === undefined ? [] : [[key, entity[key]] as const]));
  const described = JSON.stringify({
    kind,
    name,
    ...(isListed && { listed: true }),
    ...(isGone && { gone: true }),
    ...Object.fromEntries(texts),
    ...(isMainsPowered === true && { mains: true }),
  });
  return metrics.size === 0 ? described : `${described.slice(0, -1)},"metrics":{${metricsJson(metrics)}}}`;
}

/** Written once: a list of devices has thousands of them. */
function metricsJson(metrics: ReadonlyMap<string, Exposed>): string {
  const written: string[] = [];
  let chars = 0;
  for (const [name, exposed] of metrics) {
    const json = `"${name}":${JSON.stringify(exposed)}`;
    chars += json.length + 1;
    if (chars > MAX_ENTRY_CHARS) break;
    written.push(json);
  }
  return written.join(",");
}

/** Undefined: it cannot be read. */
export function readEntity(base: string, data: string): Entity | undefined {
  const json = jsonOf(data);
  if (!isObject(json)) return undefined;
  const kind = KINDS.find((each) => each === json["kind"]);
  const { name } = json;
  if (kind === undefined || typeof name !== "string") return undefined;
  const texts = TEXTS.flatMap((key) => (typeof json[key] === "string" ? [[key, json[key]] as const] : []));
  return {
    kind,
    base,
    name,
    isListed: json["listed"] === true,
    isGone: json["gone"] === true,
    ...Object.fromEntries(texts),
    ...(json["mains"] === true && { isMainsPowered: true }),
    metrics: metricsOf(json["metrics"]),
  };
}

function metricsOf(json: unknown): ReadonlyMap<string, Exposed> {
  const metrics = new Map<string, Exposed>();
  if (!isObject(json)) return metrics;
  for (const [name, value] of Object.entries(json)) {
    const exposed = isObject(value) ? exposedOf(value) : undefined;
    if (exposed !== undefined) metrics.set(name, exposed);
  }
  return metrics;
}

const METRIC_KINDS: readonly MetricKind[] = ["number", "boolean", "text", "enum", "event"];

function exposedOf(json: JsonObject): Exposed | undefined {
  const kind = METRIC_KINDS.find((each) => each === json["kind"]);
  const { label } = json;
  if (kind === undefined || typeof label !== "string") return undefined;
  const { options } = json;
  return {
    kind,
    label,
    ...typed(json, "unit", isText),
    ...typed(json, "min", isNumber),
    ...typed(json, "max", isNumber),
    ...typed(json, "digits", isNumber),
    ...typed(json, "on", isTextOrBoolean),
    ...typed(json, "off", isTextOrBoolean),
    ...(Array.isArray(options) && options.every(isText) && { options }),
    ...(json["settable"] === true && { settable: true }),
    ...typed(json, "deviceClass", isText),
    ...typed(json, "stateClass", isText),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isTextOrBoolean = (value: unknown): value is string | boolean =>
  typeof value === "string" || typeof value === "boolean";

function typed<Key extends string, Value>(
  json: JsonObject,
  key: Key,
  is: (value: unknown) => value is Value,
): { [key in Key]?: Value } {
  const value = json[key];
  const found: { [key in Key]?: Value } = {};
  if (is(value)) found[key] = value;
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
