/** Keeps every device in memory: latest values, names, attributes, presence. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "../ports/stored-device.ts";
import { type Admission, createAdmission, type DeviceLimits } from "./admission.ts";
import type { Connection } from "./connection.ts";
import {
  type DeviceEntry,
  type EntryParts,
  isNothingKnown,
  mergeStored,
  newEntry,
  type PresenceBefore,
  stateOf,
  storedEntry,
} from "./device-entry.ts";
import { type DeviceRecord, type DeviceSilence, locationOf, mergeAttributes } from "./device-record.ts";
import { separateEvents } from "./event-values.ts";
import { applyImported, applyReading, dropLatest, hasBeenNumber, restoreLatest } from "./latest-values.ts";
import { createPresenceWatch } from "./presence-watch.ts";

/** `appeared`: something of it is stored for the first time. `moved`: by what it says itself, it stands elsewhere. */
export type DeviceChange = "appeared" | "changed" | "moved" | "removed";

export interface Registry extends Admission {
  get(deviceId: string): DeviceRecord | undefined;
  /** Sorted by id. */
  list(): readonly DeviceRecord[];
  /** Something of it is stored, or on its way. */
  knows(deviceId: DeviceId): boolean;
  /** Whether the metric's latest value, or one before it, is a number. */
  hasBeenNumber(deviceId: DeviceId, metric: string): boolean;
  /** A message of the device is durable; what was stored of it follows, and `settle`. */
  heard(deviceId: DeviceId, connection: Connection, receivedAtMs: number): void;
  /** A message of it came of which nothing is stored. */
  alive(deviceId: DeviceId, connection: Connection, receivedAtMs: number): void;
  storedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number): void;
  /** The same of an import, which makes no device online. */
  importedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number, receivedAtMs: number): void;
  storedAttributes(
    deviceId: DeviceId,
    patch: ReadonlyMap<string, AttributeValue | null>,
    clockSuspect: boolean | undefined,
  ): void;
  storedStatus(deviceId: DeviceId, online: boolean, connection: Connection): void;
  /** Decides about the presence of the devices of which something was stored. */
  settle(): void;
  connectionClosed(connection: Connection): void;
  rename(deviceId: DeviceId, names: { name: string | undefined; place: string | undefined }): void;
  /** Replaces what was set. */
  setTags(deviceId: DeviceId, tags: readonly string[]): void;
  /**
   * Readings were erased: latest values that may be among them are dropped. Answers the metrics that have no latest
   * value now, to be looked up in the store.
   */
  dropLatest(deviceId: DeviceId, isErased: (metric: string, atMs: number) => boolean): readonly string[];
  /** `found`: what the store still has of `metrics`. A metric of which it has nothing no longer counts among the device's. */
  restoreLatest(deviceId: DeviceId, metrics: readonly string[], found: ReadonlyMap<string, LatestMetric>): void;
  /** What is known of its metrics changed: some may be events now. */
  descriptionChanged(deviceId: DeviceId): void;
  /** Replaces what was set. */
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): void;
  /** Adds devices that the store could not name at the start, because it was away. */
  adopt(stored: readonly StoredDevice[]): void;
  remove(deviceId: DeviceId): void;
  /** It stands for another device from now on: nobody sees it until it is brought back. */
  setAside(deviceId: DeviceId): void;
  bringBack(deviceId: DeviceId): void;
  /** Those that are set aside, in no order. */
  aside(): Iterable<DeviceRecord>;
  /** Undefined: it is unknown. */
  silenceOf(deviceId: DeviceId): DeviceSilence | undefined;
  /** `run` is called with each device that appears, is removed, or of which something but values changed. */
  onChange(run: (deviceId: DeviceId, change: DeviceChange) => void): void;
  /** What changed since the last call. */
  takeDirty(): DeviceState[];
  /** These could not be saved. */
  markDirty(states: Iterable<Pick<DeviceState, "deviceId">>): void;
  close(): void;
}

