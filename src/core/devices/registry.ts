/** Keeps every device in memory: latest values, names, attributes, presence. */
import type { AttributeValue, DeviceId, Presence } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "../ports/stored-device.ts";
import { type Admission, createAdmission, type DeviceLimits } from "./admission.ts";
import type { Connection } from "./connection.ts";
import { connectionsOf, createDeviceConnections } from "./device-connections.ts";
import { type DeviceEntry, isNothingKnown, mergeStored, newEntry, storedEntry } from "./device-entry.ts";
import { type DeviceRecord, mergeAttributes } from "./device-record.ts";
import { applyImported, applyReading, dropLatest, hasBeenNumber, restoreLatest } from "./latest-values.ts";
import { isOnline } from "./presence.ts";

export interface PresenceChange {
  readonly deviceId: DeviceId;
  readonly state: Presence;
  readonly sinceMs: number;
}

export interface Registry extends Admission {
  get(deviceId: string): DeviceRecord | undefined;
  /** Sorted by id. */
  list(): readonly DeviceRecord[];
  /** Something of it is stored, or on its way. */
  knows(deviceId: DeviceId): boolean;
  /** Whether the metric's latest value, or one before it, is a number. */
  hasBeenNumber(deviceId: DeviceId, metric: string): boolean;
  /** A message of the device is durable. */
  heard(deviceId: DeviceId, connection: Connection, receivedAtMs: number): void;
  storedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number): void;
  /** The same of an import, which makes no device online. */
  importedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number, receivedAtMs: number): void;
  storedAttributes(
    deviceId: DeviceId,
    patch: ReadonlyMap<string, AttributeValue | null>,
    clockSuspect: boolean | undefined,
  ): void;
  storedStatus(deviceId: DeviceId, online: boolean, connection: Connection): void;
  connectionClosed(connection: Connection): void;
  rename(deviceId: DeviceId, names: { name: string | undefined; place: string | undefined }): void;
  /**
   * Readings were erased: latest values that may be among them are dropped. Answers the metrics that have no latest
   * value now, to be looked up in the store.
   */
  dropLatest(deviceId: DeviceId, isErased: (metric: string, atMs: number) => boolean): readonly string[];
  /** `found`: what the store still has of `metrics`. A metric of which it has nothing no longer counts among the device's. */
  restoreLatest(deviceId: DeviceId, metrics: readonly string[], found: ReadonlyMap<string, LatestMetric>): void;
  /** Replaces what was set. */
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): void;
  /** Adds devices that the store could not name at the start, because it was away. */
  adopt(stored: readonly StoredDevice[]): void;
  remove(deviceId: DeviceId): void;
  /** What changed since the last call. */
  takeDirty(): DeviceState[];
  /** These could not be saved. */
  markDirty(states: readonly DeviceState[]): void;
  close(): void;
}

export interface RegistryOptions {
  readonly clock: Clock;
  readonly stored: readonly StoredDevice[];
  readonly limits: DeviceLimits;
  readonly onPresence: (change: PresenceChange) => void;
}

const SWEEP_MS = 1_000;
/** After so long, a device whose first message was never stored is removed again. */
const UNSTORED_MS = 60_000;
const NONE: readonly string[] = [];

