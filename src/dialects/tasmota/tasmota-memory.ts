/** Keeps what Tasmota's boards said of themselves: names, words, topics and units. */
import type { DeviceId } from "../../contract/readings.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import { parseDeviceId } from "../../core/model/device-id.ts";
import { isObject, type JsonObject, parseJson } from "../payload/payload-text.ts";
import type { Prefix } from "./tasmota-topic.ts";

/** Of `tasmota/discovery/<MAC>/config`. */
export interface Announcement {
  /** The publisher whose word it is. */
  readonly owner: string;
  readonly mac: string;
  /** `dn`, unless it is Tasmota's default. */
  readonly name?: string;
  /** `fn`: of its relays, without those that are Tasmota's default. */
  readonly relays: readonly (string | null)[];
  readonly online: string;
  readonly offline: string;
  /** What it says for off and on. */
  readonly states: readonly [off: string, on: string];
  /** What comes before `SENSOR`, where the form of the topic does not say whose it is. */
  readonly tele?: string;
  readonly stat?: string;
  /** What comes before `POWER` in a command. */
  readonly command?: string;
}

/** As the board names them: `C`, `hPa`, `km/h`. */
export interface Units {
  readonly temperature?: string;
  readonly pressure?: string;
  readonly speed?: string;
}

/** A unit may change; the values before stay in the former one. */
export interface UnitsSince extends Units {
  readonly fromMs: number;
}

/** Where a topic belongs that its form does not explain. */
export interface Base {
  readonly deviceId: DeviceId;
  readonly prefixes: ReadonlySet<Prefix>;
}

export interface TasmotaMemory {
  learn(deviceId: DeviceId, key: string, data: string | undefined): boolean;
  announcementOf(deviceId: DeviceId): Announcement | undefined;
  deviceOfMac(mac: string): DeviceId | undefined;
  /** The last are those of now. */
  unitsOf(deviceId: DeviceId): readonly UnitsSince[];
  /** The board's name in its topics, where the id does not show it, or what a Zigbee bridge calls its device. */
  nameOf(deviceId: DeviceId): string | undefined;
  baseOf(base: string): Base | undefined;
  /** The Zigbee bridge that speaks for the device. */
  bridgeOf(deviceId: DeviceId): DeviceId | undefined;
  /** What its last will, or its message at the start, said; undefined: nothing since the hub started. */
  isOnline(deviceId: DeviceId): boolean | undefined;
  setOnline(deviceId: DeviceId, isOnline: boolean): void;
}

export const KEYS = { announcement: "discovery", units: "units", name: "name", bridge: "bridge" } as const;

/** What is known of these only is lost at a restart. */
const MAX_ONLINE = 5_000;

const NONE: readonly UnitsSince[] = [];