export interface RegistryOptions {
  readonly clock: Clock;
  readonly stored: readonly StoredDevice[];
  readonly limits: DeviceLimits;
  /** Presence changed, in two words or in four. */
  readonly onPresence: (device: DeviceRecord) => void;
  readonly familyOf?: EntryParts["familyOf"];
  readonly before?: PresenceBefore;
  /** As their owners set them before this start, also of devices that the store names later. */
  readonly tags?: ReadonlyMap<DeviceId, readonly string[]>;
  /** Those that are set aside from the start. */
  readonly hidden?: ReadonlySet<DeviceId>;
}

const SWEEP_MS = 1_000;
/** After so long, a device whose first message was never stored is removed again. */
const UNSTORED_MS = 60_000;
const NONE: readonly string[] = [];
const byId = (a: DeviceEntry, b: DeviceEntry): number => (a.deviceId < b.deviceId ? -1 : 1);
const NOTHING: PresenceBefore = { lastOf: () => undefined, aliveAtMs: undefined };

export function createRegistry(options: RegistryOptions): Registry {
  const { clock, stored, limits, onPresence, familyOf = () => undefined, before = NOTHING } = options;
  const tags = new Map(options.tags);
  const entries = new Map<string, DeviceEntry>();
  const hidden = new Set(options.hidden);
  const aside = new Map<string, DeviceEntry>();
  const mapOf = (deviceId: DeviceId): Map<string, DeviceEntry> => (hidden.has(deviceId) ? aside : entries);
  const parts: EntryParts = { clock, familyOf, before, tags };
  const { admitDevice, admitMetrics, admitAttributes } = createAdmission(entries, { limits, parts });
  const listeners: ((deviceId: DeviceId, change: DeviceChange) => void)[] = [];
  const notify = (deviceId: DeviceId, change: DeviceChange): void => {
    for (const listener of listeners) listener(deviceId, change);
  };
  const presence = createPresenceWatch(parts, (entry) => {
    onPresence(entry);
    notify(entry.deviceId, "changed");
  });
  let sorted: DeviceEntry[] | undefined;
  for (const device of stored) {
    if (!isNothingKnown(device)) mapOf(device.deviceId).set(device.deviceId, storedEntry(device, parts));
  }
  for (const entry of entries.values()) presence.begin(entry);
  const stopSweep = clock.every(SWEEP_MS, sweep);

  /** The device's entry. It is created again if the device was deleted while one of its messages was being stored. */
  function entryOf(deviceId: DeviceId): DeviceEntry {
    const among = mapOf(deviceId);
    const known = among.get(deviceId);
    const entry = known ?? newEntry(deviceId, parts);
    if (known === undefined) among.set(deviceId, entry);
    if (!entry.stored) {
      entry.stored = true;
      sorted = undefined;
      if (among === entries) notify(deviceId, "appeared");
    }
    entry.dirty = true;
    return entry;
  }

  function storedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number): void {
    const entry = entryOf(deviceId);
    applyReading(entry, metrics, atMs);
    presence.read(entry, metrics);
  }

  function storedAttributes(
    deviceId: DeviceId,
    patch: ReadonlyMap<string, AttributeValue | null>,
    clockSuspect: boolean | undefined,
  ): void {
    const entry = entryOf(deviceId);
    const { clockSuspect: former } = entry;
    const place = locationOf(entry);
    mergeAttributes(entry.attributes, patch);
    entry.clockSuspect = clockSuspect ?? former;
    if (locationOf(entry) !== place) notify(deviceId, "moved");
    else if (entry.clockSuspect !== former) notify(deviceId, "changed");
  }

  function sweep(): void {
    const unstoredBefore = clock.monotonicMs() - UNSTORED_MS;
    for (const entry of entries.values()) {
      if (entry.stored) presence.update(entry);
      else if (entry.admittedMs < unstoredBefore) entries.delete(entry.deviceId);
    }
  }

  function list(): readonly DeviceRecord[] {
    sorted ??= [...entries.values()].filter((entry) => entry.stored).sort(byId);
    return sorted;
  }

  function adopt(devices: readonly StoredDevice[]): void {
    for (const device of devices) {
      if (isNothingKnown(device)) continue;
      const among = mapOf(device.deviceId);
      const known = among.get(device.deviceId);
      if (known !== undefined) mergeStored(known, device);
      else {
        const entry = storedEntry(device, parts);
        among.set(device.deviceId, entry);
        presence.begin(entry);
      }
      if (among === aside) continue;
      presence.update(entryOf(device.deviceId));
      notify(device.deviceId, "changed");
    }
    sorted = undefined;
  }

  function remove(deviceId: DeviceId): void {
    const entry = entries.get(deviceId);
    if (entry === undefined) return;
    for (const open of entry.connections) open.entries.delete(entry);
    entries.delete(deviceId);
    tags.delete(deviceId);
    sorted = undefined;
    notify(deviceId, "removed");
  }

  function setAside(deviceId: DeviceId): void {
    hidden.add(deviceId);
    const entry = entries.get(deviceId);
    if (entry === undefined) return;
    for (const open of entry.connections) open.entries.delete(entry);
    entry.connections.clear();
    entries.delete(deviceId);
    aside.set(deviceId, entry);
    sorted = undefined;
    notify(deviceId, "removed");
  }

  function bringBack(deviceId: DeviceId): void {
    hidden.delete(deviceId);
    const entry = aside.get(deviceId);
    aside.delete(deviceId);
    if (entry?.stored !== true) return;
    entries.set(deviceId, entry);
    sorted = undefined;
    presence.update(entry);
    notify(deviceId, "changed");
  }

  function set(deviceId: DeviceId, fields: Partial<Pick<DeviceRecord, "name" | "place" | "tags" | "retention">>): void {
    const entry = visible(deviceId);
    if (entry === undefined) return;
    Object.assign(entry, fields);
    notify(deviceId, "changed");
  }

  function visible(deviceId: string): DeviceEntry | undefined {
    const entry = entries.get(deviceId);
    return entry?.stored ? entry : undefined;
  }

  function takeDirty(): DeviceState[] {
    const changed = [...entries.values(), ...aside.values()].filter(({ dirty }) => dirty);
    for (const entry of changed) entry.dirty = false;
    return changed.map(stateOf);
  }

  return {
    get: visible,
    knows: (deviceId) => entries.has(deviceId),
    list,
    admitDevice,
    admitMetrics,
    admitAttributes,
    hasBeenNumber: (deviceId, metric) => hasBeenNumber(entries.get(deviceId), metric),
    heard: (deviceId, connection, receivedAtMs) => presence.heard(entryOf(deviceId), connection, receivedAtMs),
    alive: (deviceId, connection, receivedAtMs) => {
      const entry = visible(deviceId);
      if (entry === undefined) return;
      presence.alive(entry, connection, receivedAtMs);
      entry.dirty = true;
    },
    storedReading,
    importedReading: (deviceId, metrics, atMs, receivedAtMs) =>
      applyImported(entryOf(deviceId), metrics, atMs, receivedAtMs),
    storedAttributes,
    storedStatus: (deviceId, online, connection) =>
      presence.said(entryOf(deviceId), online ? "online" : "offline", connection),
    settle: presence.settle,
    connectionClosed: presence.connectionClosed,
    rename: set,
    setTags: (deviceId, to) => set(deviceId, { tags: to }),
    dropLatest: (deviceId, isErased) => {
      const entry = visible(deviceId);
      return entry === undefined ? NONE : dropLatest(entry, isErased);
    },
    restoreLatest: (deviceId, metrics, found) => {
      const entry = visible(deviceId);
      if (entry !== undefined) restoreLatest(entry, metrics, found);
    },
    descriptionChanged: (deviceId) => {
      const entry = entries.get(deviceId);
      if (entry !== undefined) separateEvents(entry);
    },
    setRetention: (deviceId, retention) => set(deviceId, { retention }),
    adopt,
    remove,
    setAside,
    bringBack,
    aside: () => aside.values(),
    silenceOf: (deviceId) => {
      const entry = visible(deviceId);
      return entry && presence.silenceOf(entry);
    },
    onChange: (run) => void listeners.push(run),
    takeDirty,
    markDirty: (states) => {
      for (const { deviceId } of states)
        Object.assign(mapOf(deviceId as DeviceId).get(deviceId) ?? {}, { dirty: true });
    },
    close: stopSweep,
  };
}
