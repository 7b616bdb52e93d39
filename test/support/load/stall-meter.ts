/** Tells how long this process itself did not run, so that a test blames the hub only for what the hub did. */
import { onTestFinished } from "vitest";

const EVERY_MS = 10;

export interface StallMeter {
  /** How much of that time (performance.now()) this process was not given the CPU, or was busy in one turn. */
  stalledMs(fromMs: number, toMs: number): number;
  /** Settles when a stall that ends now is known. */
  looked(): Promise<void>;
}

export function startStallMeter(): StallMeter {
  const stalls: { fromMs: number; toMs: number }[] = [];
  const waiting: (() => void)[] = [];
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - lastMs > 2 * EVERY_MS) stalls.push({ fromMs: lastMs + EVERY_MS, toMs: nowMs });
    lastMs = nowMs;
    for (const told of waiting.splice(0)) told();
  }, EVERY_MS);
  onTestFinished(() => clearInterval(timer));
  return {
    stalledMs: (fromMs, toMs) => {
      let total = 0;
      for (const stall of stalls) total += Math.max(0, Math.min(toMs, stall.toMs) - Math.max(fromMs, stall.fromMs));
      return total;
    },
    looked: () => new Promise((resolve) => void waiting.push(resolve)),
  };
}
