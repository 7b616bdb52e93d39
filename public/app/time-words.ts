/** Says instants and ages in words, in the viewer's zone. Knows no clock. */

const time = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `21:03:12` */
export const timeOfDay = (ms: number): string => time.format(ms);
/** `21:03` */
export const minuteOfDay = (ms: number): string => minute.format(ms);
/** `14 Nov 2026, 21:03:12` */
export const fullTime = (ms: number): string => (Number.isFinite(ms) ? full.format(ms) : "unknown");

/** `now`, `12 s`, `4 min`, `3 h`, `2 d`, and from a week on the date. */
export function ageWords(atMs: number, nowMs: number): string {
  const age = nowMs - atMs;
  if (!Number.isFinite(age)) return "unknown";
  if (age < 2 * SECOND_MS) return "now";
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)} s`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h`;
  if (age < 7 * DAY_MS) return `${Math.floor(age / DAY_MS)} d`;
  return day.format(atMs);
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
  new Date(ms).toDateString() === new Date(nowMs).toDateString() ? minuteOfDay(ms) : fullTime(ms);
