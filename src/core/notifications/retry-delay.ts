/** How long a channel that failed waits for its next attempt. Pure. */
import type { SendOutcome } from "../ports/alert-channel.ts";

const FIRST_MS = 1_000;
const MOST_MS = 15 * 60_000;
/** A receiver may ask for a longer wait, up to a limit. */
const MOST_ASKED_MS = 60 * 60_000;
const JITTER = 0.2;

/** `failures`: in a row, this one with them. `random`: from 0 to 1. */
export function retryDelayMs(
  outcome: Exclude<SendOutcome, { readonly kind: "sent" }>,
  failures: number,
  random: number,
): number {
  // The settings are wrong: a new attempt at once would not help.
  if (outcome.kind === "refused") return MOST_MS;
  const doubled = FIRST_MS * 2 ** Math.min(failures - 1, 20);
  const delayMs = Math.min(MOST_MS, Math.round(doubled * (1 - JITTER + 2 * JITTER * random)));
  return Math.max(delayMs, Math.min(MOST_ASKED_MS, outcome.afterMs ?? 0));
}
