/** Watches the resident memory of a hub that is a process of its own. Judges nothing. */
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { metricsOf } from "../hub/metrics.ts";

const MB = 1024 * 1024;
const EVERY_MS = 250;

/**
 * V8 lets garbage lie while the machine has memory. With a heap as small as this what the hub holds is what is seen, and a
 * hub that held more would end. For `NODE_OPTIONS`.
 */
export const SMALL_HEAP = "--max-old-space-size=192";

export interface MemoryWatch {
  /** The most seen, above what it was at the start, in MB. */
  growthMb(): number;
  /** The most that waited to become durable. */
  mostWaitingBytes(): number;
  stop(): void;
}

/** Asks `/metrics` four times a second, which also shows that HTTP is answered. */
export async function watchMemory(hub: HubAddress): Promise<MemoryWatch> {
  const [atStart] = await metricsOf(hub, "process_resident_memory_bytes");
  let most = atStart;
  let mostWaiting = 0;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    metricsOf(hub, "process_resident_memory_bytes", "aerie_waiting_bytes")
      .then(([resident, waiting]) => {
        most = Math.max(most, resident);
        mostWaiting = Math.max(mostWaiting, waiting);
      })
      .catch(() => undefined)
      .finally(() => {
        asking = false;
      });
  }, EVERY_MS);
  const stop = (): void => clearInterval(timer);
  onTestFinished(stop);
  return { growthMb: () => (most - atStart) / MB, mostWaitingBytes: () => mostWaiting, stop };
}
