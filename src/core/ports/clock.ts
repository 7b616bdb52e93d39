/** The clock that the core is given: wall time, monotonic time and timers. */

/** Wall time says when something was; monotonic time says how long something takes. */
export interface Clock {
  /** Wall time, epoch ms. It may be wrong, and it may jump. */
  nowMs(): number;
  /** Never runs backwards; its zero means nothing. */
  monotonicMs(): number;
  /** Calls `run` each `periodMs` until the answer is called. */
  every(periodMs: number, run: () => void): () => void;
  /** Calls `run` when the input that is already here has been handled. */
  soon(run: () => void): void;
  /** Calls `run` once after `delayMs` unless the answer is called before. */
  after(delayMs: number, run: () => void): () => void;
}
