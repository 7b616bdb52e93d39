/** Finds in readings that came late what was wrong then, and is over. */
import type { Verdict } from "./verdict.ts";

export interface LateEpisode {
  /** Instants of the first reading that was past the threshold, and of the last one that was not clear of it. */
  readonly fromMs: number;
  readonly toMs: number;
  /** It lasted long enough. */
  readonly hasFired: boolean;
  /** When the last reading came that came late, monotonic ms. */
  readonly seenMs: number;
}

export interface LateStep {
  readonly late: LateEpisode | undefined;
  /** It is over. */
  readonly passed?: { readonly fromMs: number; readonly toMs: number };
}

/** Without a further reading for so long, no more of the backlog comes. */
export const MORE_WITHIN_MS = 30_000;

/** `atMs`: instant of the reading. */
export function judgeLate(
  late: LateEpisode | undefined,
  reading: { readonly verdict: Verdict; readonly atMs: number; readonly nowMs: number },
  forMs: number,
): LateStep {
  const { verdict, atMs, nowMs: seenMs } = reading;
  if (late === undefined) {
    return { late: verdict === "past" ? { fromMs: atMs, toMs: atMs, hasFired: forMs === 0, seenMs } : undefined };
  }
  if (atMs < late.toMs) return { late: { ...late, seenMs } };
  const hasFired = late.hasFired || atMs - late.fromMs >= forMs;
  if (verdict !== "clear") return { late: { ...late, toMs: atMs, hasFired, seenMs } };
  return { late: undefined, ...(hasFired && { passed: { fromMs: late.fromMs, toMs: atMs } }) };
}

/** Where no more comes, the present state says that it is over. */
export function endLate(late: LateEpisode, nowMs: number): LateStep {
  if (nowMs - late.seenMs < MORE_WITHIN_MS) return { late };
  const { fromMs, toMs, hasFired } = late;
  return { late: undefined, ...(hasFired && { passed: { fromMs, toMs } }) };
}
