/** A clock that stands until a test moves it. Wall time can be stepped alone, as time synchronisation does. */
import type { Clock } from "../../../src/core/ports/clock.ts";

export interface ManualClock extends Clock {
  /** Lets both clocks run on by `ms`: what is due runs in order of its time, and what was asked for `soon` before it. */
  advance(ms: number): void;
  /** Runs what was asked for `soon`, and what that asks for in turn. */
  runSoon(): void;
  /** The wall clock jumps; no time passes. */
  stepWall(ms: number): void;
  /** Timers that are set, for tests of closing. */
  timers(): number;
}

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly run: () => void;
}

/** Sunday noon in a year when the hub's rules of time hold. */
const NOON_MS = Date.UTC(2026, 10, 22, 12);

export function createManualClock({ nowMs = NOON_MS }: { nowMs?: number } = {}): ManualClock {
  let wallOffsetMs = nowMs;
  let monotonicMs = 0;
  let order = 0;
  let soon: (() => void)[] = [];
  const timers = new Set<Timer>();

  function add(delayMs: number, periodMs: number | undefined, run: () => void): () => void {
    const timer = { dueMs: monotonicMs + delayMs, order: order++, periodMs, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  function runSoon(): void {
    while (soon.length > 0) {
      const [first] = soon;
      soon = soon.slice(1);
      first?.();
    }
  }

  function nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs > untilMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }

  function advance(ms: number): void {
    const untilMs = monotonicMs + ms;
    runSoon();
    for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
      monotonicMs = Math.max(monotonicMs, timer.dueMs);
      if (timer.periodMs === undefined) timers.delete(timer);
      else timer.dueMs += timer.periodMs;
      timer.run();
      runSoon();
    }
    monotonicMs = untilMs;
  }

  return {
    nowMs: () => wallOffsetMs + monotonicMs,
    monotonicMs: () => monotonicMs,
    every: (periodMs, run) => add(periodMs, periodMs, run),
    after: (delayMs, run) => add(delayMs, undefined, run),
    soon: (run) => void soon.push(run),
    advance,
    runSoon,
    stepWall: (ms) => {
      wallOffsetMs += ms;
    },
    timers: () => timers.size,
  };
}
