/** A log and counters that a test can read. */
import type { Counters } from "../../../src/core/ports/counters.ts";
import type { Log, LogFields } from "../../../src/core/ports/log.ts";

export interface MemoryLog extends Log {
  readonly lines: { readonly level: string; readonly event: string; readonly fields: LogFields }[];
}

export function createMemoryLog(): MemoryLog {
  const lines: MemoryLog["lines"] = [];
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields });
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

export interface MemoryCounters extends Counters {
  /** `{ "message stored": 2, "readings duplicate": 1 }`. */
  readonly tally: Record<string, number>;
}

export function createMemoryCounters(): MemoryCounters {
  const tally: Record<string, number> = {};
  const add = (name: string, count: number): void => {
    tally[name] = (tally[name] ?? 0) + count;
  };
  return {
    tally,
    message: (outcome) => add(`message ${outcome}`, 1),
    derived: (outcome) => add(`derived ${outcome}`, 1),
    readings: (outcome, count) => add(`readings ${outcome}`, count),
    commit: ({ writes }) => add("writes", writes),
    liveMs: (spentMs) => add("live ms", spentMs),
    dropped: (count) => add("dropped", count),
    slowed: () => add("slowed", 1),
    queueDropped: (count) => add("queue dropped", count),
    upkeep: ({ did, readings }) => add(`upkeep ${did}`, readings),
  };
}
