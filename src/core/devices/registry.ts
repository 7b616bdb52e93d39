/** Keeps every device in memory: latest values, names, attributes, presence. Stores nothing itself. */
import type { AttributeValue, DeviceId, Presence } from "../../contract/readings.ts";
import type { MqttVersion, RefusalCode } from "../../contract/refusals.ts";
import { MetricList, type ReadingMetrics } from "../model/metric-list.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "../ports/stored-device.ts";
import { type DeviceRecord, laterOf, mergeAttributes, mergeInto, mergeLatest } from "./device-record.ts";
import { isOnline, UsualInterval } from "./presence.ts";

export interface DeviceLimits {
  readonly maxDevices: number;
  readonly maxDevicesPerClient: number;
  readonly maxMetricsPerDevice: number;
}

export interface PresenceChange {
  readonly deviceId: DeviceId;
  readonly state: Presence;
  readonly sinceMs: number;
}

/** A client's connection, as far as presence cares. */
export interface Connection {
  readonly clientId: string;
  /** The client id and the user name that it came with: a device of such a name is its own. */
  readonly names?: readonly string[];
  /** Grows with each connection; a take-over's late will comes from the smaller number. */
  readonly serial: number;
  readonly mqttVersion?: MqttVersion;
}

/** A connection, and the devices of which messages came over it. */
interface Speaker {
  readonly connection: Connection;
  readonly entries: Set<Entry>;
}

interface Entry extends DeviceRecord {
  /** Names admitted so far, stored or on their way. */
  readonly metrics: Set<string>;
  /** The shape that was admitted whole last. */
  admitted: readonly string[] | undefined;
  /** Where the metrics of the shape that came last stand in `latest`. */
  usual: { readonly shape: readonly string[]; readonly places: readonly LatestMetric[] } | undefined;
  readonly speakers: Set<Speaker>;
  heardMs: number;
  saidOffline: boolean;
  /** Something of it is on disk; until then nobody sees it. */
  stored: boolean;
  admittedMs: number;
  dirty: boolean;
}

