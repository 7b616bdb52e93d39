/** The figure's fixed line of numbers: the range's own, or those under the crosshair. Never floats over the plot. */
import type { FigureProps } from "./chart-context.ts";
import { gapLimitMs } from "./gaps.ts";
import { nearestIndex, statsOf } from "./series-buffer.ts";
import { instantWords, timeOfDay } from "./time-words.ts";
import { numberWords, withUnit } from "./value-words.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function Readout({ metric, boolean, context }: FigureProps & { boolean: boolean }) {
  const at = context.crosshair.value;
  if (at !== undefined) return <span class="readout readout-at">{readingAt({ metric, context }, boolean, at)}</span>;
  return boolean ? <span class="readout" /> : <RangeStats metric={metric} context={context} />;
}

function RangeStats({ metric, context }: FigureProps) {
  const buffer = context.feed.series(metric);
  const stats = buffer === undefined ? undefined : statsOf(buffer, context.feed.still.value);
  if (stats === undefined || !context.feed.covered.value) return <span class="readout" />;
  return (
    <span class="readout" data-stats>
      <span>
        min <b>{numberWords(metric, stats.min)}</b>
      </span>
      <span>
        mean <b>{numberWords(metric, stats.mean)}</b>
      </span>
      <span>
        max <b>{numberWords(metric, stats.max)}</b>
      </span>
    </span>
  );
}

/** The nearest real sample, never a value between two. */
export function readingAt({ metric, context }: FigureProps, boolean: boolean, at: number): string {
  const buffer = context.feed.series(metric);
  if (buffer === undefined) return "";
  const index = nearestIndex(buffer, at, gapLimitMs(buffer, context.device.about.peek().intervalMs) / 2);
  const { fromMs, toMs } = context.feed.still.value;
  if (index === undefined) return `${instantWords(at, toMs - fromMs)} · no data`;
  const t = buffer.t[index] ?? at;
  const [mean = 0, min = 0, max = 0] = [buffer.mean[index], buffer.min[index], buffer.max[index]];
  const today = toMs - fromMs <= DAY_MS;
  const time = today && buffer.resolution < MINUTE_MS ? timeOfDay(t) : instantWords(t, toMs - fromMs);
  if (boolean) return `${time} · ${stateWords(metric, min, max)}`;
  const spread = max > min ? ` (${numberWords(metric, min)}–${numberWords(metric, max)})` : "";
  return `${time} · ${withUnit(metric, mean)}${spread}`;
}

function stateWords(metric: string, min: number, max: number): string {
  if (min === max) return withUnit(metric, max > 0);
  return `${withUnit(metric, true)} and ${withUnit(metric, false)}`;
}
