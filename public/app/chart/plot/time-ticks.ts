/** Labels the lines of a time axis, as short as their distance allows. */
import { clockDate, zonedFormat } from "../../preferences/time-zone.ts";
import { isMidnight } from "../../ui/time-words.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const formats = {
  second: zonedFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  minute: zonedFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  day: zonedFormat({ day: "numeric", month: "short" }),
  month: zonedFormat({ month: "short" }),
  year: zonedFormat({ year: "numeric" }),
};

/** `stepMs` is the distance of two lines. Midnight is said as its day, January as its year. */
export function tickWords(at: number, stepMs: number): string {
  if (stepMs < DAY_MS) {
    if (isMidnight(at)) return formats.day().format(at);
    return (stepMs < MINUTE_MS ? formats.second : formats.minute)().format(at);
  }
  if (stepMs < 28 * DAY_MS) return formats.day().format(at);
  return stepMs >= 360 * DAY_MS || clockDate(at).getUTCMonth() === 0
    ? formats.year().format(at)
    : formats.month().format(at);
}
