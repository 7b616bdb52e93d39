/** Decides which instant a reading has, from what its device said. */
import { namesNoZone, toEpochMs } from "../../contract/epoch.ts";
import type { TimeFault } from "../../contract/readings.ts";

export type Instant =
  /** The device gave a valid instant, epoch ms. */
  | { readonly kind: "given"; readonly atMs: number }
  | { readonly kind: "absent" }
  /** It said an instant that cannot be true: its clock is wrong. */
  | { readonly kind: "wrong"; readonly said: string }
  /** It said something that is no instant, such as a local time. */
  | { readonly kind: "unreadable"; readonly said: string };

/** Nothing was measured by these boards before it; clocks that were never set lie here (1970, 2000, uptime). */
const EARLIEST_MS = Date.UTC(2020, 0, 1);
/** A device's clock may run so far ahead of the hub's. */
export const MAX_AHEAD_MS = 5 * 60_000;

/**
 * `said`: ISO 8601 with a zone, epoch seconds (whole or fractional) or epoch milliseconds, as number or text.
 * `clockSane` false: the hub's own clock cannot judge the future, so device times are taken as they are.
 */
export function readInstant(said: unknown, nowMs: number, clockSane: boolean): Instant {
  if (said === undefined || said === null) return { kind: "absent" };
  const atMs = toEpochMs(said);
  if (atMs === undefined) return { kind: "unreadable", said: shown(said) };
  const valid = atMs >= EARLIEST_MS && (!clockSane || atMs <= nowMs + MAX_AHEAD_MS);
  return valid ? { kind: "given", atMs } : { kind: "wrong", said: shown(said) };
}

/** What is wrong with the time that a device sends. `said`: as `readInstant` showed it, in its attribute `deviceClock`. */
export function timeFaultOf(clockSuspect: boolean, said: unknown): TimeFault | undefined {
  if (clockSuspect) return "clock";
  if (typeof said !== "string") return undefined;
  return namesNoZone(said.replaceAll('"', "")) ? "zone" : "unreadable";
}

const shown = (said: unknown): string => (JSON.stringify(said) ?? String(said)).slice(0, 64);
