/** Instants and ages as text, by the clocks that the viewer chose. */
import { clockDate, clockOffsetMs, zonedFormat } from "../preferences/time-zone.ts";

const time = zonedFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minute = zonedFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndMinute = zonedFormat({
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dayOfYear = zonedFormat({ day: "numeric", month: "short" });
const day = zonedFormat({ day: "numeric", month: "short", year: "numeric" });
const full = zonedFormat({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** An hour that the clocks repeat begins and ends within so long of their change. */
const NEAR_CHANGE_MS = 3 * HOUR_MS;

/** ` +01:00` where the clocks are changed within hours, so that an hour that comes twice can be told apart; else nothing. */
function zoneNear(ms: number): string {
  const minutesAt = (at: number) => clockOffsetMs(at) / MINUTE_MS;
  if (minutesAt(ms - NEAR_CHANGE_MS) === minutesAt(ms + NEAR_CHANGE_MS)) return "";
  const minutes = minutesAt(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return ` ${minutes < 0 ? "\u2212" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const withZone = (format: Intl.DateTimeFormat, ms: number): string => `${format.format(ms)}${zoneNear(ms)}`;

/** `21:03:12` */
export const timeOfDay = (ms: number): string => withZone(time(), ms);
/** `21:03` */
export const minuteOfDay = (ms: number): string => withZone(minute(), ms);
/** `14 Nov` */
export const dateWords = (ms: number): string => dayOfYear().format(ms);
/** `14 Nov 2026, 21:03:12` */
export const fullTime = (ms: number): string => (Number.isFinite(ms) ? withZone(full(), ms) : "unknown");

/** `now`, `12 s`, `4 min`, `3 h`, `2 d`, and from a week on the date. */
export function ageWords(atMs: number, nowMs: number): string {
  const age = nowMs - atMs;
  if (!Number.isFinite(age)) return "unknown";
  if (age < 2 * SECOND_MS) return "now";
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)} s`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h`;
  if (age < 7 * DAY_MS) return `${Math.floor(age / DAY_MS)} d`;
  return day().format(atMs);
}

/** `just now`, `3 h ago`, and from a week on the date. */
export function agoWords(atMs: number, nowMs: number): string {
  const words = ageWords(atMs, nowMs);
  if (words === "now") return "just now";
  return nowMs - atMs < 7 * DAY_MS ? `${words} ago` : words;
}

/** A length of time in its two largest units: `3 h 22 min`. */
export function durationWords(ms: number): string {
  const whole = Math.max(0, Math.round(ms / SECOND_MS));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** A moment within a day or so: the time alone today, with the date before. */
export const sinceWords = (ms: number, nowMs: number): string =>
  dayNumber(ms) === dayNumber(nowMs) ? minuteOfDay(ms) : fullTime(ms);

/** `Today`, `Yesterday`, and from then on the date. */
export function dayWords(ms: number, nowMs: number): string {
  const days = dayNumber(nowMs) - dayNumber(ms);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : day().format(ms);
}

/** The same for all instants of one day. */
export const dayNumber = (ms: number): number => Math.floor(clockDate(ms).getTime() / DAY_MS);

/** An instant within so long a time: no date within a day, no hour within years, nor for a whole day. */
export function instantWords(ms: number, spanMs: number): string {
  if (spanMs <= DAY_MS + HOUR_MS) return minuteOfDay(ms);
  if (spanMs > 300 * DAY_MS) return day().format(ms);
  return isMidnight(ms) && spanMs > 7 * DAY_MS ? dayOfYear().format(ms) : withZone(dayAndMinute(), ms);
}

const SPAN = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const spanFormats = {
  thisYear: { minute: zonedFormat(SPAN), second: zonedFormat({ ...SPAN, second: "2-digit" }) },
  anyYear: {
    minute: zonedFormat({ ...SPAN, year: "numeric" }),
    second: zonedFormat({ ...SPAN, year: "numeric", second: "2-digit" }),
  },
};

/** From then to then, with what both have in common said once; with the year where it is not this one. */
export function spanWords(fromMs: number, toMs: number, nowMs: number): string {
  const thisYear = [fromMs, toMs].every((ms) => clockDate(ms).getUTCFullYear() === clockDate(nowMs).getUTCFullYear());
  const format = spanFormats[thisYear ? "thisYear" : "anyYear"][toMs - fromMs < 10 * MINUTE_MS ? "second" : "minute"]();
  return rangeOf(format, fromMs, toMs);
}

/** What both have in common is said once, but for times near a change of the clocks: there a range could seem to end before it begins. */
const rangeOf = (format: Intl.DateTimeFormat, fromMs: number, toMs: number): string =>
  zoneNear(fromMs) === "" && zoneNear(toMs) === ""
    ? format.formatRange(fromMs, toMs)
    : `${withZone(format, fromMs)} – ${withZone(format, toMs)}`;

/** `24 Nov` where both are the viewer's midnights a day apart. */
export function rowWords(fromMs: number, toMs: number, spanMs: number): string {
  if (isMidnight(fromMs) && isMidnight(toMs)) {
    return dayOfYear().formatRange(fromMs, toMs - SECOND_MS);
  }
  if (spanMs > DAY_MS + HOUR_MS) return rangeOf(dayAndMinute(), fromMs, toMs);
  const words = toMs - fromMs < MINUTE_MS ? timeOfDay : minuteOfDay;
  return `${words(fromMs)}–${words(toMs)}`;
}

export function isMidnight(ms: number): boolean {
  const at = clockDate(ms);
  return at.getUTCHours() + at.getUTCMinutes() + at.getUTCSeconds() === 0;
}