export function createTasmotaMemory(): TasmotaMemory {
  const announcements = new Map<DeviceId, Announcement>();
  const macs = new Map<string, DeviceId>();
  const bases = new Map<string, Base>();
  const units = new Map<DeviceId, readonly UnitsSince[]>();
  const names = new Map<DeviceId, string>();
  const bridges = new Map<DeviceId, DeviceId>();
  const online = new Map<DeviceId, boolean>();

  function learn(deviceId: DeviceId, key: string, data: string | undefined): boolean {
    const json = data === undefined ? undefined : parseJson({ text: data, isDamaged: false });
    const value = json?.ok === true && isObject(json.value) ? json.value : undefined;
    if (data !== undefined && value === undefined) return false;
    switch (key) {
      case KEYS.announcement:
        return setAnnouncement(deviceId, value && announcementFrom(value));
      case KEYS.units:
        set(units, deviceId, value && unitsFrom(value));
        return false;
      case KEYS.name:
        set(names, deviceId, textOf(value?.["name"]));
        return false;
      case KEYS.bridge:
        set(bridges, deviceId, deviceIdIn(value?.["bridge"]));
        return false;
      default:
        return false;
    }
  }

  /** Answers whether other topics are known now. */
  function setAnnouncement(deviceId: DeviceId, announcement: Announcement | undefined): boolean {
    const former = announcements.get(deviceId);
    if (former !== undefined && macs.get(former.mac) === deviceId) macs.delete(former.mac);
    set(announcements, deviceId, announcement);
    if (announcement !== undefined) macs.set(announcement.mac, deviceId);
    if (former?.tele === announcement?.tele && former?.stat === announcement?.stat) return false;
    for (const base of [former?.tele, former?.stat]) {
      if (base !== undefined && bases.get(base)?.deviceId === deviceId) bases.delete(base);
    }
    for (const prefix of ["tele", "stat"] as const) {
      const base = announcement?.[prefix];
      if (base === undefined) continue;
      const prefixes = bases.get(base)?.deviceId === deviceId ? (bases.get(base)?.prefixes ?? []) : [];
      bases.set(base, { deviceId, prefixes: new Set([...prefixes, prefix]) });
    }
    return true;
  }

  return {
    learn,
    announcementOf: (deviceId) => announcements.get(deviceId),
    deviceOfMac: (mac) => macs.get(mac),
    unitsOf: (deviceId) => units.get(deviceId) ?? NONE,
    nameOf: (deviceId) => names.get(deviceId),
    baseOf: (base) => bases.get(base),
    bridgeOf: (deviceId) => bridges.get(deviceId),
    isOnline: (deviceId) => online.get(deviceId),
    setOnline: (deviceId, isOnline) => setNewest(online, deviceId, isOnline, MAX_ONLINE),
  };
}

function set<Value>(map: Map<DeviceId, Value>, deviceId: DeviceId, value: Value | undefined): void {
  if (value === undefined) map.delete(deviceId);
  else map.set(deviceId, value);
}

function deviceIdIn(value: unknown): DeviceId | undefined {
  const parsed = typeof value === "string" ? parseDeviceId(value) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}

function announcementFrom(json: JsonObject): Announcement | undefined {
  const [owner, mac, online, offline] = ["owner", "mac", "online", "offline"].map((key) => textOf(json[key]));
  const [off, on] = listOf(json["states"]).map(textOf);
  if (owner === undefined || mac === undefined || online === undefined || offline === undefined) return undefined;
  if (off === undefined || on === undefined) return undefined;
  const optional = (key: "name" | "tele" | "stat" | "command"): { [key: string]: string } => {
    const value = textOf(json[key]);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    owner,
    mac,
    online,
    offline,
    states: [off, on],
    relays: listOf(json["relays"]).map((name) => textOf(name) ?? null),
    ...optional("name"),
    ...optional("tele"),
    ...optional("stat"),
    ...optional("command"),
  };
}

function unitsFrom(json: JsonObject): readonly UnitsSince[] {
  return listOf(json["since"]).flatMap((each) => {
    if (!isObject(each) || typeof each["fromMs"] !== "number") return [];
    return [{ fromMs: each["fromMs"], ...unitsIn(each, "temperature", "pressure", "speed") }];
  });
}

const KNOWN_UNITS: ReadonlySet<string> = new Set([
  ...["C", "F", "hPa", "mmHg", "inHg", "mbar", "Pa", "kPa"],
  ...["m/s", "km/h", "kn", "mph", "ft/s", "yd/s", "bft"],
]);

/** The units that an object names; others than Tasmota's are ignored. */
export function unitsIn(json: JsonObject, temperature: string, pressure: string, speed: string): Units {
  const known = (key: string): string | undefined => {
    const unit = textOf(json[key]);
    return unit !== undefined && KNOWN_UNITS.has(unit) ? unit : undefined;
  };
  const [ofTemperature, ofPressure, ofSpeed] = [known(temperature), known(pressure), known(speed)];
  return {
    ...(ofTemperature !== undefined && { temperature: ofTemperature }),
    ...(ofPressure !== undefined && { pressure: ofPressure }),
    ...(ofSpeed !== undefined && { speed: ofSpeed }),
  };
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
