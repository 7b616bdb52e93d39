/** Devices whose states a test sets, and the index of them. */
import type { FleetCounts } from "../../../../src/contract/fleet/states.ts";
import type { DeviceId, MetricValue, PresenceState, Severity } from "../../../../src/contract/readings.ts";
import { type DeviceEntry, newEntry } from "../../../../src/core/devices/device-entry.ts";
import { createFleetIndex } from "../../../../src/core/fleet/fleet-index.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

export interface DeviceFacts {
  readonly presence?: PresenceState;
  readonly alert?: Severity | undefined;
  readonly isNew?: boolean;
  readonly clockSuspect?: boolean;
  readonly name?: string;
  readonly place?: string;
  readonly tags?: readonly string[];
  /** Latest value of its metric `t`. */
  readonly t?: MetricValue | undefined;
  readonly room?: string;
}

export function createFleetWorld(before: Readonly<Record<string, DeviceFacts>> = {}) {
  const clock = createManualClock();
  const parts = {
    clock,
    familyOf: () => undefined,
    before: { lastOf: () => undefined, aliveAtMs: undefined },
    tags: new Map(),
  };
  const devices = new Map<string, DeviceEntry>();
  const alerts = new Map<string, Severity>();
  const isNew = new Set<string>();
  const told: FleetCounts[] = [];

  function set(deviceId: string, facts: DeviceFacts): DeviceEntry {
    const device = devices.get(deviceId) ?? newEntry(deviceId as DeviceId, parts);
    devices.set(deviceId, device);
    device.detail = facts.presence ?? "online";
    device.clockSuspect = facts.clockSuspect ?? false;
    device.name = facts.name;
    device.place = facts.place;
    device.tags = facts.tags ?? [];
    if (facts.t === undefined) device.latest.delete("t");
    else device.latest.set("t", { value: facts.t, atMs: clock.nowMs() });
    if (facts.room !== undefined) device.attributes.set("room", facts.room);
    if (facts.alert === undefined) alerts.delete(deviceId);
    else alerts.set(deviceId, facts.alert);
    if (facts.isNew === true) isNew.add(deviceId);
    else isNew.delete(deviceId);
    return device;
  }

  for (const [deviceId, facts] of Object.entries(before)) set(deviceId, facts);
  const index = createFleetIndex({
    registry: { get: (deviceId) => devices.get(deviceId), list: () => [...devices.values()] },
    worstOf: (deviceId) => alerts.get(deviceId),
    isNew: (deviceId) => isNew.has(deviceId),
    nameOf: ({ name }) => name,
    nowMs: clock.nowMs,
    onCounts: (counts) => void told.push(counts),
  });
  return {
    clock,
    index,
    devices,
    told,
    change: (deviceId: string, facts: DeviceFacts) => {
      set(deviceId, facts);
      index.refresh(deviceId);
    },
    remove: (deviceId: string) => {
      devices.delete(deviceId);
      index.refresh(deviceId);
    },
    ids: () => index.ask("state", { limit: Number.POSITIVE_INFINITY }).devices.map(({ deviceId }) => deviceId),
  };
}
