/** The hub's time, updated once a second, and its distance from this device's clock. */
import { signal } from "@preact/signals";
import { whenShown } from "../preferences/pace.ts";

/** Now by the hub's clock, as epoch ms. */
export const hubNowMs = signal(Date.now());
/** The same for what is to be seen: it stands still while the page is paused. The one ticker behind every age on screen. */
export const shownNowMs = signal(Date.now());

/** The hub's clock minus this device's, in ms. */
export const clockOffsetMs = signal(0);

let heardTick = false;

export const toHubMs = (browserMs: number): number => browserMs + clockOffsetMs.peek();

export function noteHubTime(hubMs: number): void {
  if (!Number.isFinite(hubMs)) return;
  heardTick = true;
  setOffset(hubMs - Date.now());
}

/** An HTTP `Date` header: whole seconds only, good enough until the first tick. */
export function noteHubDate(header: string | null): void {
  const hubMs = Date.parse(header ?? "");
  if (heardTick || Number.isNaN(hubMs)) return;
  const offset = hubMs + 500 - Date.now();
  if (Math.abs(offset) > TOO_FAR_MS) setOffset(offset);
}

const TOO_FAR_MS = 2_000;

/** Who asks for a range ends it at this time: where the two clocks are far apart, it is right from the first answer on. */
function setOffset(offsetMs: number): void {
  clockOffsetMs.value = offsetMs;
  const nowMs = toHubMs(Date.now());
  if (Math.abs(hubNowMs.peek() - nowMs) <= TOO_FAR_MS) return;
  hubNowMs.value = nowMs;
  whenShown(showNow);
}

export function startClock(): void {
  setInterval(() => {
    if (document.hidden) return;
    hubNowMs.value = toHubMs(Date.now());
    whenShown(showNow);
  }, 1_000);
}

/** At once, also while the page is paused: what was read newly is shown with its true age. */
export function showNow(): void {
  shownNowMs.value = hubNowMs.peek();
}
