/** Deletes readings or metrics of one device, and corrects the latest values that memory shows of it. */

import type { DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import { HOUR_MS } from "../model/utc-day.ts";
import type { EraseRequest } from "../ports/history.ts";
import type { Store } from "../ports/readings-store.ts";

export interface ErasureOptions {
  readonly store: Pick<Store, "erase" | "latestOf">;
  readonly registry: Pick<Registry, "dropLatest" | "restoreLatest">;
  /** Saves the latest values: after a crash nothing that was erased is shown again. */
  readonly saveState: () => Promise<void>;
  /** Also where it failed: a part may be erased. */
  readonly onErased: (deviceId: DeviceId) => void;
}

/** Settles when everything is deleted; rejects with a StoreError, and may be requested again then. */
export type Erasure = (request: EraseRequest) => Promise<void>;

export function createErasure({ store, registry, saveState, onErased }: ErasureOptions): Erasure {
  /** One after the other: a value that was looked up before another request erased it must not come back. */
  const showing = createSerialQueue();

  async function show(request: EraseRequest): Promise<void> {
    const { deviceId } = request;
    const unknown = registry.dropLatest(deviceId, erasedBy(request));
    if (unknown.length === 0) return;
    registry.restoreLatest(deviceId, unknown, await store.latestOf(deviceId, unknown));
  }

  return async (request) => {
    await store.erase(request).finally(() => onErased(request.deviceId));
    await showing.run(() => show(request));
    await saveState();
  };
}

/** Whether a latest value may be erased. Beyond raw age every hour that overlaps the range is deleted completely. */
function erasedBy({ fromMs, toMs, metrics }: EraseRequest): (metric: string, atMs: number) => boolean {
  const firstMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
  const endMs = Math.ceil(toMs / HOUR_MS) * HOUR_MS;
  return (metric, atMs) => (metrics?.includes(metric) ?? true) && atMs >= firstMs && atMs < endMs;
}
