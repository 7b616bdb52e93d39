/** The hub's time over restarts, its record in memory. */
import type { Clock } from "../../../src/core/ports/clock.ts";
import { createTrustedTime, type TimeRecord, type TrustedTime } from "../../../src/core/time/trusted-time.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";

export interface MemoryTime {
  /** As a hub does that starts: with what was saved last. */
  start(): TrustedTime;
  /** The process is gone some milliseconds later, and with it what it would have saved when it stops. */
  kill(time: TrustedTime): Promise<void>;
  readonly log: MemoryLog;
  readonly saved: () => TimeRecord | undefined;
  /** Why nothing can be saved from now on. */
  unwritable: string | undefined;
  /** What the clock's sanity says from now on. */
  insane: string | undefined;
}

export interface MemoryTimeOptions {
  readonly newestMs?: number;
  readonly builtAtMs?: number;
  /** Of an earlier run. */
  readonly record?: TimeRecord;
}

export function createMemoryTime(
  clock: Clock,
  { newestMs = 0, builtAtMs = 0, record }: MemoryTimeOptions = {},
): MemoryTime {
  const log = createMemoryLog();
  let saved = record;
  const memory: MemoryTime = {
    start: () =>
      createTrustedTime({
        clock,
        clockSanity: { problem: () => memory.insane },
        log,
        record: saved,
        save: async (record) => {
          if (memory.unwritable !== undefined) throw new Error(memory.unwritable);
          saved = JSON.parse(JSON.stringify(record)) as TimeRecord;
        },
        newestMs,
        builtAtMs,
      }),
    kill: async (time) => {
      await new Promise(setImmediate);
      const before = saved;
      await time.close();
      saved = before;
    },
    log,
    saved: () => saved,
    unwritable: undefined,
    insane: undefined,
  };
  return memory;
}
