/** All clients that have a connection: swept from time to time, and ended together when the hub stops. */
import type { Duplex } from "node:stream";
import type { Clock } from "../../core/ports/clock.ts";
import type { Client } from "./client.ts";

export interface ClientSet {
  /** Until its stream closes. */
  add(client: Client, stream: Duplex): void;
  sweep(isGatheringFull: boolean): void;
  /** Sends each the last packet, waits at most `withinMs` for the connections to close, and destroys the rest. */
  shutDown(withinMs: number): Promise<void>;
}

/** A pause of the sweep longer than this means that the hub itself stood still. */
const STANDSTILL_MS = 5_000;

export function createClientSet(clock: Pick<Clock, "after" | "monotonicMs">): ClientSet {
  const clients = new Set<Client>();
  let onLastGone = (): void => undefined;
  let sweptMs = clock.monotonicMs();

  function goneWithin(ms: number): Promise<void> {
    if (clients.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      onLastGone = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    add: (client, stream) => {
      clients.add(client);
      stream.once("close", () => {
        clients.delete(client);
        if (clients.size === 0) onLastGone();
      });
    },
    sweep: (isGatheringFull) => {
      const nowMs = clock.monotonicMs();
      // After a standstill of the hub (a suspended machine) no client has been silent: what it sent waits to be read.
      const mayJudge = nowMs - sweptMs < STANDSTILL_MS;
      sweptMs = nowMs;
      for (const client of clients) client.sweep(nowMs, mayJudge, isGatheringFull);
    },
    shutDown: async (withinMs) => {
      for (const client of clients) client.shutDown();
      await goneWithin(withinMs);
      for (const client of clients) client.destroy();
    },
  };
}
