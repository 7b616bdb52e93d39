/** Time as the simulator sees it: the wall clock and timers, in one place that a test can replace. */

export type Stop = () => void;

export interface Clock {
  /** Epoch ms. */
  now(): number;
  after(delayMs: number, run: () => void): Stop;
  every(intervalMs: number, run: () => void): Stop;
}

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    return () => clearInterval(timer);
  },
};
