/** The machine's clock with a handle to move it on. Plain JavaScript, since a spawned hub loads it as it stands (shifted-clock-loader.mjs). */
import { performance } from "node:perf_hooks";

/** As often as the broker looks for who is silent. After a longer gap it takes the machine for having stood still, and judges nobody. */
const STEP_MS = 500;

/** Typed in shifted-clock.ts. */
export function createShiftedClock() {
  let shiftMs = 0;
  /** Each `{ dueMs, periodMs, run, timeout }`; `periodMs` undefined: it runs once. */
  const timers = new Set();
  const monotonicMs = () => performance.now() + shiftMs;

  function arm(timer) {
    clearTimeout(timer.timeout);
    timer.timeout = setTimeout(() => fire(timer), Math.max(0, timer.dueMs - monotonicMs()));
    if (timer.periodMs !== undefined) timer.timeout.unref();
  }

  function remove(timer) {
    clearTimeout(timer.timeout);
    timers.delete(timer);
  }

  function fire(timer) {
    if (timer.periodMs === undefined) {
      remove(timer);
    } else {
      timer.dueMs = monotonicMs() + timer.periodMs;
      arm(timer);
    }
    timer.run();
  }

  function add(delayMs, periodMs, run) {
    const timer = { dueMs: monotonicMs() + delayMs, periodMs, run, timeout: undefined };
    timers.add(timer);
    arm(timer);
    return () => remove(timer);
  }

  function skip(ms) {
    shiftMs += ms;
    const nowMs = monotonicMs();
    const due = [...timers].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    for (const timer of timers) if (timer.dueMs > nowMs) arm(timer);
    // One that ran before may have cancelled it.
    for (const timer of due) if (timers.has(timer)) fire(timer);
  }

  function pass(ms) {
    for (let left = ms; left > 0; left -= STEP_MS) skip(Math.min(left, STEP_MS));
  }

  return {
    nowMs: () => Date.now() + shiftMs,
    monotonicMs,
    every: (periodMs, run) => add(periodMs, periodMs, run),
    soon: (run) => void setImmediate(run),
    after: (delayMs, run) => add(delayMs, undefined, run),
    skip,
    pass,
  };
}
