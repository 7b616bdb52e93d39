/** The registry's own entry of a device: its record, and what is needed to keep that up to date. */
import type { Availability, DeviceId } from "../../contract/readings.ts";
import type { OfFamily } from "../dialects/descriptions.ts";
import type { Clock } from "../ports/clock.ts";
import type { StoredPresence } from "../ports/hub-file.ts";
import type { DeviceState, LatestMetric, StoredDevice } from "../ports/stored-device.ts";
import { Rhythm } from "../presence/rhythm.ts";
import type { Connection } from "./connection.ts";
import { type DeviceRecord, laterOf } from "./device-record.ts";
import { allValues, keepNewer, separateEvents, valuesOf } from "./event-values.ts";

/** What an entry is made with. */
export interface EntryParts {
  readonly clock: Clock;
  /** What its family says of a device; undefined: it is of none. */
  familyOf(deviceId: DeviceId): OfFamily | undefined;
  /** Of the runs before this one. */
  readonly before: PresenceBefore;
  /** By device. */
  readonly tags: ReadonlyMap<DeviceId, readonly string[]>;
}

/** What is known of presence from the runs before this one. */
export interface PresenceBefore {
  /** The last change of the device. */
  lastOf(deviceId: DeviceId): StoredPresence | undefined;
  /** When the run before was last known to be alive, epoch ms. */
  readonly aliveAtMs: number | undefined;
}

/** An open connection, and the devices of which messages came over it. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly entries: Set<DeviceEntry>;
}

/** What was last said about whether a device is there. */
export interface Said {
  readonly availability: Availability;
  readonly atMs: number;
  /** Over which it came; undefined: before this start. */
  readonly connection: Connection | undefined;
}

export interface DeviceEntry extends DeviceRecord {
  readonly family: OfFamily | undefined;
  /** Names of metrics admitted so far, stored or on their way. */
  readonly metrics: Set<string>;
  /** Lists of names that were admitted as a whole, the last first. */
  admitted: readonly (readonly string[])[];
  /** The list of names that came last, and the entries of `latest` for them, in its order. */
  usual: { readonly names: readonly string[]; readonly latest: readonly LatestMetric[] } | undefined;
  readonly connections: Set<OpenConnection>;
  /** Undefined: nothing that still holds. */
  said: Said | undefined;
  /** It was offline before the start, and nothing came of it since: what its bridge says of itself is not known yet. */
  awaitsBridge: boolean;
  /** Until then it is given time to come back after a start, monotonic ms; undefined: it is not waited for. */
  heldUntilMs: number | undefined;
  /** Its presence is to be decided again. */
  isTouched: boolean;
  /** Something of it is on disk; until then nobody sees it. */
  stored: boolean;
  /** Monotonic ms. */
  admittedMs: number;
  /** It changed since its state was saved. */
  dirty: boolean;
}

const NO_TAGS: readonly string[] = [];

/** A device of which nothing is stored yet. */
export function newEntry(deviceId: DeviceId, { clock, familyOf, tags }: EntryParts): DeviceEntry {
  const nowMs = clock.nowMs();
  return {
    family: familyOf(deviceId),
    deviceId,
    name: undefined,
    place: undefined,
    tags: tags.get(deviceId) ?? NO_TAGS,
    attributes: new Map(),
    clockSuspect: false,
    latest: new Map(),
    events: new Map(),
    retention: {},
    rhythm: new Rhythm({ intervalMs: undefined, isSleeper: false }),
    lastHeardAtMs: undefined,
    lastReadingAtMs: undefined,
    state: "offline",
    sinceMs: nowMs,
    detail: "offline",
    detailSinceMs: nowMs,
    isConnected: false,
    availability: undefined,
    metrics: new Set(),
    admitted: [],
    usual: undefined,
    connections: new Set(),
    readMs: Number.NEGATIVE_INFINITY,
    said: undefined,
    awaitsBridge: false,
    heldUntilMs: undefined,
    isTouched: false,
    stored: false,
    admittedMs: clock.monotonicMs(),
    dirty: false,
  };
}

