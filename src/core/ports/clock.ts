/** The clock that the core is given: wall time, monotonic time and timers. */

/** Wall time says when something was; monotonic time says how long something takes. */
export interface Clock {
  /** Wall time, epoch ms. It may be wrong, and it may jump. */
  nowMs(): number;
  /** Never runs backwards. Where it begins is not defined. */
  monotonicMs(): number;
  /** Calls `run` every `periodMs`. The answer stops it. */
  every(periodMs: number, run: () => void): () => void;
  /** Calls `run` when the input that has already arrived is handled. */
  soon(run: () => void): void;
  /** Calls `run` once after `delayMs`. The answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}
