/** Says in one sentence what a chart shows. Draws nothing. */
import type { MetricValue } from "../../src/contract/readings.ts";
import { gapsOf } from "./gaps.ts";
import { type SeriesBuffer, statsOf } from "./series-buffer.ts";
import { minuteOfDay } from "./time-words.ts";
import { metricLabel, numberWords, withUnit } from "./value-words.ts";

export function summaryOf(
  metric: string,
  value: MetricValue | undefined,
  buffer: SeriesBuffer | undefined,
  intervalMs: number | undefined,
): string {
  const stats = buffer === undefined ? undefined : statsOf(buffer);
  if (buffer === undefined || stats === undefined) return `${metricLabel(metric)}, last 24 hours: no data.`;
  const gaps = gapsOf(buffer, intervalMs).length;
  const facts = [
    ...(value === undefined ? [] : [`now ${withUnit(metric, value)}`]),
    ...(typeof value === "boolean"
      ? []
      : [
          `low ${numberWords(metric, stats.min)} at ${minuteOfDay(stats.lowAtMs)}`,
          `high ${numberWords(metric, stats.max)} at ${minuteOfDay(stats.highAtMs)}`,
        ]),
    gaps === 0 ? "no gap" : gaps === 1 ? "1 gap" : `${gaps} gaps`,
  ];
  return `${metricLabel(metric)}, last 24 hours: ${facts.join(", ")}.`;
}