export function createRegistry({ clock, stored, limits, onPresence }: RegistryOptions): Registry {
  const entries = new Map<string, DeviceEntry>();
  const { admitDevice, admitMetrics, admitAttributes } = createAdmission(entries, { limits, clock });
  const connections = createDeviceConnections((entry) => updatePresence(entry));
  let sorted: DeviceEntry[] | undefined;
  for (const device of stored) if (!isNothingKnown(device)) entries.set(device.deviceId, storedEntry(device, clock));
  for (const entry of entries.values()) updatePresence(entry, true);
  const stopSweep = clock.every(SWEEP_MS, sweep);

  /** The device's entry. It is created again if the device was deleted while one of its messages was being stored. */
  function entryOf(deviceId: DeviceId): DeviceEntry {
    const known = entries.get(deviceId);
    const entry = known ?? newEntry(deviceId, clock);
    if (known === undefined) entries.set(deviceId, entry);
    if (!entry.stored) {
      entry.stored = true;
      sorted = undefined;
    }
    entry.dirty = true;
    return entry;
  }

  function heard(deviceId: DeviceId, connection: Connection, receivedAtMs: number): void {
    const entry = entryOf(deviceId);
    const now = clock.monotonicMs();
    // Of an imported device it is known when it was heard, but not by this hub.
    if (entry.lastHeardAtMs !== undefined && Number.isFinite(entry.heardMs)) entry.interval.add(now - entry.heardMs);
    entry.heardMs = now;
    entry.lastHeardAtMs = receivedAtMs;
    entry.saidOffline = false;
    connections.join(entry, connection);
    updatePresence(entry);
  }

  function storedStatus(deviceId: DeviceId, online: boolean, connection: Connection): void {
    const entry = entryOf(deviceId);
    if (online || connections.isOutdated(entry, connection)) return;
    entry.saidOffline = true;
    updatePresence(entry);
  }

  function storedAttributes(
    deviceId: DeviceId,
    patch: ReadonlyMap<string, AttributeValue | null>,
    clockSuspect: boolean | undefined,
  ): void {
    const entry = entryOf(deviceId);
    mergeAttributes(entry.attributes, patch);
    if (clockSuspect !== undefined) entry.clockSuspect = clockSuspect;
  }

  function updatePresence(entry: DeviceEntry, silently = false): void {
    const { heardMs, saidOffline, interval } = entry;
    const facts = { heardMs, saidOffline, connections: connectionsOf(entry), intervalMs: interval.ms };
    const state = isOnline(facts, clock.monotonicMs()) ? "online" : "offline";
    if (state === entry.state) return;
    entry.state = state;
    entry.sinceMs = clock.nowMs();
    if (!silently && entry.stored) onPresence({ deviceId: entry.deviceId, state, sinceMs: entry.sinceMs });
  }

  function sweep(): void {
    const unstoredBefore = clock.monotonicMs() - UNSTORED_MS;
    for (const entry of entries.values()) {
      if (entry.stored) updatePresence(entry);
      else if (entry.admittedMs < unstoredBefore) entries.delete(entry.deviceId);
    }
  }

  function list(): readonly DeviceRecord[] {
    sorted ??= [...entries.values()]
      .filter((entry) => entry.stored)
      .sort((a, b) => (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0));
    return sorted;
  }

  function adopt(devices: readonly StoredDevice[]): void {
    for (const device of devices) {
      if (isNothingKnown(device)) continue;
      const known = entries.get(device.deviceId);
      if (known === undefined) entries.set(device.deviceId, storedEntry(device, clock));
      else mergeStored(known, device);
      const entry = entryOf(device.deviceId);
      updatePresence(entry, known === undefined);
    }
    sorted = undefined;
  }

  function remove(deviceId: DeviceId): void {
    const entry = entries.get(deviceId);
    if (entry === undefined) return;
    for (const open of entry.connections) open.entries.delete(entry);
    entries.delete(deviceId);
    sorted = undefined;
  }

  function visible(deviceId: string): DeviceEntry | undefined {
    const entry = entries.get(deviceId);
    return entry?.stored ? entry : undefined;
  }

  function takeDirty(): DeviceState[] {
    const states: DeviceState[] = [];
    for (const entry of entries.values()) {
      if (!entry.dirty) continue;
      entry.dirty = false;
      const { deviceId, lastHeardAtMs, latest } = entry;
      states.push({ deviceId, lastHeardAtMs, latest, intervalMs: entry.interval.ms });
    }
    return states;
  }

  return {
    get: visible,
    knows: (deviceId) => entries.has(deviceId),
    list,
    admitDevice,
    admitMetrics,
    admitAttributes,
    hasBeenNumber: (deviceId, metric) => hasBeenNumber(entries.get(deviceId), metric),
    heard,
    storedReading: (deviceId, metrics, atMs) => applyReading(entryOf(deviceId), metrics, atMs),
    importedReading: (deviceId, metrics, atMs, receivedAtMs) =>
      applyImported(entryOf(deviceId), metrics, atMs, receivedAtMs),
    storedAttributes,
    storedStatus,
    connectionClosed: connections.close,
    rename: (deviceId, names) => void Object.assign(visible(deviceId) ?? {}, names),
    dropLatest: (deviceId, isErased) => {
      const entry = visible(deviceId);
      return entry === undefined ? NONE : dropLatest(entry, isErased);
    },
    restoreLatest: (deviceId, metrics, found) => {
      const entry = visible(deviceId);
      if (entry !== undefined) restoreLatest(entry, metrics, found);
    },
    setRetention: (deviceId, retention) => void Object.assign(visible(deviceId) ?? {}, { retention }),
    adopt,
    remove,
    takeDirty,
    markDirty: (states) => {
      for (const { deviceId } of states) {
        const entry = entries.get(deviceId);
        if (entry !== undefined) entry.dirty = true;
      }
    },
    close: stopSweep,
  };
}
