/** Decides whether a device is online, late, asleep or offline, from what is known of it. */
import type { Availability, Presence, PresenceState } from "../../contract/readings.ts";
import { allowedSilenceMs } from "../../contract/silence.ts";

export interface PresenceFacts {
  /** A connection of its own is open. Of a device that sleeps: for longer than it takes to send. */
  readonly isConnected: boolean;
  /** What it, its last will or its bridge last said about whether it is there; undefined: nothing that still holds. */
  readonly availability: Availability | undefined;
  /** Since its last reading; infinite: there was none. */
  readonly silentMs: number;
  /** How long it may be silent. */
  readonly allowedMs: number;
  /** It sends at an interval that it keeps. */
  readonly isRegular: boolean;
  /** It habitually connects, sends and disconnects, or it said that it sleeps. */
  readonly isSleeper: boolean;
}

/** The first rule that holds. */
export function presenceOf(facts: PresenceFacts): PresenceState {
  const { isConnected, availability, isRegular, isSleeper } = facts;
  const isSilent = facts.silentMs >= facts.allowedMs;
  // Before what it says: battery boards say `offline`, or have it said by their last will, each time they go to sleep.
  if (isSleeper && !isConnected && !isSilent) return "asleep";
  if (availability === "offline") return "offline";
  if (!isSilent) return "online";
  if (isConnected || availability === "online") return isRegular ? "late" : "online";
  return "offline";
}

const STATES: ReadonlySet<unknown> = new Set<PresenceState>(["online", "late", "asleep", "offline"]);

export const isPresenceState = (value: unknown): value is PresenceState => STATES.has(value);

/** In the two words of REST and Socket.IO. */
export const toPresence = (state: PresenceState): Presence => (state === "offline" ? "offline" : "online");

/** What decides how long a device may be silent. */
export interface Silence {
  /** Its usual interval, or the longest usual one where it keeps none; undefined: unknown. */
  readonly intervalMs: number | undefined;
  readonly isRegular: boolean;
  /** Where a bridge reaches it by radio and says nothing about whether it is there. */
  readonly radio: { readonly isMainsPowered: boolean } | undefined;
  readonly saysAsleep: boolean;
}

const MINUTE_MS = 60_000;
/** As Zigbee2MQTT does by default: of radio devices, those on mains are asked every ten minutes, the others report once a day. */
const MAINS_SILENCE_MS = 10 * MINUTE_MS;
const BATTERY_SILENCE_MS = 25 * 60 * MINUTE_MS;

export function silenceOf({ intervalMs, isRegular, radio, saysAsleep }: Silence): number {
  if (saysAsleep) return intervalMs === undefined ? BATTERY_SILENCE_MS : allowedSilenceMs(intervalMs);
  if (radio === undefined) return allowedSilenceMs(intervalMs);
  if (!radio.isMainsPowered || !isRegular) return BATTERY_SILENCE_MS;
  return Math.max(MAINS_SILENCE_MS, allowedSilenceMs(intervalMs));
}
