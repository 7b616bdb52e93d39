/** `/api/devices/:id`: one device, its name, place, retention and latest values, and its deletion. */
import { type Request, Router } from "express";
import type { z } from "zod";
import { deviceDeletion, devicePatch, type LatestAnswer } from "../../contract/rest.ts";
import type { Credentials } from "../../core/access/credentials.ts";
import { toDevice, toLatest } from "../../core/devices/device-answer.ts";
import { type DeviceRecord, mergeRetention } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { HttpError, parseRequest } from "../answers/problem.ts";

export interface DevicesRoutesOptions {
  readonly registry: Registry;
  readonly store: Pick<Store, "nameDevice" | "setRetention" | "deleteDevice">;
  /** Retained messages and last wills of a device that is deleted. */
  readonly deleteTopics: (deviceId: string) => void;
  /** Undefined: there are no accounts. */
  readonly credentials: Credentials | undefined;
}

export function devicesRoutes({ registry, store, deleteTopics, credentials }: DevicesRoutesOptions): Router {
  const router = Router();

  router.get("/:id", (request, response) => {
    response.json(toDevice(knownDevice(registry, request)));
  });

  router.get("/:id/latest", (request, response) => {
    const device = knownDevice(registry, request);
    response.json({ deviceId: device.deviceId, metrics: toLatest(device) } satisfies LatestAnswer);
  });

  /** One after the other: each says only a part of what is written. */
  let changing: Promise<unknown> = Promise.resolve();

  router.patch("/:id", async (request, response) => {
    const patch = parseRequest(devicePatch, request.body);
    const changed = changing.then(() => change(knownDevice(registry, request), patch));
    changing = changed.catch(() => undefined);
    response.json(toDevice(await changed));
  });

  async function change(device: DeviceRecord, patch: z.infer<typeof devicePatch>): Promise<DeviceRecord> {
    if (patch.name !== undefined || patch.place !== undefined) await rename(device, patch);
    if (patch.retention !== undefined) {
      const retention = mergeRetention(device.retention, patch.retention);
      await store.setRetention(device.deviceId, retention);
      registry.setRetention(device.deviceId, retention);
    }
    return device;
  }

  async function rename(device: DeviceRecord, patch: z.infer<typeof devicePatch>): Promise<void> {
    const names = {
      name: patch.name === undefined ? device.name : patch.name || undefined,
      place: patch.place === undefined ? device.place : patch.place || undefined,
    };
    await store.nameDevice(device.deviceId, names);
    registry.rename(device.deviceId, names);
  }

  router.delete("/:id", async (request, response) => {
    const { deviceId } = knownDevice(registry, request);
    const { credential } = parseRequest(deviceDeletion, request.query);
    // First: a board that is still let in would be a new device at once.
    if (credential === "remove") await credentials?.removeBoard(deviceId);
    await store.deleteDevice(deviceId);
    registry.remove(deviceId);
    deleteTopics(deviceId);
    response.status(204).end();
  });

  return router;
}

export function knownDevice(registry: Registry, request: Request): DeviceRecord {
  const device = registry.get(String(request.params["id"]));
  if (device === undefined) throw new HttpError("DEVICE_UNKNOWN");
  return device;
}
