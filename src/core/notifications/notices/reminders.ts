/** When an alert that nobody acknowledged is sent again, and to further channels. Pure. */
import type { Rule, Severity } from "../../../contract/alerts.ts";

/** Where the rule says nothing else. 0: never. */
const REPEAT_S: Readonly<Record<Severity, number>> = { critical: 900, warning: 14_400, info: 0 };

/** Repetitions that are due within this time go along: alerts that came one by one are repeated in one message. */
export const GO_ALONG_MS = 60_000;

export interface ReminderTimes {
  readonly firedMs: number;
  readonly remindedMs: number;
}

/** Instants of the same clock as `times`; undefined: never. */
export function repeatAtMs({ severity, repeatS }: Rule, { remindedMs }: ReminderTimes): number | undefined {
  const everyS = repeatS ?? REPEAT_S[severity];
  return everyS === 0 ? undefined : remindedMs + everyS * 1_000;
}

export const escalateAtMs = ({ escalate }: Rule, { firedMs }: ReminderTimes): number | undefined =>
  escalate && firedMs + escalate.afterS * 1_000;
