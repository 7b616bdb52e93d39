/** Spans of time and steps of a clock as a person would say them. */
const UNITS = [
  ["days", 24 * 3_600_000],
  ["hours", 3_600_000],
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
