/** What Zigbee2MQTT says of a device's metrics (`definition.exposes`), in the hub's words. */
import type { MetricInfo, MetricKind } from "../../contract/metrics.ts";
import { isSecret } from "../payload/flat-metrics.ts";
import { metricNameOf } from "../payload/names.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { classesOf } from "./metric-classes.ts";

/** One metric, as it is kept. */
export interface Exposed {
  readonly kind: MetricKind;
  readonly label: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly digits?: number;
  /** Values of the device that mean true and false. */
  readonly on?: string | boolean;
  readonly off?: string | boolean;
  readonly options?: readonly string[];
  readonly settable?: boolean;
  readonly deviceClass?: string;
  readonly stateClass?: string;
}

const MAX_METRICS = 256;
const MAX_DEPTH = 4;
const MAX_OPTIONS = 64;
const MAX_CHARS = 64;
const MAX_DIGITS = 6;
/** Bits of `access`. */
const PUBLISHED = 1;
const SETTABLE = 2;

/** By metric name. Lists are left out, as is what is only set and never published. */
export function exposedMetrics(exposes: unknown): Map<string, Exposed> {
  const metrics = new Map<string, Exposed>();

  function collect(list: unknown, path: string, depth: number): void {
    if (!Array.isArray(list)) return;
    for (const expose of list) {
      if (!isObject(expose) || metrics.size >= MAX_METRICS) continue;
      const property = typeof expose["property"] === "string" ? expose["property"] : "";
      if (property.length > MAX_CHARS || isSecret(property)) continue;
      const inside = property === "" ? path : path === "" ? property : `${path}.${property}`;
      const { features } = expose;
      if (features !== undefined) {
        if (depth < MAX_DEPTH) collect(features, inside, depth + 1);
      } else if (property !== "" && isPublished(expose)) {
        const exposed = exposedOf(expose, property);
        if (exposed !== undefined) metrics.set(metricNameOf(inside), exposed);
      }
    }
  }

  collect(exposes, "", 1);
  return metrics;
}

function exposedOf(expose: JsonObject, property: string): Exposed | undefined {
  const name = textOf(expose["name"]) ?? property;
  const base = { label: labelOf(expose, name), ...(isSettable(expose) && { settable: true }) };
  switch (expose["type"]) {
    case "numeric": {
      const unit = textOf(expose["unit"]);
      const min = numberOf(expose["value_min"]);
      const max = numberOf(expose["value_max"]);
      const digits = digitsOf(numberOf(expose["value_step"]));
      return {
        kind: "number",
        ...base,
        ...(unit !== undefined && { unit }),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        ...(digits !== undefined && { digits }),
        ...classesOf(name, "number"),
      };
    }
    case "binary": {
      const on = binaryValueOf(expose["value_on"]);
      const off = binaryValueOf(expose["value_off"]);
      return {
        kind: "boolean",
        ...base,
        ...(on !== undefined && { on }),
        ...(off !== undefined && { off }),
        ...classesOf(name, "boolean"),
      };
    }
    case "enum": {
      const options = optionsOf(expose["values"]);
      return { kind: isEventName(property) ? "event" : "enum", ...base, ...(options.length > 0 && { options }) };
    }
    case "text":
      return { kind: "text", ...base };
    default:
      return undefined;
  }
}

/** A button is pressed; it has no state in between. Other numbers and texts come with it: `action_duration`. */
export const isEventName = (metric: string): boolean => EVENTS.has(metric);

const EVENTS: ReadonlySet<string> = new Set(["action", "click", "button", "button_left", "button_right"]);

export function infoOf(exposed: Exposed): MetricInfo {
  const { kind, label, unit = "", min, max, digits, options, settable, deviceClass, stateClass } = exposed;
  return {
    label,
    kind,
    unit,
    ...(min !== undefined && max !== undefined && { range: [min, max] as const }),
    ...(digits !== undefined && { digits }),
    ...(options !== undefined && { options }),
    ...(settable !== undefined && { settable }),
    ...(deviceClass !== undefined && { deviceClass }),
    ...(stateClass !== undefined && { stateClass }),
  };
}

/** A switch with two buttons exposes `state` twice; the endpoint tells them apart. */
function labelOf(expose: JsonObject, name: string): string {
  const label = textOf(expose["label"]) ?? sentence(name);
  const endpoint = textOf(expose["endpoint"]);
  return endpoint === undefined ? label : `${label} (${endpoint})`.slice(0, MAX_CHARS);
}

const sentence = (name: string): string => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const accessOf = (expose: JsonObject): number => numberOf(expose["access"]) ?? PUBLISHED;
const isPublished = (expose: JsonObject): boolean => (accessOf(expose) & PUBLISHED) !== 0;
const isSettable = (expose: JsonObject): boolean => (accessOf(expose) & SETTABLE) !== 0;

function optionsOf(values: unknown): string[] {
  if (!Array.isArray(values)) return [];
  return values
    .slice(0, MAX_OPTIONS)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map((value) => String(value).slice(0, MAX_CHARS));
}

/** Decimals of a step: 0.5 has one. */
function digitsOf(step: number | undefined): number | undefined {
  if (step === undefined || step <= 0) return undefined;
  const [, decimals = "", exponent] = /^\d+(?:\.(\d+))?(e.*)?$/.exec(String(step)) ?? [];
  return exponent === undefined && decimals.length <= MAX_DIGITS ? decimals.length : undefined;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, MAX_CHARS) : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
const binaryValueOf = (value: unknown): string | boolean | undefined =>
  typeof value === "boolean" ? value : typeof value === "number" ? String(value) : textOf(value);
