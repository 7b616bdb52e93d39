/** A counter that makes everything on screen be read again from the hub. */
import { signal } from "@preact/signals";
import { whenResumed } from "../preferences/pace.ts";

/** When it changes, all that shows stored data reads it again. */
export const epoch = signal(0);

const CALM_MS = 10_000;
const SOON_MS = 2_000;
let lastAtMs = Number.NEGATIVE_INFINITY;
let later: ReturnType<typeof setTimeout> | undefined;
let soon: ReturnType<typeof setTimeout> | undefined;

/** Now, or when the page is no longer paused. */
export const readAgain = (): void => whenResumed(beginEpoch);

function beginEpoch(): void {
  clearTimeout(later);
  clearTimeout(soon);
  later = undefined;
  soon = undefined;
  lastAtMs = performance.now();
  epoch.value += 1;
}

/** For causes that may come many times a second (`dropped`): soon, but at most once in ten seconds. */
export function readAgainCalmly(): void {
  later ??= setTimeout(readAgain, Math.max(1_000, lastAtMs + CALM_MS - performance.now()));
}

/** For what a person waits for, such as the card of a new device: within two seconds. */
export function readAgainSoon(): void {
  const dueMs = Math.max(500, lastAtMs + SOON_MS - performance.now());
  soon ??= setTimeout(readAgain, dueMs);
}
