/** Changes what an owner sets of devices, one change after the other: each says only a part of what is written. */

import { MAX_OWN_METRICS, type MetricsPatch } from "../../contract/fleet/own-metrics.ts";
import { type DevicesChange, type DevicesChanged, MAX_TAGS } from "../../contract/fleet/tags.ts";
import type { OwnMetricInfo } from "../../contract/metrics.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { DevicePatch } from "../../contract/rest.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import { ownerChange } from "../dialects/owner-metrics.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { HubFile } from "../ports/hub-file.ts";
import type { Store } from "../ports/readings-store.ts";
import { type DeviceRecord, mergeRetention } from "./device-record.ts";
import { tagsChange } from "./owner-tags.ts";
import type { Registry } from "./registry.ts";

export interface DeviceChanges {
  /** Undefined: there is no such device. `tooMany`: of more metrics something would be set than may be; nothing was changed. */
  change(deviceId: string, patch: DevicePatch): Promise<DeviceRecord | "tooMany" | undefined>;
  /** The same. */
  changeMetrics(deviceId: string, patch: MetricsPatch): Promise<DeviceRecord | "tooMany" | undefined>;
  /** The same again changes nothing more: after an error it may be repeated. */
  changeMany(change: DevicesChange): Promise<ChangedMany>;
}

type OwnMetrics = ReadonlyMap<string, OwnMetricInfo>;

export type ChangedMany = DevicesChanged | { readonly tooManyTags: string };

export interface DeviceChangesOptions {
  readonly registry: Pick<Registry, "get" | "rename" | "setRetention" | "setTags">;
  readonly store: Pick<Store, "nameDevice" | "relocate" | "setRetention">;
  readonly descriptions: Pick<Descriptions, "ownerOf" | "setByOwner" | "changed">;
  readonly hubFile: Pick<HubFile, "write">;
  /** Something of it is shown in another way now, beside its metrics. */
  readonly onChanged: (deviceId: DeviceId) => void;
}

export function createDeviceChanges(options: DeviceChangesOptions): DeviceChanges {
  const { registry, store, descriptions, hubFile, onChanged } = options;
  const changing = createSerialQueue();

  async function change(deviceId: string, patch: DevicePatch): Promise<DeviceRecord | "tooMany" | undefined> {
    const device = registry.get(deviceId);
    if (device === undefined) return undefined;
    const metrics = patch.metrics === undefined ? undefined : replaced(device, patch.metrics);
    if (metrics !== undefined && areTooMany(device, metrics)) return "tooMany";
    if (patch.name !== undefined || patch.place !== undefined) await rename(device, patch);
    if (patch.retention !== undefined) {
      const retention = mergeRetention(device.retention, patch.retention);
      await store.setRetention(device.deviceId, retention);
      registry.setRetention(device.deviceId, retention);
    }
    if (metrics !== undefined) await saveMetrics(device, metrics);
    if (patch.tags !== undefined) await setTags([[device, patch.tags ?? []]]);
    onChanged(device.deviceId);
    return device;
  }

  async function changeMetrics(deviceId: string, patch: MetricsPatch): Promise<DeviceRecord | "tooMany" | undefined> {
    const device = registry.get(deviceId);
    if (device === undefined) return undefined;
    const metrics = new Map(descriptions.ownerOf(device.deviceId));
    for (const [metric, fields] of Object.entries(patch)) {
      const merged = fields === null ? {} : merge(metrics.get(metric), fields);
      if (Object.keys(merged).length === 0) metrics.delete(metric);
      else metrics.set(metric, merged);
    }
    if (areTooMany(device, metrics)) return "tooMany";
    await saveMetrics(device, metrics);
    return device;
  }

  function replaced({ deviceId }: DeviceRecord, patch: NonNullable<DevicePatch["metrics"]> | null): OwnMetrics {
    const metrics = new Map(patch === null ? [] : descriptions.ownerOf(deviceId));
    for (const [metric, info] of Object.entries(patch ?? {})) {
      if (info === null) metrics.delete(metric);
      else metrics.set(metric, info);
    }
    return metrics;
  }

  /** Whoever has more than that already may have fewer. */
  const areTooMany = ({ deviceId }: DeviceRecord, metrics: OwnMetrics): boolean =>
    metrics.size > MAX_OWN_METRICS && metrics.size >= descriptions.ownerOf(deviceId).size;

  async function saveMetrics(device: DeviceRecord, metrics: OwnMetrics): Promise<void> {
    const { deviceId } = device;
    await hubFile.write([ownerChange(deviceId, metrics)]);
    if (!isThere(device)) return;
    descriptions.setByOwner(deviceId, metrics);
    descriptions.changed(deviceId);
  }

  async function rename(device: DeviceRecord, patch: DevicePatch): Promise<void> {
    const names = {
      name: patch.name === undefined ? device.name : patch.name || undefined,
      place: patch.place === undefined ? device.place : patch.place || undefined,
    };
    await store.nameDevice(device.deviceId, names);
    registry.rename(device.deviceId, names);
  }

  async function setTags(changes: readonly (readonly [DeviceRecord, readonly string[]])[]): Promise<void> {
    const left = changes.filter(([device]) => isThere(device));
    if (left.length === 0) return;
    await hubFile.write(left.map(([{ deviceId }, tags]) => tagsChange(deviceId, tags)));
    for (const [device, tags] of left) if (isThere(device)) registry.setTags(device.deviceId, tags);
  }

  /** It may be deleted while something is written, and another with its id may come. */
  const isThere = (device: DeviceRecord): boolean => registry.get(device.deviceId) === device;

  /** Tags are checked before anything is written. */
  async function changeMany({ devices, addTags = [], removeTags = [], place }: DevicesChange): Promise<ChangedMany> {
    const ids = [...new Set(devices)];
    const found = ids.flatMap((deviceId) => registry.get(deviceId) ?? []);
    const tagged = found.map((device) => [device, changedTags(device.tags, addTags, removeTags)] as const);
    const tooMany = tagged.find(([, tags]) => tags.length > MAX_TAGS);
    if (tooMany !== undefined) return { tooManyTags: tooMany[0].deviceId };
    if (place !== undefined) await putAt(found, place || undefined);
    await setTags(tagged.filter(([device, tags]) => tags.join() !== device.tags.join()));
    for (const { deviceId } of found) onChanged(deviceId);
    return {
      changed: found.filter(isThere).length,
      unknown: ids.filter((deviceId) => registry.get(deviceId) === undefined),
    };
  }

  async function putAt(devices: readonly DeviceRecord[], place: string | undefined): Promise<void> {
    const deviceIds = devices.map(({ deviceId }) => deviceId);
    await store.relocate(deviceIds, place);
    for (const device of devices) {
      if (isThere(device)) registry.rename(device.deviceId, { name: device.name, place });
    }
  }

  return {
    change: (deviceId, patch) => changing.run(() => change(deviceId, patch)),
    changeMetrics: (deviceId, patch) => changing.run(() => changeMetrics(deviceId, patch)),
    changeMany: (wanted) => changing.run(() => changeMany(wanted)),
  };
}

/** What is undefined stays; null and false take a field away. */
function merge(former: OwnMetricInfo = {}, patch: NonNullable<MetricsPatch[string]>): OwnMetricInfo {
  const merged = { ...former, ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) };
  return Object.fromEntries(Object.entries<unknown>(merged).filter(([, value]) => value !== null && value !== false));
}

/** A tag that is both added and removed is removed. */
const changedTags = (tags: readonly string[], added: readonly string[], removed: readonly string[]): string[] =>
  [...new Set([...tags, ...added])].filter((tag) => !removed.includes(tag));
