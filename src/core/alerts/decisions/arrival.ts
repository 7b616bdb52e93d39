/** Tells a live reading from one of a backlog, whatever the clocks of hub and board say. */

/** What is known of the readings of one metric of one device that were judged. Changed by each. */
export interface Arrivals {
  /** The newest instant: epoch ms, and what it was in monotonic ms. */
  newestAtMs: number;
  newestSteadyMs: number;
  /** Of the last one that came: how old it was when it came, and when that was, monotonic ms; infinite: none came. */
  lastAgeMs: number;
  lastMs: number;
  /** The last live one: its instant, how old it was when it came, and when that was, monotonic ms. */
  liveAtMs: number;
  liveAgeMs: number;
  liveMs: number;
}

/** `delayed`: it is the newest, but it was kept somewhere, and newer ones may follow at once. `late`: it is not the newest. */
export type Arrival = "live" | "delayed" | "late";

export const NO_ARRIVALS: Readonly<Arrivals> = {
  newestAtMs: Number.NEGATIVE_INFINITY,
  newestSteadyMs: Number.NEGATIVE_INFINITY,
  lastAgeMs: 0,
  lastMs: Number.POSITIVE_INFINITY,
  liveAtMs: 0,
  liveAgeMs: 0,
  liveMs: Number.NEGATIVE_INFINITY,
};

/** Readings of a backlog come faster than they were measured. */
const STEADY_AFTER_MS = 1_000;
const LEAST_TOLERANCE_MS = 250;
const TOLERANCE = 0.1;
/** A board sends what it kept while it had no connection, the oldest first. What the network holds back is younger than that. */
const DELAYED_MS = 60_000;

/** An instant in the future counts as its receipt. */
export const effectiveMs = (atMs: number, receivedAtMs: number): number => Math.min(atMs, receivedAtMs);

/**
 * Notes the reading, and answers how it came. One of a backlog is older than the newest by the instants of both clocks, or was on its
 * way for longer by both. A board whose clock was set back sends old instants, too, but as far apart as they come: from its second
 * reading on they are live.
 */
export function arrive(known: Arrivals, atMs: number, receivedAtMs: number, nowMs: number): Arrival {
  const cameBefore = nowMs < known.lastMs && known.lastMs !== Number.POSITIVE_INFINITY;
  if (cameBefore) return "late"; // what a kill left unjudged, in a store that was reached only now
  const instantMs = effectiveMs(atMs, receivedAtMs);
  const ageMs = receivedAtMs - instantMs;
  const steadyMs = nowMs - ageMs;
  const apartMs = nowMs - known.lastMs;
  const toleratedMs = Math.max(LEAST_TOLERANCE_MS, TOLERANCE * apartMs);
  const runsSteadily = apartMs >= STEADY_AFTER_MS && Math.abs(ageMs - known.lastAgeMs) <= toleratedMs;
  const isNewest = instantMs >= known.newestAtMs || steadyMs >= known.newestSteadyMs || runsSteadily;
  known.lastAgeMs = ageMs;
  known.lastMs = nowMs;
  if (!isNewest) return "late";
  // Not the greater of both: a clock that was ahead would make backlogs of what comes after it was set right.
  known.newestAtMs = instantMs;
  known.newestSteadyMs = steadyMs;
  if (!runsSteadily && delayMs(known, instantMs, ageMs, nowMs) > DELAYED_MS) return "delayed";
  known.liveAtMs = instantMs;
  known.liveAgeMs = ageMs;
  known.liveMs = nowMs;
  return "live";
}

/** For how much longer than the last live one it was on its way, by the clock that says less: either may have been set. */
function delayMs(known: Arrivals, instantMs: number, ageMs: number, nowMs: number): number {
  const byReceipt = ageMs - known.liveAgeMs;
  const byBoard = nowMs - known.liveMs - (instantMs - known.liveAtMs);
  return Math.min(byReceipt, byBoard);
}
