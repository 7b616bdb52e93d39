/** `/api/devices/:id`: one device, what its owner sets of it, its latest values, and its deletion; and changes of many at once. */
import { MAX_OWN_METRICS, metricsPatch } from "../../../contract/fleet/own-metrics.ts";
import {
  devicesChange,
  devicesChanged,
  devicesDeleted,
  devicesDeletion,
  MAX_TAGS,
} from "../../../contract/fleet/tags.ts";
import { type Device, type DeviceId, device } from "../../../contract/readings.ts";
import { deviceDeletion, devicePatch, latestAnswer } from "../../../contract/rest.ts";
import type { Credentials } from "../../../core/access/credentials.ts";
import { topicsOfId } from "../../../core/access/topics-of.ts";
import type { AlertSummary } from "../../../core/alerts/shown/alert-summary.ts";
import type { BoardReplacement } from "../../../core/devices/board-replacement.ts";
import { type Described, toDevice, toLatest } from "../../../core/devices/device-answer.ts";
import type { DeviceChanges } from "../../../core/devices/device-changes.ts";
import type { DeviceDeletion } from "../../../core/devices/device-deletion.ts";
import type { DeviceRecord } from "../../../core/devices/device-record.ts";
import type { Registry } from "../../../core/devices/registry.ts";
import type { HardwareBook } from "../../../core/hardware/hardware-book.ts";
import { HttpError, invalidField } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface DevicesParts {
  readonly registry: Registry;
  readonly descriptions: Described;
  readonly alertSummary: Pick<AlertSummary, "worstOf">;
  readonly deviceChanges: DeviceChanges;
  readonly deleteDevice: DeviceDeletion["run"];
  /** Undefined: there are no accounts. */
  readonly credentials: Credentials | undefined;
  readonly hardware: HardwareBook;
  readonly replacement: BoardReplacement;
}

export const DEVICES_ROUTES: readonly Route<DevicesParts>[] = [
  route({
    method: "get",
    path: "/api/devices/:id",
    level: "viewer",
    summary: "one device",
    answer: json(device),
    handle: (parts: DevicesParts, { params }) => shown(knownDevice(parts.registry, params.id), parts),
  }),
  route({
    method: "patch",
    path: "/api/devices/:id",
    level: "operator",
    summary: "empty text or `null` removes a name or place; `tags` replaces all of them; answers the device",
    body: devicePatch,
    answer: json(device),
    handle: async (parts: DevicesParts, { params, body }) =>
      shown(known(notTooMany(await parts.deviceChanges.change(params.id, body))), parts),
  }),
  route({
    method: "patch",
    path: "/api/devices/:id/metrics",
    level: "operator",
    summary:
      "what its owner sets of its metrics: pinned, hidden, label, unit, digits, range, order; `null` takes one away; answers the device",
    body: metricsPatch,
    answer: json(device),
    handle: async (parts: DevicesParts, { params, body }) =>
      shown(known(notTooMany(await parts.deviceChanges.changeMetrics(params.id, body))), parts),
  }),
  route({
    method: "post",
    path: "/api/devices/changes",
    level: "operator",
    summary: "adds and removes tags of many devices, and sets their place",
    body: devicesChange,
    answer: json(devicesChanged),
    handle: async ({ deviceChanges }: DevicesParts, { body }) => {
      const changed = await deviceChanges.changeMany(body);
      if ("tooManyTags" in changed) {
        const { tooManyTags } = changed;
        throw invalidField("addTags", `${tooManyTags} would have more than ${MAX_TAGS} tags; nothing was changed`);
      }
      return changed;
    },
  }),
  route({
    method: "post",
    path: "/api/devices/deletions",
    level: "operator",
    summary:
      "deletes many devices, each as `DELETE /api/devices/:id` does; after an error the same again deletes the rest",
    body: devicesDeletion,
    answer: json(devicesDeleted),
    handle: async (parts: DevicesParts, { body }) => {
      const ids = [...new Set(body.devices)];
      const known = ids.flatMap((id) => parts.registry.get(id) ?? []);
      for (const { deviceId } of known) await deleteWhole(parts, deviceId, body.credential);
      const found = new Set<string>(known.map(({ deviceId }) => deviceId));
      return { deleted: known.length, unknown: ids.filter((id) => !found.has(id)) };
    },
  }),
  route({
    method: "delete",
    path: "/api/devices/:id",
    level: "operator",
    summary:
      "deletes its readings, settings, retained messages and last wills, and the board's secret unless `credential=keep`",
    query: deviceDeletion,
    answer: EMPTY,
    handle: (parts: DevicesParts, { params, query }) =>
      deleteWhole(parts, knownDevice(parts.registry, params.id).deviceId, query.credential),
  }),
  route({
    method: "get",
    path: "/api/devices/:id/latest",
    level: "viewer",
    summary: "the latest value of each metric",
    answer: json(latestAnswer),
    handle: ({ registry }: DevicesParts, { params }) => {
      const record = knownDevice(registry, params.id);
      return { deviceId: record.deviceId, metrics: toLatest(record) };
    },
  }),
];

async function deleteWhole(
  { credentials, hardware, replacement, deleteDevice }: DevicesParts,
  deviceId: DeviceId,
  credential: "keep" | "remove",
): Promise<void> {
  const topics = credentials?.topicsOfDevice(deviceId);
  // First: a board that is still let in would be a new device at once.
  if (credential === "remove") {
    for (const board of new Set([deviceId, hardware.hardwareOf(deviceId)])) await credentials?.removeBoard(board);
  }
  await deleteDevice(deviceId, topics === undefined ? topicsOfId(deviceId) : [...topics.own, ...topics.discovery]);
  // Last: where the store cannot delete it, its board still stands for it.
  await replacement.removed(deviceId);
}

const shown = (record: DeviceRecord, { descriptions, alertSummary }: DevicesParts): Device =>
  toDevice(record, descriptions, alertSummary.worstOf(record.deviceId));

function notTooMany<Changed>(changed: Changed | "tooMany"): Changed {
  if (changed !== "tooMany") return changed;
  throw invalidField("metrics", `of more than ${MAX_OWN_METRICS} metrics something would be set; nothing was changed`);
}

function known(record: DeviceRecord | undefined): DeviceRecord {
  if (record === undefined) throw new HttpError("DEVICE_UNKNOWN");
  return record;
}

export const knownDevice = (registry: Registry, id: string): DeviceRecord => known(registry.get(id));
