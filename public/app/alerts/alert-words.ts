/** Alerts, and what happened to them, in words. */

import type { Alert, AlertEvent, AlertEventKind, FiringCounts, Severity } from "../../../src/contract/alerts.ts";
import { instantAt } from "../preferences/time-zone.ts";
import { dayNumber } from "../ui/time-words.ts";
import { capital, countWords } from "../ui/value-words.ts";

export const EVENT_WORDS: Readonly<Record<AlertEventKind, string>> = {
  firing: "began",
  resolved: "over",
  ended: "ended",
  noData: "no more data",
  dataAgain: "data again",
  passed: "was, and is over",
  acknowledged: "acknowledged",
  silenced: "silenced",
  unsilenced: "no longer silenced",
  undelivered: "not delivered",
};

/** Where the word alone says too little. */
export const EVENT_MEANINGS: Partial<Record<AlertEventKind, string>> = {
  ended: "The rule was switched off or deleted, or the device was deleted",
  passed: "It was critical in readings that came late",
  unsilenced: "The time of the silence was over, or somebody ended it",
};

const COUNT_WORDS: Readonly<Record<Severity, (count: number) => string>> = {
  critical: (count) => `${countWords(count)} critical`,
  warning: (count) => `${countWords(count)} ${count === 1 ? "warning" : "warnings"}`,
  info: (count) => `${countWords(count)} for information`,
};

/** `2 critical, 1 warning` */
export const firingWords = (firing: FiringCounts): string =>
  (["critical", "warning", "info"] as const)
    .flatMap((severity) => (firing[severity] === 0 ? [] : [COUNT_WORDS[severity](firing[severity])]))
    .join(", ");

export const worstIn = (firing: FiringCounts): Severity | undefined =>
  (["critical", "warning", "info"] as const).find((severity) => firing[severity] > 0);

/** The hub's sentence begins with the device, which stands beside it here. */
export function textWithoutDevice({ text, deviceName, deviceId }: Alert | AlertEvent): string {
  const prefix = [deviceName, deviceId].map((name) => `${name}: `).find((start) => text.startsWith(start)) ?? "";
  const rest = text.slice(prefix.length);
  return capital(rest);
}

/** What is wrong, and what to do, where the rule says so. */
export function sentencesOf(alert: Alert | AlertEvent): { readonly cause: string; readonly advice: string } {
  const text = textWithoutDevice(alert);
  const end = text.indexOf(". ");
  return end < 0 ? { cause: text, advice: "" } : { cause: text.slice(0, end), advice: text.slice(end + 2) };
}

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 8;

export interface Snooze {
  readonly key: "hour" | "hours" | "tomorrow";
  label(nowMs: number): string;
  untilMs(nowMs: number): number;
}

/** The next morning at eight, in the viewer's zone. */
export function morningMs(nowMs: number): number {
  const morningOf = (day: number) => instantAt(day * 24 * HOUR_MS + MORNING_HOUR * HOUR_MS);
  const today = dayNumber(nowMs);
  // Who snoozes at seven does not mean an hour.
  return morningOf(morningOf(today) < nowMs + 2 * HOUR_MS ? today + 1 : today);
}

const isToday = (ms: number, nowMs: number): boolean => dayNumber(ms) === dayNumber(nowMs);

export const SNOOZES: readonly Snooze[] = [
  { key: "hour", label: () => "1 hour", untilMs: (nowMs) => nowMs + HOUR_MS },
  { key: "hours", label: () => "8 hours", untilMs: (nowMs) => nowMs + 8 * HOUR_MS },
  {
    key: "tomorrow",
    label: (nowMs) => `Until ${isToday(morningMs(nowMs), nowMs) ? "" : "tomorrow "}08:00`,
    untilMs: morningMs,
  },
];
