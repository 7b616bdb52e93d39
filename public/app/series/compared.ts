/** Reads what a device's charts are compared with: the same metrics days before, or of another device. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import { deviceState } from "../hub/live.ts";
import { type HubRead, useHubRead } from "../hub/use-hub-read.ts";
import { EARLIEST_MS, type TimeWindow } from "../range/chart-range.ts";
import { type Comparison, daysBefore, instantsAfter, parseComparison } from "../range/comparison.ts";
import { spanOf } from "../range/range-moves.ts";
import { query } from "../ui/route.ts";
import type { ChartFeed } from "./chart-feed.ts";
import { type ComparedLine, comparedLine } from "./compared-line.ts";
import { gapLimitMs } from "./gaps.ts";
import { readSeries } from "./read-series.ts";
import { createSeriesBuffer, nearestIndex, type SeriesBuffer } from "./series-buffer.ts";
import { tilePoints } from "./tile-request.ts";

interface Found {
  /** Of the comparison. */
  readonly key: string;
  readonly series: ReadonlyMap<
    string,
    { readonly buffer: SeriesBuffer; readonly limitMs: number; readonly line: ComparedLine }
  >;
}

export interface ComparedRead {
  readonly comparison: ReadonlySignal<Comparison>;
  /** `yesterday`, or the other device's name; empty without a comparison. */
  readonly words: ReadonlySignal<string>;
  readonly read: HubRead;
  /** The same object as long as nothing changed; reading it subscribes. */
  line(metric: string): ComparedLine | undefined;
  /** What is compared with the chart's value of that instant. */
  valueAt(metric: string, atMs: number): number | undefined;
}

/** A live window moves: so much of its length is read beyond its end, and then again. */
const AHEAD = 1 / 12;

export function useCompared(
  device: DeviceState,
  feed: ChartFeed,
  metrics: readonly string[],
  widthPx: () => number,
): ComparedRead {
  const comparison = useComputed(() => parseComparison(query.value));
  const found = useSignal<Found | undefined>(undefined);
  const words = useComputed(() => wordsOf(comparison.value));
  const step = useComputed(() => {
    const { preset, toMs } = feed.still.value;
    return preset === undefined ? 0 : Math.floor(toMs / (preset.spanMs * AHEAD));
  });
  const range = useComputed(() => {
    const { preset, fromMs, toMs } = feed.still.value;
    return preset?.name ?? `${fromMs} ${toMs}`;
  });
  const now = comparison.value;
  const key = useComputed(() => JSON.stringify(comparison.value));
  const names = [...metrics].sort().join(",");
  const isNone = now.kind === "none" || names === "";
  const read = useHubRead(
    isNone ? "" : `compared ${key.value} ${names} ${range.value}`,
    async (abort) => {
      const window = feed.still.peek();
      const ahead = { ...window, toMs: window.toMs + (window.preset === undefined ? 0 : spanOf(window) * AHEAD) };
      const most = tilePoints(widthPx(), window.preset === undefined);
      const series = await readCompared(now, device, metrics, { window: ahead, points: most }, abort);
      found.value = { key: JSON.stringify(now), series };
    },
    step.value,
  );
  const current = () => (found.value?.key === key.value ? found.value : undefined);
  return {
    comparison,
    words,
    read,
    line: (metric) => current()?.series.get(metric)?.line,
    valueAt(metric, atMs) {
      const of = current()?.series.get(metric);
      if (of === undefined) return undefined;
      const source = comparison.value.kind === "days" ? daysBefore(atMs, comparison.value.days) : atMs;
      const index = nearestIndex(of.buffer, source, of.limitMs / 2);
      return index === undefined ? undefined : of.buffer.mean[index];
    },
  };
}

interface Asked {
  readonly window: TimeWindow;
  readonly points: number;
}

async function readCompared(
  comparison: Comparison,
  device: DeviceState,
  metrics: readonly string[],
  { window, points }: Asked,
  abort: AbortSignal,
): Promise<Found["series"]> {
  const days = comparison.kind === "days" ? comparison.days : 0;
  const id = comparison.kind === "device" ? comparison.id : device.id;
  const [fromMs, toMs] = [daysBefore(window.fromMs, days), daysBefore(window.toMs, days)];
  const from = Math.max(Math.floor(fromMs), EARLIEST_MS);
  const to = Math.max(Math.ceil(toMs), from + 1);
  const answer = await readSeries(id, metrics, { from, to, points }, abort);
  const intervalMs = comparison.kind === "device" ? answer.intervalMs : device.about.peek().stepMs;
  const series = metrics.map((metric) => {
    const columns = answer.metrics[metric];
    const buffer = createSeriesBuffer(answer.resolution, columns?.t[0] ?? 0, columns);
    const limitMs = gapLimitMs(buffer, intervalMs);
    const instantsOf = (ms: number) => (days === 0 ? [ms] : instantsAfter(ms, days));
    return [metric, { buffer, limitMs, line: comparedLine(buffer, limitMs, instantsOf) }] as const;
  });
  return new Map(series);
}

function wordsOf(comparison: Comparison): string {
  if (comparison.kind === "none") return "";
  if (comparison.kind === "days") return comparison.words;
  return deviceState(comparison.id)?.about.value.name ?? comparison.id;
}
