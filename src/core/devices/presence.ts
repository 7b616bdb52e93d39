/** Decides whether a device is online, from its silence, its connections and its last will. */

/** What is known of a device. Times are monotonic ms. */
export interface PresenceFacts {
  /** When it was last heard from. */
  readonly heardMs: number;
  /** Open connections that count for it. */
  readonly connections: number;
  /** It said `offline`, and nothing came since. */
  readonly saidOffline: boolean;
  readonly intervalMs: number | undefined;
}

const MIN_TIMEOUT_MS = 60_000;

/** Three usual intervals, at least a minute. */
export function presenceTimeoutMs(intervalMs: number | undefined): number {
  return Math.max(3 * (intervalMs ?? 0), MIN_TIMEOUT_MS);
}

export function isOnline(facts: PresenceFacts, nowMs: number): boolean {
  if (facts.saidOffline) return false;
  return facts.connections > 0 || nowMs - facts.heardMs < presenceTimeoutMs(facts.intervalMs);
}

const KEPT_GAPS = 9;

/** The usual time between a device's messages: the median of the last nine gaps, so that one outage does not count. */
export class UsualInterval {
  readonly #gaps: number[] = [];
  #ms: number | undefined;

  constructor(knownMs: number | undefined) {
    this.#ms = knownMs;
  }

  /** In ms; undefined until three messages came. */
  get ms(): number | undefined {
    return this.#ms;
  }

  add(gapMs: number): void {
    // A burst counts as one message: the gaps within it say nothing about when the next one is due.
    if (gapMs < 20) return;
    this.#gaps.push(gapMs);
    if (this.#gaps.length > KEPT_GAPS) this.#gaps.shift();
    if (this.#gaps.length < 2) return;
    const sorted = [...this.#gaps].sort((a, b) => a - b);
    this.#ms = sorted[(sorted.length - 1) >> 1];
  }
}
