/** Spans of time and steps of a clock as a person would say them. */
import { DAY_MS, HOUR_MS } from "../model/utc-day.ts";

const UNITS = [
  ["days", DAY_MS],
  ["hours", HOUR_MS],
  ["minutes", 60_000],
] as const;

/** `back by 3 hours` */
export const stepWords = (stepMs: number): string =>
  `${stepMs > 0 ? "forward" : "back"} by ${durationWords(Math.abs(stepMs))}`;

/** `40 days`, `5 hours`, `90 seconds` */
export function durationWords(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= 2 * each) ?? ["seconds", 1_000];
  return `${Math.round(ms / unitMs)} ${unit}`;
}