export interface Registry {
  get(deviceId: string): DeviceRecord | undefined;
  /** Sorted by id. */
  list(): readonly DeviceRecord[];
  /** Something of it is stored, or on its way. */
  knows(deviceId: DeviceId): boolean;
  /** Makes room for a device that is about to be stored, or says why there is none. `clientId` undefined: its owner's import. */
  admitDevice(deviceId: DeviceId, clientId: string | undefined): RefusalCode | undefined;
  /** Makes room for the metrics of an admitted device; answers those for which there is none. */
  admitMetrics(deviceId: DeviceId, metrics: ReadingMetrics): readonly string[];
  /** Whether the metric's newest value, or one before it, is a number. */
  hasBeenNumber(deviceId: DeviceId, metric: string): boolean;
  /** Whether its attributes stay within their bound with this patch. */
  admitAttributes(deviceId: DeviceId, patch: ReadonlyMap<string, AttributeValue | null>): boolean;
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
   * Readings of a range were erased: what memory shows of them goes. Answers the metrics of which nothing is known
   * now, to be looked up in the store.
   */
  forgetLatest(deviceId: DeviceId, isErased: (metric: string, atMs: number) => boolean): readonly string[];
  /** What the store found of these metrics; one of which there is nothing gives its place among the device's back. */
  restoreLatest(deviceId: DeviceId, metrics: readonly string[], found: ReadonlyMap<string, LatestMetric>): void;
  /** Replaces what was set. */
  keep(deviceId: DeviceId, retention: Partial<Retention>): void;
  /** Devices that the store knows and could not tell of at the start. */
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
/** A device whose first message was never stored gives its room back. */
const UNSTORED_MS = 60_000;
const MAX_ATTRIBUTES = 64;
const MAX_ATTRIBUTES_CHARS = 16 * 1024;
const ALL: readonly string[] = [];

export function createRegistry({ clock, stored, limits, onPresence }: RegistryOptions): Registry {
  const entries = new Map<string, Entry>();
  const speakers = new Map<Connection, Speaker>();
  const closed = new WeakSet<Connection>();
  /** The newest connection of each client id. */
  const newest = new Map<string, Connection>();
  const madeBy = new Map<string, number>();
  let sorted: Entry[] | undefined;
  for (const device of stored) if (!isNothingKnown(device)) entries.set(device.deviceId, revive(device, clock));
  for (const entry of entries.values()) judge(entry, true);
  const stopSweep = clock.every(SWEEP_MS, sweep);

  function admitDevice(deviceId: DeviceId, clientId: string | undefined): RefusalCode | undefined {
    if (entries.has(deviceId)) return undefined;
    if (entries.size >= limits.maxDevices) return "TOO_MANY_DEVICES";
    if (clientId !== undefined) {
      const made = madeBy.get(clientId) ?? 0;
      if (made >= limits.maxDevicesPerClient) return "TOO_MANY_DEVICES_OF_CLIENT";
      madeBy.set(clientId, made + 1);
    }
    entries.set(deviceId, fresh(deviceId, clock));
    return undefined;
  }

  function admitMetrics(deviceId: DeviceId, metrics: ReadingMetrics): readonly string[] {
    const entry = entries.get(deviceId);
    if (entry === undefined || (metrics.shape !== undefined && entry.admitted === metrics.shape)) return ALL;
    const names = entry.metrics;
    let refused = ALL;
    for (const name of metrics.keys()) {
      if (names.has(name)) continue;
      if (names.size < limits.maxMetricsPerDevice) names.add(name);
      else refused = [...refused, name];
    }
    if (refused === ALL) entry.admitted = metrics.shape;
    return refused;
  }

  function hasBeenNumber(deviceId: DeviceId, metric: string): boolean {
    const latest = entries.get(deviceId)?.latest.get(metric);
    return latest !== undefined && (typeof latest.value === "number" || latest.wasNumber === true);
  }

  function admitAttributes(deviceId: DeviceId, patch: ReadonlyMap<string, AttributeValue | null>): boolean {
    const merged = new Map(entries.get(deviceId)?.attributes);
    mergeAttributes(merged, patch);
    return merged.size <= MAX_ATTRIBUTES && JSON.stringify(Object.fromEntries(merged)).length <= MAX_ATTRIBUTES_CHARS;
  }

  /** The device's entry, made anew where it was deleted while a message of it was on its way to the disk. */
  function entryOf(deviceId: DeviceId): Entry {
    const known = entries.get(deviceId);
    const entry = known ?? fresh(deviceId, clock);
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
    join(entry, connection);
    judge(entry);
  }

  function join(entry: Entry, connection: Connection): void {
    // A board that publishes and goes is gone before its message is durable.
    const known = speakers.get(connection);
    if (closed.has(connection) || (known !== undefined && entry.speakers.has(known))) return;
    const latest = newest.get(connection.clientId);
    if (latest === undefined || latest.serial < connection.serial) newest.set(connection.clientId, connection);
    const speaker = known ?? { connection, entries: new Set<Entry>() };
    if (known === undefined) speakers.set(connection, speaker);
    speaker.entries.add(entry);
    entry.speakers.add(speaker);
    // It turns out to be a gateway: that it is connected says nothing about the first one any more.
    if (speaker.entries.size === 2) for (const other of speaker.entries) if (other !== entry) judge(other);
  }

  function storedStatus(deviceId: DeviceId, online: boolean, connection: Connection): void {
    const entry = entryOf(deviceId);
    if (online || isOutdated(entry, connection)) return;
    entry.saidOffline = true;
    judge(entry);
  }

  /** A take-over's late will: the device speaks through a newer connection already. */
  function isOutdated(entry: Entry, connection: Connection): boolean {
    for (const other of entry.speakers) if (other.connection.serial > connection.serial) return true;
    return (newest.get(connection.clientId)?.serial ?? 0) > connection.serial;
  }

  function connectionClosed(connection: Connection): void {
    closed.add(connection);
    if (newest.get(connection.clientId) === connection) newest.delete(connection.clientId);
    const speaker = speakers.get(connection);
    if (speaker === undefined) return;
    speakers.delete(connection);
    for (const entry of speaker.entries) {
      entry.speakers.delete(speaker);
      judge(entry);
    }
  }

  function storedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number): void {
    const entry = entryOf(deviceId);
    const { latest, usual } = entry;
    if (!(metrics instanceof MetricList)) return mergeLatest(latest, metrics, atMs);
    if (usual?.shape === metrics.shape) return mergeInto(usual.places, metrics, atMs);
    mergeLatest(latest, metrics, atMs);
    entry.usual = { shape: metrics.shape, places: metrics.shape.flatMap((name) => latest.get(name) ?? []) };
  }

  function importedReading(deviceId: DeviceId, metrics: ReadingMetrics, atMs: number, receivedAtMs: number): void {
    const entry = entryOf(deviceId);
    mergeLatest(entry.latest, metrics, atMs);
    entry.lastHeardAtMs = laterOf(entry.lastHeardAtMs, receivedAtMs);
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

  function judge(entry: Entry, silently = false): void {
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
      if (entry.stored) judge(entry);
      else if (entry.admittedMs < unstoredBefore) entries.delete(entry.deviceId);
    }
  }

  function forgetLatest(deviceId: DeviceId, isErased: (metric: string, atMs: number) => boolean): readonly string[] {
    const entry = visible(deviceId);
    if (entry === undefined) return ALL;
    for (const [metric, { atMs }] of entry.latest) if (isErased(metric, atMs)) entry.latest.delete(metric);
    entry.usual = undefined; // it knows places that are gone
    entry.dirty = true;
    return [...entry.metrics].filter((metric) => !entry.latest.has(metric));
  }

