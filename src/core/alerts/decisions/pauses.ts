/** Times in which no reading could come: the hub was down, or the store could not be written. Monotonic ms. */

export interface Pauses {
  /** To be asked once a second. `isWritable`: readings can be stored. */
  look(isWritable: boolean): void;
  /** How much of the time from then until now readings could come in. */
  openMs(sinceMs: number): number;
  /** When the last one ended; infinite: one is under way. */
  endedMs(): number;
}

interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A process that was stopped for so long missed what came. */
const STANDSTILL_MS = 5_000;
const MOST_PAUSES = 100;

/** `downMs`: how long the hub was down before this start. */
export function createPauses(monotonicMs: () => number, downMs: number): Pauses {
  let pauses: Pause[] = [{ fromMs: monotonicMs() - downMs, toMs: monotonicMs() }];
  let openSinceMs: number | undefined;
  let lookedMs = monotonicMs();

  function look(isWritable: boolean): void {
    const nowMs = monotonicMs();
    const wasStopped = nowMs - lookedMs >= STANDSTILL_MS;
    if (!isWritable || wasStopped) openSinceMs ??= lookedMs;
    lookedMs = nowMs;
    if (!isWritable || openSinceMs === undefined) return;
    pauses = [...pauses, { fromMs: openSinceMs, toMs: nowMs }].slice(-MOST_PAUSES);
    openSinceMs = undefined;
  }

  return {
    look,
    openMs: (sinceMs) => {
      const nowMs = monotonicMs();
      const all = openSinceMs === undefined ? pauses : [...pauses, { fromMs: openSinceMs, toMs: nowMs }];
      const pausedMs = all.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - Math.max(fromMs, sinceMs)), 0);
      return Math.max(0, nowMs - sinceMs - pausedMs);
    },
    endedMs: () =>
      openSinceMs === undefined ? (pauses.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY,
  };
}
