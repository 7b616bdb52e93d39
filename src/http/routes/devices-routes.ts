/** `/api/devices/:id`: one device, its name, place, retention and latest values, and its deletion. */
import { device } from "../../contract/readings.ts";
import { deviceDeletion, devicePatch, latestAnswer } from "../../contract/rest.ts";
import type { Credentials } from "../../core/access/credentials.ts";
import { toDevice, toLatest } from "../../core/devices/device-answer.ts";
import type { DeviceChanges } from "../../core/devices/device-changes.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { HttpError } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";

export interface DevicesParts {
  readonly registry: Registry;
  readonly store: Pick<Store, "deleteDevice">;
  readonly changeDevice: DeviceChanges;
  /** Retained messages and last wills of a device that is deleted. */
  readonly deleteTopics: (deviceId: string) => void;
  /** Undefined: there are no accounts. */
  readonly credentials: Credentials | undefined;
}

export const DEVICES_ROUTES: readonly Route<DevicesParts>[] = [
  route({
    method: "get",
    path: "/api/devices/:id",
    level: "viewer",
    summary: "one device",
    answer: json(device),
    handle: ({ registry }: DevicesParts, { params }) => toDevice(knownDevice(registry, params.id)),
  }),
  route({
    method: "patch",
    path: "/api/devices/:id",
    level: "operator",
    summary: "empty text or `null` removes a name or place; answers the device",
    body: devicePatch,
    answer: json(device),
    handle: async ({ changeDevice }: DevicesParts, { params, body }) =>
      toDevice(known(await changeDevice(params.id, body))),
  }),
  route({
    method: "delete",
    path: "/api/devices/:id",
    level: "operator",
    summary: "deletes its readings, retained messages and last wills, and the board's secret unless `credential=keep`",
    query: deviceDeletion,
    answer: EMPTY,
    handle: async ({ registry, store, credentials, deleteTopics }: DevicesParts, { params, query }) => {
      const { deviceId } = knownDevice(registry, params.id);
      // First: a board that is still let in would be a new device at once.
      if (query.credential === "remove") await credentials?.removeBoard(deviceId);
      await store.deleteDevice(deviceId);
      registry.remove(deviceId);
      deleteTopics(deviceId);
    },
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

function known(record: DeviceRecord | undefined): DeviceRecord {
  if (record === undefined) throw new HttpError("DEVICE_UNKNOWN");
  return record;
}

export const knownDevice = (registry: Registry, id: string): DeviceRecord => known(registry.get(id));
