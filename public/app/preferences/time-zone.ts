/** Whose clocks the page shows: this browser's, the hub's or those of a named zone; and what they show at an instant. */
import { computed, signal } from "@preact/signals";
import { remembered } from "./remembered.ts";

export const BROWSER_ZONE = "browser";
export const HUB_ZONE = "hub";

/** One of the two words, or a name such as `Asia/Kolkata`. */
export const zoneChoice = remembered("aerie.timeZone", (stored) =>
  typeof stored === "string" && (stored === HUB_ZONE || isTimeZone(stored)) ? stored : BROWSER_ZONE,
);
/** Undefined: the hub has not said yet. */
export const hubZone = signal<string | undefined>(undefined);

/** By name; undefined: this browser's. */
export const timeZone = computed(() => {
  if (zoneChoice.value === BROWSER_ZONE) return undefined;
  return zoneChoice.value === HUB_ZONE ? hubZone.value : zoneChoice.value;
});

export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A format of instants by the clocks of the chosen zone. */
export function zonedFormat(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  let made: { zone: string | undefined; format: Intl.DateTimeFormat } | undefined;
  return () => {
    const zone = timeZone.value;
    if (made === undefined || made.zone !== zone) {
      made = { zone, format: new Intl.DateTimeFormat(undefined, { ...options, ...(zone && { timeZone: zone }) }) };
    }
    return made.format;
  };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Clocks are not changed twice within it. */
const DAY_MS = 24 * 60 * MINUTE_MS;
const offsets = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks are ahead of UTC at an instant. */
export function clockOffsetMs(ms: number): number {
  const zone = timeZone.value;
  if (zone === undefined) return -new Date(ms).getTimezoneOffset() * MINUTE_MS;
  const format =
    offsets.get(zone) ?? new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset", year: "numeric" });
  offsets.set(zone, format);
  // `GMT`, `GMT+05:30`, in the past `GMT-00:01:15`
  const [, sign = "", hours = 0, minutes = 0, seconds = 0] =
    /GMT([+-])(\d+):?(\d*):?(\d*)/.exec(format.format(ms)) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * SECOND_MS;
  return sign === "-" ? -size : size;
}

/** What the clocks show, as the UTC of a date. */
export const clockDate = (ms: number): Date => new Date(ms + clockOffsetMs(ms));

/** When the clocks show it: the first time where it comes twice, and where it is left out, what they would have shown without the change. */
export function instantAt(clockMs: number): number {
  const before = clockOffsetMs(clockMs - DAY_MS);
  const after = clockOffsetMs(clockMs + DAY_MS);
  const [first, second] = [clockMs - before, clockMs - after];
  return clockOffsetMs(first) !== before && clockOffsetMs(second) === after ? second : first;
}
