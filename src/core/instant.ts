/** Decides which instant a reading has, from what its device said. Knows the rules of time; reads no clock. */

export type Instant =
  /** The device gave a valid instant, epoch ms. */
  | { readonly kind: "given"; readonly atMs: number }
  | { readonly kind: "absent" }
  /** It said something that cannot be an instant, or not this one. */
  | { readonly kind: "wrong"; readonly said: string };

/** Nothing was measured by these boards before it; clocks that were never set lie here (1970, 2000, uptime). */
const EARLIEST_MS = Date.UTC(2020, 0, 1);
const AHEAD_MS = 5 * 60_000;
/** Epoch numbers below this are seconds: as milliseconds they would lie in 1973. */
const SECONDS_BELOW = 1e11;

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;
const NUMBER = /^\d{1,16}(\.\d{1,9})?$/;

/**
 * `said`: ISO 8601 with a zone, epoch seconds (whole or fractional) or epoch milliseconds, as number or text.
 * `clockSane` false: the hub's own clock cannot judge the future, so device times are taken as they are.
 */
export function readInstant(said: unknown, nowMs: number, clockSane: boolean): Instant {
  if (said === undefined || said === null) return { kind: "absent" };
  const atMs = toEpochMs(said);
  const valid = atMs !== undefined && atMs >= EARLIEST_MS && (!clockSane || atMs <= nowMs + AHEAD_MS);
  return valid && atMs < 8.64e15 ? { kind: "given", atMs } : { kind: "wrong", said: shown(said) };
}

/** Epoch ms of what is an instant at all, valid for a reading or not. */
export function toEpochMs(said: unknown): number | undefined {
  if (typeof said === "number") return fromEpoch(said);
  if (typeof said !== "string") return undefined;
  return NUMBER.test(said) ? fromEpoch(Number(said)) : fromIso(said);
}

function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Math.round(value < SECONDS_BELOW ? value * 1000 : value);
}

function fromIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone = "Z"] = match;
  const ms = Math.round(Number(`0.${fraction || "0"}`) * 1000);
  const offset = zoneMs(zone);
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(local);
  // Date.UTC carries 31 February and 25 o'clock over; an instant that is not on the calendar is no instant.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return offset === undefined ? undefined : local + ms - offset;
}

/** No place on earth is further from UTC than 14 hours. */
function zoneMs(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  const all = Number(zone.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || all > 14 * 60) return undefined;
  return (zone.startsWith("-") ? -all : all) * 60_000;
}

const shown = (said: unknown): string => (JSON.stringify(said) ?? String(said)).slice(0, 64);