/** A device from the store. How long it has been silent is known from the wall clock only. */
export function storedEntry(device: StoredDevice, parts: EntryParts): DeviceEntry {
  const { clock, before } = parts;
  const made = newEntry(device.deviceId, parts);
  const lastReadingAtMs = lastReadingOf(device, made.family !== undefined);
  const silentMs = lastReadingAtMs === undefined ? Number.POSITIVE_INFINITY : clock.nowMs() - lastReadingAtMs;
  const isSleeper = before.lastOf(device.deviceId)?.detail === "asleep";
  const entry: DeviceEntry = {
    ...made,
    name: device.name,
    place: device.place,
    attributes: device.attributes,
    clockSuspect: device.clockSuspect,
    latest: device.latest,
    retention: device.retention,
    rhythm: new Rhythm({ intervalMs: device.intervalMs, isSleeper }),
    lastHeardAtMs: device.lastHeardAtMs,
    lastReadingAtMs,
    metrics: new Set(device.latest.keys()),
    readMs: clock.monotonicMs() - Math.max(0, silentMs),
    said: saidOf(device, made.family !== undefined, lastReadingAtMs),
    stored: true,
  };
  separateEvents(entry);
  return entry;
}

/** A bridge may say something about a device that has been silent for weeks. */
function lastReadingOf({ lastHeardAtMs, latest }: StoredDevice, isOfFamily: boolean): number | undefined {
  if (!isOfFamily || lastHeardAtMs === undefined) return lastHeardAtMs;
  let newestMs: number | undefined;
  for (const { atMs } of latest.values()) newestMs = laterOf(newestMs, atMs);
  return newestMs === undefined ? undefined : Math.min(newestMs, lastHeardAtMs);
}

/** Over which connection `online` came is not known any more. A board that said it by itself connects again and says it again. */
function saidOf({ status }: StoredDevice, isOfFamily: boolean, lastReadingAtMs: number | undefined): Said | undefined {
  if (status === undefined) return undefined;
  const { atMs } = status;
  if (status.online) return isOfFamily ? { availability: "online", atMs, connection: undefined } : undefined;
  return atMs >= (lastReadingAtMs ?? 0) ? { availability: "offline", atMs, connection: undefined } : undefined;
}

/** Adds what the store has of a device that was heard since the start: what came is newer, but names are in the store only. */
export function mergeStored(entry: DeviceEntry, device: StoredDevice): void {
  entry.name ??= device.name;
  entry.place ??= device.place;
  entry.retention = { ...device.retention, ...entry.retention };
  entry.clockSuspect ||= device.clockSuspect;
  for (const [key, value] of device.attributes) if (!entry.attributes.has(key)) entry.attributes.set(key, value);
  for (const [metric, former] of device.latest) {
    keepNewer(valuesOf(entry, metric), metric, former);
    entry.metrics.add(metric);
  }
  entry.usual = undefined; // it refers to values that were replaced
  entry.lastHeardAtMs = laterOf(entry.lastHeardAtMs, device.lastHeardAtMs);
  entry.lastReadingAtMs = laterOf(entry.lastReadingAtMs, lastReadingOf(device, entry.family !== undefined));
}

/** What is saved of it. */
export const stateOf = (entry: DeviceEntry): DeviceState => ({
  deviceId: entry.deviceId,
  lastHeardAtMs: entry.lastHeardAtMs,
  latest: allValues(entry),
  intervalMs: entry.rhythm.usual?.ms,
});

/** Former versions made a device out of a last will alone; such a device is not shown. */
export const isNothingKnown = ({ lastHeardAtMs, name, place, attributes, latest }: StoredDevice): boolean =>
  lastHeardAtMs === undefined &&
  name === undefined &&
  place === undefined &&
  attributes.size === 0 &&
  latest.size === 0;
