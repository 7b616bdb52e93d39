/** When what arrives live is shown: at once, every few seconds, or not while the viewer has paused the page (WCAG 2.2.2). */
import { effect, signal } from "@preact/signals";
import { oneOf, remembered } from "./remembered.ts";

/** In seconds; 0 is at once. */
export const PACES = [0, 5, 30] as const;
export const updateEveryS = remembered("aerie.updateEvery", oneOf(PACES));

export const isPaused = signal(false);
/** So many live updates wait to be shown while the page is paused; counted once a second. */
export const waitingUpdates = signal(0);

const COUNT_EVERY_MS = 1_000;

let uncounted = 0;
let shownAtMs = Number.NEGATIVE_INFINITY;
let isPlanned = false;
let timer: ReturnType<typeof setTimeout> | undefined;
const due = new Set<() => void>();
const whenGoing = new Set<() => void>();

export function startPace(): void {
  setInterval(() => {
    waitingUpdates.value += uncounted;
    uncounted = 0;
  }, COUNT_EVERY_MS);
  effect(() => {
    updateEveryS.value;
    clearTimeout(timer);
    isPlanned = false;
    if (isPaused.value) return;
    uncounted = 0;
    waitingUpdates.value = 0;
    plan();
    for (const work of [...whenGoing]) {
      whenGoing.delete(work);
      work();
    }
  });
}

/** Calls `work` when changes may be shown next, once however often that was asked for until then. */
export function whenShown(work: () => void): void {
  due.add(work);
  plan();
}

/** Calls `work` now, or when the page is no longer paused. */
export function whenResumed(work: () => void): void {
  if (isPaused.peek()) whenGoing.add(work);
  else work();
}

export function noteWaiting(updates: number): void {
  if (isPaused.peek()) uncounted += updates;
}

function plan(): void {
  if (isPlanned || due.size === 0 || isPaused.peek()) return;
  isPlanned = true;
  const waitMs = shownAtMs + updateEveryS.peek() * 1_000 - performance.now();
  if (waitMs <= 0) requestAnimationFrame(run);
  else timer = setTimeout(() => requestAnimationFrame(run), waitMs);
}

function run(): void {
  isPlanned = false;
  if (isPaused.peek()) return; // since it was planned
  shownAtMs = performance.now();
  for (const work of [...due]) {
    due.delete(work);
    work();
  }
}
