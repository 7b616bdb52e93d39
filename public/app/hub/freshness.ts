/** Decides whether the hub is live, lost or silent. */

export const STALE_AFTER_MS = 10_000;

export type Freshness =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** No connection since then. */
  | { readonly kind: "lost"; readonly sinceMs: number }
  /** Connected, but no tick since then. */
  | { readonly kind: "silent"; readonly sinceMs: number };

export interface FreshnessSigns {
  connected: boolean;
  startedAtMs: number;
  /** The newest tick, or the hub's answer to `subscribe`. */
  lastSignAtMs: number | undefined;
  disconnectedAtMs: number | undefined;
  nowMs: number;
}

export function judgeFreshness(signs: FreshnessSigns): Freshness {
  const { connected, startedAtMs, lastSignAtMs, disconnectedAtMs, nowMs } = signs;
  if (!connected && disconnectedAtMs !== undefined) return { kind: "lost", sinceMs: disconnectedAtMs };
  if (lastSignAtMs === undefined) {
    if (nowMs - startedAtMs < STALE_AFTER_MS) return { kind: "connecting" };
    return { kind: connected ? "silent" : "lost", sinceMs: startedAtMs };
  }
  // A clock set back must not make an old sign look new: the distance counts in both directions.
  return Math.abs(nowMs - lastSignAtMs) < STALE_AFTER_MS ? { kind: "live" } : { kind: "silent", sinceMs: lastSignAtMs };
}

type Stale = Extract<Freshness, { sinceMs: number }>;

export const isStale = (freshness: Freshness): freshness is Stale =>
  freshness.kind === "lost" || freshness.kind === "silent";

/** Until when the page knows what the hub knows: now, or where nothing comes from the hub since then. */
export const knownUntilMs = (freshness: Freshness, nowMs: number): number =>
  isStale(freshness) ? Math.min(freshness.sinceMs, nowMs) : nowMs;
