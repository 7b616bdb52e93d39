/** Keeps which topic prefix belongs to which Shelly, and what each said of itself. */
import type { DeviceId } from "../../contract/readings.ts";
import { isObject, type JsonObject, parseJson } from "../payload/payload-text.ts";
import { ROOT } from "./shelly-topic.ts";

/** Where a Shelly publishes. */
export interface Identity {
  /** The publisher whose word it is. */
  readonly owner: string;
  readonly prefix: string;
  /** What it calls itself in its messages: its id, whatever its prefix. */
  readonly src?: string;
}

/** A unit may change; the values before stay in the former one. */
export interface TemperatureUnit {
  readonly fromMs: number;
  readonly temperature: "C" | "F";
}

export interface ShellyMemory {
  learn(deviceId: DeviceId, key: string, data: string | undefined): boolean;
  identityOf(deviceId: DeviceId): Identity | undefined;
  deviceOfPrefix(prefix: string): DeviceId | undefined;
  deviceOfSrc(src: string): DeviceId | undefined;
  /** What its owner called it in Shelly's app. */
  ownNameOf(deviceId: DeviceId): string | undefined;
  /** The last is that of now; none: it has not said. Only the first generation sends one of both. */
  temperatureUnitsOf(deviceId: DeviceId): readonly TemperatureUnit[];
  nameOf(deviceId: DeviceId): string | undefined;
}

export const KEYS = { identity: "identity", name: "name", units: "units" } as const;

export function createShellyMemory(): ShellyMemory {
  const identities = new Map<DeviceId, Identity>();
  const prefixes = new Map<string, DeviceId>();
  const sources = new Map<string, DeviceId>();
  const names = new Map<DeviceId, string>();
  const units = new Map<DeviceId, readonly TemperatureUnit[]>();

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const json = data === undefined ? undefined : parseJson({ text: data, isDamaged: false });
    const value = json?.ok === true && isObject(json.value) ? json.value : undefined;
    if (data !== undefined && value === undefined) return false;
    switch (key) {
      case KEYS.identity:
        return setIdentity(deviceId, value && identityFrom(value));
      case KEYS.name:
        set(names, deviceId, textOf(value?.["name"]));
        return false;
      case KEYS.units:
        set(units, deviceId, value && unitsFrom(value));
        return false;
      default:
        return false;
    }
  }

  /** Answers whether another prefix is known now. */
  function setIdentity(deviceId: DeviceId, identity: Identity | undefined): boolean {
    const former = identities.get(deviceId);
    if (former !== undefined) {
      if (prefixes.get(former.prefix) === deviceId) prefixes.delete(former.prefix);
      if (former.src !== undefined && sources.get(former.src) === deviceId) sources.delete(former.src);
    }
    set(identities, deviceId, identity);
    if (identity === undefined) return former !== undefined;
    prefixes.set(identity.prefix, deviceId);
    if (identity.src !== undefined) sources.set(identity.src, deviceId);
    return former?.prefix !== identity.prefix;
  }

  function nameOf(deviceId: DeviceId): string | undefined {
    const own = names.get(deviceId) ?? withoutRoot(identities.get(deviceId)?.prefix);
    if (own !== undefined) return own;
    // An id with a hash does not say what it was made of.
    return deviceId.includes("~") ? undefined : deviceId.slice("shelly:".length);
  }

  return {
    learn,
    identityOf: (deviceId) => identities.get(deviceId),
    deviceOfPrefix: (prefix) => prefixes.get(prefix),
    deviceOfSrc: (src) => sources.get(src),
    ownNameOf: (deviceId) => names.get(deviceId),
    temperatureUnitsOf: (deviceId) => units.get(deviceId) ?? NO_UNITS,
    nameOf,
  };
}

const NO_UNITS: readonly TemperatureUnit[] = [];

function unitsFrom({ since }: JsonObject): readonly TemperatureUnit[] {
  if (!Array.isArray(since)) return NO_UNITS;
  return since.flatMap((each: unknown) => {
    if (!isObject(each)) return [];
    const { fromMs, temperature } = each;
    return typeof fromMs === "number" && (temperature === "C" || temperature === "F") ? [{ fromMs, temperature }] : [];
  });
}

const withoutRoot = (prefix: string | undefined): string | undefined =>
  prefix?.startsWith(ROOT) === true ? prefix.slice(ROOT.length) : prefix;

function set<Value>(map: Map<DeviceId, Value>, deviceId: DeviceId, value: Value | undefined): void {
  if (value === undefined) map.delete(deviceId);
  else map.set(deviceId, value);
}

function identityFrom(json: JsonObject): Identity | undefined {
  const [owner, prefix, src] = ["owner", "prefix", "src"].map((key) => textOf(json[key]));
  if (owner === undefined || prefix === undefined) return undefined;
  return { owner, prefix, ...(src !== undefined && { src }) };
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
