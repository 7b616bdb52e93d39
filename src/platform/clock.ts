/** The machine's clock and timers. The only place that asks for the time. */
import { performance } from "node:perf_hooks";
import type { Clock } from "../core/ports/clock.ts";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  every: (periodMs, run) => {
    const timer = setInterval(run, periodMs).unref();
    return () => clearInterval(timer);
  },
  soon: (run) => void setImmediate(run),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
