/** Reads one device from the hub into what the page knows. Draws nothing. */
import { getDevice } from "./api.ts";
import { forgo, keepArrivals, takeDevices } from "./live.ts";

export async function readDevice(id: string, abort?: AbortSignal): Promise<void> {
  const since = keepArrivals();
  try {
    takeDevices([await getDevice(id, abort)], since);
  } finally {
    forgo(since);
  }
}
