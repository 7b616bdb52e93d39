/** Changes a device's name, place, retention and what is shown of its metrics, one change after the other: each says only a part of what is written. */

import type { DevicePatch } from "../../contract/rest.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import { ownerChange } from "../dialects/owner-metrics.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { HubFile } from "../ports/hub-file.ts";
import type { Store } from "../ports/readings-store.ts";
import { type DeviceRecord, mergeRetention } from "./device-record.ts";
import type { Registry } from "./registry.ts";

/** Undefined: there is no such device. */
export type DeviceChanges = (deviceId: string, patch: DevicePatch) => Promise<DeviceRecord | undefined>;

export interface DeviceChangesOptions {
  readonly registry: Registry;
  readonly store: Pick<Store, "nameDevice" | "setRetention">;
  readonly descriptions: Pick<Descriptions, "ownerOf" | "setByOwner">;
  readonly hubFile: Pick<HubFile, "write">;
}

export function createDeviceChanges({ registry, store, descriptions, hubFile }: DeviceChangesOptions): DeviceChanges {
  const changing = createSerialQueue();

  async function change(deviceId: string, patch: DevicePatch): Promise<DeviceRecord | undefined> {
    const device = registry.get(deviceId);
    if (device === undefined) return undefined;
    if (patch.name !== undefined || patch.place !== undefined) await rename(device, patch);
    if (patch.retention !== undefined) {
      const retention = mergeRetention(device.retention, patch.retention);
      await store.setRetention(device.deviceId, retention);
      registry.setRetention(device.deviceId, retention);
    }
    if (patch.metrics !== undefined) await describe(device, patch.metrics);
    return device;
  }

  async function describe(
    { deviceId }: DeviceRecord,
    patch: NonNullable<DevicePatch["metrics"]> | null,
  ): Promise<void> {
    const metrics = new Map(patch === null ? [] : descriptions.ownerOf(deviceId));
    for (const [metric, info] of Object.entries(patch ?? {})) {
      if (info === null) metrics.delete(metric);
      else metrics.set(metric, info);
    }
    await hubFile.write([ownerChange(deviceId, metrics)]);
    descriptions.setByOwner(deviceId, metrics);
  }

  async function rename(device: DeviceRecord, patch: DevicePatch): Promise<void> {
    const names = {
      name: patch.name === undefined ? device.name : patch.name || undefined,
      place: patch.place === undefined ? device.place : patch.place || undefined,
    };
    await store.nameDevice(device.deviceId, names);
    registry.rename(device.deviceId, names);
  }

  return (deviceId, patch) => changing.run(() => change(deviceId, patch));
}
