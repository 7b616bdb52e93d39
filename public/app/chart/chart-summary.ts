/** Describes a chart in one sentence. */

import type { MetricValue } from "../../../src/contract/readings.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";
import type { ChartWindow } from "../range/chart-range.ts";
import { rangeWords } from "../range/range-words.ts";
import { gapsOf } from "../series/gaps.ts";
import { type SeriesBuffer, statsOf } from "../series/series-buffer.ts";
import { instantWords } from "../ui/time-words.ts";
import { digitsBetween, metricLabel, numberWords, withUnit } from "../ui/value-words.ts";

export function summaryOf(
  metric: DescribedMetric,
  value: MetricValue | undefined,
  buffer: SeriesBuffer | undefined,
  window: ChartWindow,
  { intervalMs, nowMs, alerts }: { intervalMs: number | undefined; nowMs: number; alerts: number },
): string {
  const subject = `${metricLabel(metric)}, ${rangeWords(window, nowMs)}`;
  const stats = buffer === undefined ? undefined : statsOf(buffer, window);
  if (buffer === undefined || stats === undefined) return `${subject}: no data.`;
  const gaps = gapsOf(buffer, intervalMs, window).length;
  const digits = stats === undefined ? 0 : digitsBetween(metric, stats.min, stats.max);
  const at = (instant: number) => instantWords(instant, window.toMs - window.fromMs);
  const facts = [
    ...(value === undefined ? [] : [`now ${withUnit(metric, value)}`]),
    ...(typeof value === "boolean"
      ? []
      : [
          `low ${numberWords(metric, stats.min, digits)} at ${at(stats.lowAtMs)}`,
          `high ${numberWords(metric, stats.max, digits)} at ${at(stats.highAtMs)}`,
        ]),
    gaps === 0 ? "no gap" : gaps === 1 ? "1 gap" : `${gaps} gaps`,
    ...(alerts === 0 ? [] : [alerts === 1 ? "1 alert" : `${alerts} alerts`]),
  ];
  return `${subject}: ${facts.join(", ")}.`;
}
