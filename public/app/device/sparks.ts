/** The small charts beside values: the last 24 hours of each metric, read at once and again each minute. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { isPaused } from "../preferences/pace.ts";
import { DEFAULT_PRESET, FUTURE_MS, type TimeWindow } from "../range/chart-range.ts";
import { gapLimitMs } from "../series/gaps.ts";
import { readSeries } from "../series/read-series.ts";
import { createSeriesBuffer, type SeriesBuffer } from "../series/series-buffer.ts";

const POINTS = 96;
const AGAIN_MS = 60_000;

export interface Sparks {
  /** From the first reading of the last 24 hours to now. */
  readonly window: TimeWindow;
  readonly buffers: ReadonlyMap<string, SeriesBuffer>;
}

export function useSparks(device: DeviceState, metrics: readonly string[]): ReadonlySignal<Sparks | undefined> {
  const found = useSignal<Sparks | undefined>(undefined);
  const again = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && !isPaused.peek()) again.value += 1;
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const names = [...metrics].sort().join(",");
  useHubRead(
    names === "" ? "" : `sparks ${device.id} ${names}`,
    async (abort) => {
      const toMs = Math.ceil(hubNowMs.peek());
      const fromMs = toMs - DEFAULT_PRESET.spanMs;
      const range = { from: fromMs, to: toMs + FUTURE_MS, points: POINTS };
      const { resolution, metrics: columns } = await readSeries(device.id, metrics, range, abort);
      const buffers = new Map(
        metrics.map((metric) => [metric, createSeriesBuffer(resolution, columns[metric]?.t[0] ?? 0, columns[metric])]),
      );
      const firstMs = Math.min(toMs, ...[...buffers.values()].map(({ t }) => t[0] ?? toMs));
      found.value = { window: { fromMs: Math.max(fromMs, firstMs), toMs }, buffers };
    },
    again.value,
  );
  return found;
}

/** Of a spark's drawing, in its own units. */
export const SPARK = { width: 100, height: 24 } as const;

/** An SVG path: a line through the means with a break at each gap, where a lone point is a dot. */
export function sparkPath(buffer: SeriesBuffer, { fromMs, toMs }: TimeWindow, stepMs: number | undefined): string {
  const limit = gapLimitMs(buffer, stepMs);
  const [low, high] = [Math.min(...buffer.mean), Math.max(...buffer.mean)];
  // A reading may be newer than the hub's time was when it was last known here.
  const within = (t: number) => Math.min(Math.max(t, fromMs), toMs);
  const xOf = (t: number) => (((within(t) - fromMs) / Math.max(toMs - fromMs, 1)) * SPARK.width).toFixed(1);
  const yOf = (value: number) =>
    (high > low ? 2 + ((high - value) / (high - low)) * (SPARK.height - 4) : 12).toFixed(1);
  const parts = buffer.t.map((t, index) => {
    const before = buffer.t[index - 1];
    const after = buffer.t[index + 1];
    const at = `${xOf(t)} ${yOf(buffer.mean[index] ?? 0)}`;
    if (before !== undefined && t - before <= limit) return `L${at}`;
    return after === undefined || after - t > limit ? `M${at}h0` : `M${at}`;
  });
  return parts.join("");
}
