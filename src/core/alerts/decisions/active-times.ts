/** Whether a rule may begin to fire at this time of this day, in the hub's time zone. */
import type { ActiveTimes } from "../../../contract/alerts.ts";

const DAYS = 7;

/** `from` is the first minute, `to` is the first minute after. Over midnight, the day is the one on which it begins. */
export function isActive({ days, from, to }: ActiveTimes, nowMs: number): boolean {
  const now = new Date(nowMs);
  const minute = now.getHours() * 60 + now.getMinutes();
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  const today = now.getDay();
  if (begin < end) return minute >= begin && minute < end && isOn(today);
  return (minute >= begin && isOn(today)) || (minute < end && isOn((today + DAYS - 1) % DAYS));

  function isOn(day: number): boolean {
    return days === undefined || days.includes(day);
  }
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
