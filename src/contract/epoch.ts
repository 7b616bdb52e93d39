/**
 * Parses an instant as boards, programs and people write it, for MQTT and REST alike. It does not judge whether the time is right.
 */

/** Epoch numbers below this are seconds: as milliseconds they would lie in 1973. */
const SECONDS_BELOW = 1e11;
/** What a Date can hold. [ECMA-262, 21.4.1.1] */
export const MAX_INSTANT_MS = 8.64e15;

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/i;
const NUMBER = /^\d{1,16}(\.\d{1,9})?$/;

/**
 * ISO 8601 with a zone, epoch seconds (whole or fractional) or epoch milliseconds, as number or text → epoch ms;
 * undefined for anything else, also for a day or an hour that no calendar has.
 */
export function toEpochMs(said: unknown): number | undefined {
  if (typeof said === "number") return fromEpoch(said);
  if (typeof said !== "string") return undefined;
  return NUMBER.test(said) ? fromEpoch(Number(said)) : fromIso(said);
}

const LOCAL = new RegExp(ISO.source.replace(/\(Z\|.*$/, "$"), "i");

/** A date and a time of some zone that it does not name: no instant. */
export const namesNoZone = (text: string): boolean => LOCAL.test(text);

function fromEpoch(value: number): number | undefined {
  const ms = Math.round(value < SECONDS_BELOW ? value * 1000 : value);
  return Math.abs(ms) <= MAX_INSTANT_MS ? ms : undefined;
}

function fromIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = "0", fraction = "", zone = "Z"] = match;
  const ms = Math.round(Number(`0.${fraction || "0"}`) * 1000);
  const offset = zoneMs(zone);
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(local);
  // Date.UTC carries 31 February and 25 o'clock over, and takes year 26 for 1926; what is on no calendar is no instant.
  if (date.getUTCFullYear() !== Number(year)) return undefined;
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
