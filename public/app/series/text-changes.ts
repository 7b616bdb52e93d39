/** Finds in readings when the value of a text metric changed. */
import type { Reading } from "../../../src/contract/readings.ts";

import type { TimeWindow } from "../range/chart-range.ts";

export interface TextChange {
  readonly atMs: number;
  readonly value: string;
}

/** Those in the window, from newest to oldest; the oldest one is where the readings begin. */
export function textChanges(readings: readonly Reading[], metric: string, window: TimeWindow): TextChange[] {
  const all = occurrences(readings, metric, window);
  return all.filter(({ value }, index) => all[index + 1]?.value !== value);
}

/** Each value in the window, from newest to oldest. */
export function occurrences(readings: readonly Reading[], metric: string, window: TimeWindow): TextChange[] {
  return readings
    .flatMap(({ timestamp, metrics }) => {
      const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
      return value === undefined ? [] : [{ atMs: Date.parse(timestamp), value: String(value) }];
    })
    .filter(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs)
    .sort((a, b) => b.atMs - a.atMs);
}

/** The texts among the values of a metric that is a number, oldest first; those that come one after another are one mark. */
export function textMarks(readings: readonly Reading[], metric: string): TextChange[] {
  const points = readings
    .flatMap(({ timestamp, metrics }) => {
      const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
      return value === undefined ? [] : [{ atMs: Date.parse(timestamp), value }];
    })
    .sort((a, b) => a.atMs - b.atMs);
  return points.flatMap(({ atMs, value }, index) =>
    typeof value === "string" && points[index - 1]?.value !== value ? [{ atMs, value }] : [],
  );
}
