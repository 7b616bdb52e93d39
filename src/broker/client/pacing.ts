/** Slows down one client that sends faster than its credential or its address may. */
import type { Pace } from "../../core/limits/pace.ts";
import type { Clock } from "../../core/ports/clock.ts";

export interface PacingOptions {
  readonly clock: Pick<Clock, "after" | "monotonicMs">;
  readonly paces: readonly Pace[];
  /** Resumes reading after a wait. */
  readonly resume: () => void;
  readonly onSlowed: () => void;
}

export interface Pacing {
  /** "later": not until `resume` is called. "never": the client has been too fast for too long, and must be disconnected. */
  next(): "now" | "later" | "never";
  spend(bytes: number): void;
  stop(): void;
}

/** A client that had to be slowed for so long is disconnected. */
const MOST_SLOWED_MS = 60_000;
/** A client that was not slowed for so long starts afresh. */
const CALM_MS = 2_000;

export function createPacing({ clock, paces, resume, onSlowed }: PacingOptions): Pacing {
  let cancel: (() => void) | undefined;
  let sinceMs = 0;
  /** Negative: it was never slowed. */
  let untilMs = -CALM_MS;

  function next(): "now" | "later" | "never" {
    if (cancel !== undefined) return "later";
    let waitMs = 0;
    for (const pace of paces) waitMs = Math.max(waitMs, pace.waitMs());
    if (waitMs === 0) return "now";
    const nowMs = clock.monotonicMs();
    if (nowMs - untilMs >= CALM_MS) {
      sinceMs = nowMs;
      onSlowed();
    } else if (nowMs - sinceMs >= MOST_SLOWED_MS) return "never";
    untilMs = nowMs + waitMs;
    cancel = clock.after(waitMs, () => {
      cancel = undefined;
      resume();
    });
    return "later";
  }

  return {
    next,
    spend: (bytes) => {
      for (const pace of paces) pace.spend(bytes);
    },
    stop: () => cancel?.(),
  };
}
