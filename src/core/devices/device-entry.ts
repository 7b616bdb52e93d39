/** The registry's own entry of a device: its record, and what is needed to keep that up to date. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Clock } from "../ports/clock.ts";
import type { LatestMetric, StoredDevice } from "../ports/stored-device.ts";
import type { Connection } from "./connection.ts";
import { type DeviceRecord, laterOf } from "./device-record.ts";
import { UsualInterval } from "./presence.ts";

/** An open connection, and the devices of which messages came over it. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly entries: Set<DeviceEntry>;
}

export interface DeviceEntry extends DeviceRecord {
  /** Names of metrics admitted so far, stored or on their way. */
  readonly metrics: Set<string>;
  /** The list of names that was last admitted as a whole. */
  admitted: readonly string[] | undefined;
  /** The list of names that came last, and the entries of `latest` for them, in its order. */
  usual: { readonly names: readonly string[]; readonly latest: readonly LatestMetric[] } | undefined;
  readonly connections: Set<OpenConnection>;
  /** Monotonic ms. */
  heardMs: number;
  saidOffline: boolean;
  /** Something of it is on disk; until then nobody sees it. */
  stored: boolean;
  /** Monotonic ms. */
  admittedMs: number;
  /** It changed since its state was saved. */
  dirty: boolean;
}

/** A device of which nothing is stored yet. */
export function newEntry(deviceId: DeviceId, clock: Clock): DeviceEntry {
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
    connections: new Set(),
    heardMs: Number.NEGATIVE_INFINITY,
    saidOffline: false,
    stored: false,
    admittedMs: clock.monotonicMs(),
    dirty: false,
  };
}

/** A device from the store. How long it has been silent is known from the wall clock only. */
export function storedEntry(device: StoredDevice, clock: Clock): DeviceEntry {
  const { lastHeardAtMs, status } = device;
  const silentMs = lastHeardAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, clock.nowMs() - lastHeardAtMs);
  return {
    ...newEntry(device.deviceId, clock),
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

/** Adds what the store has of a device that was heard since the start: what came is newer, but names are in the store only. */
export function mergeStored(entry: DeviceEntry, device: StoredDevice): void {
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
  entry.usual = undefined; // it refers to values that were replaced
  entry.lastHeardAtMs = laterOf(entry.lastHeardAtMs, device.lastHeardAtMs);
}

/** Former versions made a device out of a last will alone; such a device is not shown. */
export const isNothingKnown = ({ lastHeardAtMs, name, place, attributes, latest }: StoredDevice): boolean =>
  lastHeardAtMs === undefined &&
  name === undefined &&
  place === undefined &&
  attributes.size === 0 &&
  latest.size === 0;
