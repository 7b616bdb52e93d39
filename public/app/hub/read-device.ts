/** Reads one device from the hub into the page's state. */
import { getDevice } from "./api.ts";
import { dropArrivals, keepArrivals, takeDevices } from "./live.ts";

export async function readDevice(id: string, abort?: AbortSignal): Promise<void> {
  const since = keepArrivals();
  try {
    takeDevices([await getDevice(id, abort)], since);
  } finally {
    dropArrivals(since);
  }
}