  function restoreLatest(
    deviceId: DeviceId,
    metrics: readonly string[],
    found: ReadonlyMap<string, LatestMetric>,
  ): void {
    const entry = visible(deviceId);
    if (entry === undefined) return;
    for (const metric of metrics) {
      const former = found.get(metric);
      const present = entry.latest.get(metric); // it came in the meantime
      if (former !== undefined && (present === undefined || present.atMs < former.atMs)) {
        entry.latest.set(metric, { ...former });
      } else if (former === undefined && present === undefined) entry.metrics.delete(metric);
    }
    entry.usual = undefined;
    entry.admitted = undefined; // its metrics are to be counted again
    entry.dirty = true;
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
      if (known === undefined) entries.set(device.deviceId, revive(device, clock));
      else adoptInto(known, device);
      const entry = entryOf(device.deviceId);
      judge(entry, known === undefined);
    }
    sorted = undefined;
  }

  function remove(deviceId: DeviceId): void {
    const entry = entries.get(deviceId);
    if (entry === undefined) return;
    for (const speaker of entry.speakers) speaker.entries.delete(entry);
    entries.delete(deviceId);
    sorted = undefined;
  }

  function visible(deviceId: string): Entry | undefined {
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
    hasBeenNumber,
    admitAttributes,
    heard,
    storedReading,
    importedReading,
    storedAttributes,
    storedStatus,
    connectionClosed,
    rename: (deviceId, names) => void Object.assign(visible(deviceId) ?? {}, names),
    forgetLatest,
    restoreLatest,
    keep: (deviceId, retention) => void Object.assign(visible(deviceId) ?? {}, { retention }),
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

/** Former versions made a device of a lone last will. */
const isNothingKnown = ({ lastHeardAtMs, name, place, attributes, latest }: StoredDevice): boolean =>
  lastHeardAtMs === undefined &&
  name === undefined &&
  place === undefined &&
  attributes.size === 0 &&
  latest.size === 0;

/** Open connections that speak for this device alone, or in its name: that a gateway is connected says nothing about its devices. */
function connectionsOf({ deviceId, speakers }: Entry): number {
  let count = 0;
  for (const { connection, entries } of speakers) {
    if (entries.size === 1 || connection.clientId === deviceId || connection.names?.includes(deviceId)) count++;
  }
  return count;
}

/** What came since the start is newer than what was kept, but for names, which only the store knows. */
function adoptInto(entry: Entry, device: StoredDevice): void {
  entry.name ??= device.name;
  entry.place ??= device.place;
  entry.retention = { ...device.retention, ...entry.retention };
  entry.clockSuspect ||= device.clockSuspect;
  for (const [key, value] of device.attributes) if (!entry.attributes.has(key)) entry.attributes.set(key, value);
  for (const [metric, former] of device.latest) {
    const present = entry.latest.get(metric);
    if (present === undefined || present.atMs < former.atMs) entry.latest.set(metric, { ...former });
    entry.metrics.add(metric);
  }
  entry.usual = undefined; // it knows places that were replaced
  entry.lastHeardAtMs = laterOf(entry.lastHeardAtMs, device.lastHeardAtMs);
}

function fresh(deviceId: DeviceId, clock: Clock): Entry {
  return {
    deviceId,
    name: undefined,
    place: undefined,
    attributes: new Map(),
    clockSuspect: false,
    latest: new Map(),
    retention: {},
    interval: new UsualInterval(undefined),
    lastHeardAtMs: undefined,
    state: "offline",
    sinceMs: clock.nowMs(),
    metrics: new Set(),
    admitted: undefined,
    usual: undefined,
    speakers: new Set(),
    heardMs: Number.NEGATIVE_INFINITY,
    saidOffline: false,
    stored: false,
    admittedMs: clock.monotonicMs(),
    dirty: false,
  };
}

/** A device from the store. How long it has been silent is known from the wall clock only. */
function revive(device: StoredDevice, clock: Clock): Entry {
  const { lastHeardAtMs, status } = device;
  const silentMs = lastHeardAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, clock.nowMs() - lastHeardAtMs);
  return {
    ...fresh(device.deviceId, clock),
    name: device.name,
    place: device.place,
    attributes: device.attributes,
    clockSuspect: device.clockSuspect,
    latest: device.latest,
    retention: device.retention,
    interval: new UsualInterval(device.intervalMs),
    lastHeardAtMs,
    sinceMs: lastHeardAtMs ?? status?.atMs ?? clock.nowMs(),
    metrics: new Set(device.latest.keys()),
    heardMs: clock.monotonicMs() - silentMs,
    saidOffline: status?.online === false && status.atMs >= (lastHeardAtMs ?? Number.NEGATIVE_INFINITY),
    stored: true,
  };
}
