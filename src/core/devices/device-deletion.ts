/** Deletes a device: its readings, its messages, and what its owner set. */
import type { DeviceId } from "../../contract/readings.ts";
import type { AlertEngine } from "../alerts/alert-types.ts";
import type { Descriptions } from "../dialects/descriptions.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";
import type { Registry } from "./registry.ts";

export interface DeviceDeletion {
  /** `topics`: filters of its messages. The device is deleted when this settles; rejects with a StoreError, and the device is as before. */
  run(deviceId: DeviceId, topics: readonly string[]): Promise<void>;
  close(): void;
}

export interface DeviceDeletionOptions {
  readonly registry: Pick<Registry, "remove">;
  readonly descriptions: Pick<Descriptions, "setByOwner">;
  readonly alerts: Pick<AlertEngine, "deviceRemoved">;
  /** It is gone from the registry: what else remembers it is to forget it. */
  readonly onRemoved: (deviceId: DeviceId) => void;
  readonly store: Pick<Store, "deleteDevice">;
  readonly hubFile: Pick<HubFile, "deleteDevice">;
  /** Retained messages and last wills. */
  readonly deleteTopics: (filters: readonly string[]) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const AGAIN_EVERY_MS = 10_000;

export function createDeviceDeletion(options: DeviceDeletionOptions): DeviceDeletion {
  const { registry, descriptions, alerts, onRemoved, store, hubFile, deleteTopics, clock, log } = options;
  /** The store has deleted them, and `hub.db` has not yet: on a full disk readings are deleted to make space. */
  const left = new Set<DeviceId>();
  const stop = clock.every(AGAIN_EVERY_MS, () => {
    for (const deviceId of left) void deleteInHubFile(deviceId);
  });

  async function deleteInHubFile(deviceId: DeviceId): Promise<void> {
    try {
      await hubFile.deleteDevice(deviceId);
      left.delete(deviceId);
    } catch (cause) {
      if (!left.has(deviceId)) {
        log.warn("the settings of a deleted device could not be deleted in hub.db; the hub tries again", {
          deviceId,
          cause,
        });
      }
      left.add(deviceId);
    }
  }

  return {
    run: async (deviceId, topics) => {
      await store.deleteDevice(deviceId);
      alerts.deviceRemoved(deviceId); // its name is in what it says
      registry.remove(deviceId);
      onRemoved(deviceId);
      descriptions.setByOwner(deviceId, new Map());
      deleteTopics(topics);
      await deleteInHubFile(deviceId);
      log.info("a device was deleted", { deviceId });
    },
    close: stop,
  };
}
