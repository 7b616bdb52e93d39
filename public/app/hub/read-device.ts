/** Reads one device from the hub into the page's state, and changes what its owner says of its metrics. */
import type { MetricsPatch } from "../../../src/contract/fleet/own-metrics.ts";
import type { Device } from "../../../src/contract/readings.ts";
import { getDevice, patchMetrics } from "./api.ts";
import { dropArrivals, keepArrivals, takeDevices } from "./live.ts";

export const readDevice = (id: string, abort?: AbortSignal): Promise<void> => take(() => getDevice(id, abort));

/** Sets what its owner says of metrics. */
export const changeMetrics = (id: string, patch: MetricsPatch): Promise<void> => take(() => patchMetrics(id, patch));

async function take(ask: () => Promise<Device>): Promise<void> {
  const since = keepArrivals();
  try {
    takeDevices([await ask()], since);
  } finally {
    dropArrivals(since);
  }
}
