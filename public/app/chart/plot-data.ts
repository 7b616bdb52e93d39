/** What a plot of a metric draws, from all that its context has of it. */
import { hubNowMs } from "../hub/clock.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { gapsOf, withGaps } from "../series/gaps.ts";
import type { SeriesBuffer } from "../series/series-buffer.ts";
import type { TextChange } from "../series/text-changes.ts";
import type { PlotData } from "./plot/plot.ts";

/** So that a motion need not find them again. */
const ALL_TIME = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

export function plotData(
  metric: string,
  { device, alerts, compared, others }: ChartContext,
  buffer: SeriesBuffer,
  { marks, window }: { marks: readonly TextChange[]; window: TimeWindow },
): PlotData {
  const stepMs = device.about.peek().stepMs;
  const columns = withGaps(
    buffer,
    stepMs,
    marks.map(({ atMs }) => atMs),
  );
  // Hatched only where it is the only line: another one may be there.
  const until = Math.min(hubNowMs.peek(), window.toMs);
  const gaps = others === undefined ? gapsOf(buffer, stepMs, ALL_TIME, until) : [];
  const over = others?.value ?? [];
  return { ...columns, marks, alerts: alerts.of(metric), gaps, compared: compared.line(metric), others: over };
}
