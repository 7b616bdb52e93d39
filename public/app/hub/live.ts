/**
 * Turns live events and REST answers into signals, once an animation frame or at the pace that was chosen. Nothing else writes the signals of devices.
 */
import { batch, signal } from "@preact/signals";
import type { PresenceEvent } from "../../../src/contract/live/events.ts";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { noteWaiting, whenShown } from "../preferences/pace.ts";
import {
  type Arrivals,
  clearArrivals,
  createArrivals,
  notePresence,
  noteReading,
  presenceAt,
  supersedes,
  type ValueAt,
} from "./arrivals.ts";
import { showNow } from "./clock.ts";
import { aboutOf, createDeviceState, type DeviceState, heardAtMsOf, mixedOf } from "./device-state.ts";
import { readAgain } from "./epoch.ts";

/** Counts metrics that came live before this page read what is known of them, so that a list can read it. */
export const unreadMetrics = signal(0);

type ReadingsWatcher = (readings: readonly Reading[]) => void;
type RefusalsWatcher = (refusals: readonly Refusal[]) => void;

/** More readings than this in one frame are not drawn one by one: the page reads the store again instead. */
const MAX_WAITING_READINGS = 20_000;
const MAX_WAITING_REFUSALS = 1_000;

const devices = new Map<string, DeviceState>();
const pending = createArrivals();
/** Reads under way: each keeps what came live since it began, to lay it over the answer. */
const keeping = new Set<Arrivals>();
const watchers = new Map<string, Set<ReadingsWatcher>>();
let waitingReadings: Reading[] = [];
const refusalWatchers = new Set<RefusalsWatcher>();
let waitingRefusals: Refusal[] = [];

export const deviceState = (id: string): DeviceState | undefined => devices.get(id);

export function onReadings(readings: readonly Reading[]): void {
  for (const reading of readings) {
    noteReading(pending, reading);
    for (const arrivals of keeping) noteReading(arrivals, reading);
    // A hidden tab draws nothing and is read again when it comes back, so nothing is gathered for its charts.
    if (watchers.has(reading.deviceId) && !document.hidden) waitingReadings.push(reading);
  }
  if (waitingReadings.length > MAX_WAITING_READINGS) {
    waitingReadings = [];
    readAgain();
  }
  schedule(readings.length);
}

export function onPresence(event: PresenceEvent): void {
  notePresence(pending, event);
  for (const arrivals of keeping) notePresence(arrivals, event);
  schedule(1);
}

export function onRejected(refusal: Refusal): void {
  if (refusalWatchers.size === 0 || document.hidden) return;
  waitingRefusals.push(refusal);
  if (waitingRefusals.length > MAX_WAITING_REFUSALS) {
    waitingRefusals = [];
    readAgain();
  }
  schedule(1);
}

/** Call before a read of devices begins; pass the result to `takeDevices` with the answer, or to `dropArrivals`. */
export function keepArrivals(): Arrivals {
  const arrivals = createArrivals();
  keeping.add(arrivals);
  return arrivals;
}

export const dropArrivals = (arrivals: Arrivals): boolean => keeping.delete(arrivals);

/** A REST answer replaces what was known; what came live since its read began is laid over it. */
export function takeDevices(answer: readonly Device[], since: Arrivals): void {
  keeping.delete(since);
  batch(() => {
    for (const device of answer) {
      const known = devices.get(device.deviceId);
      if (known === undefined) devices.set(device.deviceId, createDeviceState(device));
      else replace(known, device);
    }
    apply(since);
    showNow();
  });
}

/** Deletes what is known of all others: no list shows them now. */
export function keepDevices(ids: ReadonlySet<string>): void {
  for (const id of devices.keys()) if (!ids.has(id)) devices.delete(id);
}

export const dropDevice = (id: string): boolean => devices.delete(id);

/** Every live reading of one device, once a frame; for charts, which must not lose an extreme. */
export function watchReadings(id: string, watcher: ReadingsWatcher): () => void {
  const ofDevice = watchers.get(id) ?? new Set();
  watchers.set(id, ofDevice.add(watcher));
  return () => {
    ofDevice.delete(watcher);
    if (ofDevice.size === 0 && watchers.get(id) === ofDevice) watchers.delete(id);
  };
}

export function watchRefusals(watcher: RefusalsWatcher): () => void {
  refusalWatchers.add(watcher);
  return () => refusalWatchers.delete(watcher);
}

function schedule(updates: number): void {
  noteWaiting(updates);
  whenShown(flush);
}

function flush(): void {
  batch(() => {
    apply(pending);
    clearArrivals(pending);
    notifyWatchers();
  });
}

function notifyWatchers(): void {
  const readings = waitingReadings;
  waitingReadings = [];
  for (const [id, ofDevice] of watchers) {
    const own = readings.filter((reading) => reading.deviceId === id);
    if (own.length > 0) for (const watcher of ofDevice) watcher(own);
  }
  const refusals = waitingRefusals;
  waitingRefusals = [];
  if (refusals.length > 0) for (const watcher of refusalWatchers) watcher(refusals);
}

function apply(arrivals: Arrivals): void {
  for (const [id, values] of arrivals.values) {
    const device = devices.get(id);
    if (device !== undefined) setValues(device, values);
  }
  for (const [id, heardAtMs] of arrivals.heardAtMs) {
    const device = devices.get(id);
    if (device !== undefined && heardAtMs > (device.heardAtMs.peek() ?? 0)) device.heardAtMs.value = heardAtMs;
  }
  for (const [id, next] of arrivals.presence) {
    const device = devices.get(id);
    if (device !== undefined && next.detailSinceMs >= device.presence.peek().detailSinceMs)
      device.presence.value = next;
  }
}

function setValues(device: DeviceState, values: ReadonlyMap<string, ValueAt>): void {
  let grown = false;
  for (const [metric, next] of values) {
    if (device.described(metric).info?.kind === "event") continue; // it has no value that holds afterwards
    const known = device.values.get(metric);
    if (known === undefined) {
      device.values.set(metric, signal(next));
      grown = true;
    } else if (supersedes(next, known.peek())) {
      if (
        typeof known.peek().value === "number" &&
        typeof next.value === "string" &&
        !device.mixed.peek().has(metric)
      ) {
        device.mixed.value = new Set([...device.mixed.peek(), metric]);
      }
      known.value = next;
    }
  }
  if (!grown) return;
  device.metrics.value = device.sorted([...device.values.keys()]);
  unreadMetrics.value += 1;
}

function replace(device: DeviceState, answer: Device): void {
  device.about.value = aboutOf(answer);
  device.presence.value = presenceAt(answer.presence, answer.presenceDetail);
  device.heardAtMs.value = heardAtMsOf(answer);
  const mixed = mixedOf(answer);
  if ([...mixed].join() !== [...device.mixed.peek()].join()) device.mixed.value = mixed;
  const names = Object.keys(answer.latest);
  const gone = [...device.values.keys()].filter((metric) => !Object.hasOwn(answer.latest, metric));
  for (const metric of gone) device.values.delete(metric);
  for (const metric of names) {
    const latest = answer.latest[metric];
    if (latest === undefined) continue;
    const next = { value: latest.value, atMs: Date.parse(latest.timestamp) };
    const known = device.values.get(metric);
    if (known === undefined) device.values.set(metric, signal(next));
    else known.value = next;
  }
  const sorted = device.sorted(names);
  if (sorted.join() !== device.metrics.peek().join()) device.metrics.value = sorted;
}
