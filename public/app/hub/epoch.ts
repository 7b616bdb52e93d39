/** Counts how often everything on screen had to be read again from the hub. Reads nothing itself. */
import { signal } from "@preact/signals";

/** Whoever shows what the hub stores reads it again when this changes. */
export const epoch = signal(0);

const CALM_MS = 10_000;
let lastAtMs = Number.NEGATIVE_INFINITY;
let later: ReturnType<typeof setTimeout> | undefined;

export function readAgain(): void {
  clearTimeout(later);
  later = undefined;
  lastAtMs = performance.now();
  epoch.value += 1;
}

/** For causes that may come many times a second (`dropped`): soon, but at most once in ten seconds. */
export function readAgainCalmly(): void {
  later ??= setTimeout(readAgain, Math.max(1_000, lastAtMs + CALM_MS - performance.now()));
}
