/** What the status chip says of the connection. */
import { type Freshness, isStale } from "../hub/freshness.ts";

export interface LinkFacts {
  readonly freshness: Freshness;
  /** How long the hub's newest answer took. */
  readonly answerMs: number | undefined;
  readonly isPaused: boolean;
  /** The hub refused to send live values. */
  readonly isRefused: boolean;
  readonly waiting: number;
  readonly updateEveryS: number;
}

export interface LinkState {
  readonly state: "connecting" | "live" | "slow" | "stale" | "paused" | "refused";
  readonly words: string;
}

export interface LinkWords {
  timeOfDay(ms: number): string;
  count(count: number): string;
}

const TENTH_MS = 100;

/** A lost connection counts more than a pause, a pause more than a refusal, and a refusal more than slowness. */
export function linkState(facts: LinkFacts, slowMs: number, words: LinkWords): LinkState {
  const { freshness, answerMs, isPaused, isRefused, waiting, updateEveryS } = facts;
  if (isStale(freshness)) {
    return { state: "stale", words: `Stale since ${words.timeOfDay(freshness.sinceMs)}` };
  }
  if (isPaused) {
    return { state: "paused", words: waiting === 0 ? "Paused" : `Paused · ${words.count(waiting)} waiting` };
  }
  if (isRefused) return { state: "refused", words: "Not live" };
  if (freshness.kind === "connecting") return { state: "connecting", words: "Connecting…" };
  if (answerMs !== undefined && answerMs >= slowMs) return { state: "slow", words: "Slow" };
  if (updateEveryS > 0) return { state: "live", words: `Live · every ${updateEveryS} s` };
  if (answerMs === undefined) return { state: "live", words: "Live" };
  return { state: "live", words: `Live · ${(Math.max(1, Math.round(answerMs / TENTH_MS)) / 10).toFixed(1)} s` };
}
