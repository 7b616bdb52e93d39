/** Appends few readings at a time at a steady rate, as boards do, and times each acknowledgement. */
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { randomFrom } from "../../helpers/random.ts";
import type { BoardRequest } from "./board.ts";
import type { Fleet } from "./fleet.ts";

const BOARDS = 20;
const PERIOD_MS = 10;
const MOST_READINGS = 20;

export interface Steady {
  /** Waits for what is under way; gives ms of each acknowledgement, from when it was due to be sent. */
  stop(): Promise<number[]>;
  /** Readings that were stored. */
  stored(): number;
  sent(): number;
}

/** Half of them give their own instants. */
export const steadyBoards = (name: string): BoardRequest[] =>
  Array.from({ length: BOARDS }, (_, index) => ({
    name: `${name}-${index}`,
    room: "noisy",
    intervalMs: 5_000,
    timed: index % 2 === 0,
    seed: 500 + index,
  }));

/** Sends whether or not the append before is acknowledged: a stall is seen by all that were due in it. */
export function startSteady(store: Store, fleet: Fleet): Steady {
  const random = randomFrom(3);
  const timesMs: number[] = [];
  const flying = new Set<Promise<void>>();
  let failure: { cause: unknown } | undefined;
  let stored = 0;
  let sent = 0;
  let dueMs = performance.now() + PERIOD_MS;
  let timer = setTimeout(send, PERIOD_MS);

  async function append(sinceMs: number): Promise<void> {
    const writes = Array.from({ length: 1 + Math.floor(random() * MOST_READINGS) }, fleet.next);
    sent += writes.length;
    const outcomes = await store.append(writes.map((write) => [write]));
    timesMs.push(performance.now() - sinceMs);
    for (const [outcome] of outcomes) if (outcome?.kind === "stored") stored += 1;
  }

  function send(): void {
    for (; dueMs <= performance.now(); dueMs += PERIOD_MS) {
      const one: Promise<void> = append(dueMs)
        .catch((cause: unknown) => {
          failure ??= { cause };
        })
        .finally(() => flying.delete(one));
      flying.add(one);
    }
    timer = setTimeout(send, dueMs - performance.now());
  }

  return {
    stop: async () => {
      clearTimeout(timer);
      await Promise.all(flying);
      if (failure !== undefined) throw failure.cause;
      return timesMs;
    },
    stored: () => stored,
    sent: () => sent,
  };
}
