/** One subscriber at QoS 0 that takes and counts all that a load publishes. */
import { setTimeout as sleep } from "node:timers/promises";
import { openSubscriber } from "./subscriber.ts";

export interface Taker {
  count(): number;
  /** performance.now() of the latest delivery. */
  lastAtMs(): number;
  /** Settles when so many have come in all, or none for a while. */
  hasTaken(count: number): Promise<void>;
  close(): void;
}

const QUIET_MS = 5_000;
const LOOK_MS = 10;

export async function openTaker(peer: { host: string; port: number }, filter: string): Promise<Taker> {
  let taken = 0;
  let atMs = 0;
  const link = await openSubscriber({
    ...peer,
    clientId: "bench-taker",
    filter,
    qos: 0,
    onPublish(packet) {
      taken += 1;
      atMs = packet.atMs;
    },
    onClosed: () => {}, // what is missing then is seen in the count
  });
  return {
    count: () => taken,
    lastAtMs: () => atMs,
    async hasTaken(count) {
      const beganAtMs = performance.now();
      while (taken < count && link.isOpen() && performance.now() - Math.max(atMs, beganAtMs) < QUIET_MS) {
        await sleep(LOOK_MS);
      }
    },
    close: link.close,
  };
}
