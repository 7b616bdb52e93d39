/** Remembers what each device sent last, because Zigbee2MQTT sends all that it knows of a device with each report. Bounded, may be lost. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { UNCHANGED_MS } from "../../contract/silence.ts";
import { setNewest } from "../../core/model/bounded-map.ts";

export interface DeviceMemory {
  /** By metric, of its messages so far. */
  readonly values: Map<string, KeptValue>;
  lastSeenMs: number | undefined;
  /** When the hub last stored something of it. */
  heardAtMs: number;
  /** By its own availability, not by its bridge's. */
  isOffline: boolean;
  /** Actions that came as JSON: each of them may follow on a topic of its own. */
  actions: readonly SentAction[];
  /** What was last answered as attributes, as JSON. */
  attributes: string;
  update: string;
}

interface KeptValue {
  readonly value: MetricValue;
  readonly storedAtMs: number;
}

interface SentAction {
  readonly action: string;
  readonly atMs: number;
}

/** With texts of 256 bytes, 50 MB at worst; a house of 300 devices takes one. */
const MAX_DEVICES = 2_000;
/** Of a device; those beyond are always stored. */
const MAX_VALUES = 96;
const MAX_ACTIONS = 16;

/** An action and its copy come right after each other. */
const COPY_MS = 10_000;
/** Zigbee2MQTT itself takes a battery device that was silent for so long for offline: what it sends of it is from its cache. */
const CACHED_MS = 25 * 3_600_000;
/** `last_seen` may step back, where the clock of the bridge was wrong. */
const STEP_BACK_MS = 10 * 60_000;

export function createDeviceMemories(): (deviceId: DeviceId) => DeviceMemory {
  const memories = new Map<DeviceId, DeviceMemory>();
  return (deviceId) => {
    const memory = memories.get(deviceId) ?? newMemory();
    setNewest(memories, deviceId, memory, MAX_DEVICES);
    return memory;
  };
}

const newMemory = (): DeviceMemory => ({
  values: new Map(),
  lastSeenMs: undefined,
  heardAtMs: Number.NEGATIVE_INFINITY,
  isOffline: false,
  actions: [],
  attributes: "",
  update: "",
});

/** What Zigbee2MQTT never sends from its cache. */
const UNCACHED = /^(action|click|button)(_|$)|^(from_side|to_side|step_size|step_mode|transition_time|duration)$/;

export const isUncached = (metric: string): boolean => UNCACHED.test(metric);

/** The metric changed, or it was not stored for ten minutes. From now on it counts as stored. */
export function takeNews(memory: DeviceMemory, metric: string, value: MetricValue, atMs: number): boolean {
  if (isUncached(metric)) return true;
  const former = memory.values.get(metric);
  const isSame = former !== undefined && former.value === value && Math.abs(atMs - former.storedAtMs) < UNCHANGED_MS;
  if (isSame) return false;
  if (former !== undefined || memory.values.size < MAX_VALUES) memory.values.set(metric, { value, storedAtMs: atMs });
  return true;
}

/** The device was not heard from since its last message: this one repeats what Zigbee2MQTT keeps of it. */
export function isFromCache(memory: DeviceMemory, lastSeenMs: number | undefined, receivedAtMs: number): boolean {
  if (lastSeenMs === undefined) return false;
  const former = memory.lastSeenMs;
  memory.lastSeenMs = lastSeenMs;
  if (former === undefined) return lastSeenMs < receivedAtMs - CACHED_MS;
  if (lastSeenMs > former) return false;
  if (former - lastSeenMs > STEP_BACK_MS) return false;
  memory.lastSeenMs = former;
  return true;
}

export function noteAction(memory: DeviceMemory, action: string, atMs: number): void {
  memory.actions = [...memory.actions.slice(1 - MAX_ACTIONS), { action, atMs }];
}

/** The action came as JSON just before. Each of them has one copy. */
export function isCopyOfAction(memory: DeviceMemory, action: string, atMs: number): boolean {
  const recent = memory.actions.filter((each) => Math.abs(atMs - each.atMs) < COPY_MS);
  const index = recent.findIndex((each) => each.action === action);
  memory.actions = index < 0 ? recent : recent.toSpliced(index, 1);
  return index >= 0;
}
