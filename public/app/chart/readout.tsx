/** The figure's line of numbers: of the range, or under the crosshair. It never floats over the plot. */
import type { DescribedMetric } from "../hub/described-metric.ts";
import { nearestBound, spanAt } from "../series/alert-spans.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { meanOf } from "../series/compared-line.ts";
import { gapLimitMs } from "../series/gaps.ts";
import { nearestIndex, statsOf } from "../series/series-buffer.ts";
import { type TextChange, textMarks } from "../series/text-changes.ts";
import { instantWords, timeOfDay } from "../ui/time-words.ts";
import { boundWords, differenceWords, digitsBetween, numberWords, withUnit } from "../ui/value-words.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function Readout({ metric, boolean, context }: FigureProps & { boolean: boolean }) {
  const at = context.crosshair.value;
  if (at !== undefined) {
    const alert = spanAt(context.alerts.of(metric).spans, at);
    return (
      <span class="readout readout-at">
        {readingAt({ metric, context }, boolean, at)}
        {alert !== undefined && <span class="readout-alert">{alert.ruleName}</span>}
      </span>
    );
  }
  return boolean ? <span class="readout" /> : <RangeStats metric={metric} context={context} />;
}

function RangeStats({ metric, context }: FigureProps) {
  const buffer = context.feed.series(metric);
  const stats = buffer === undefined ? undefined : statsOf(buffer, context.feed.still.value);
  if (stats === undefined || !context.feed.covered.value) return <span class="readout" />;
  const described = context.device.described(metric);
  const digits = digitsBetween(described, stats.min, stats.max);
  const bound = nearestBound(context.alerts.of(metric).bounds, stats);
  return (
    <span class="readout" data-stats>
      <span>
        min <b>{numberWords(described, stats.min, digits)}</b>
      </span>
      <span>
        mean <b>{numberWords(described, stats.mean, digits)}</b>
      </span>
      <span>
        max <b>{numberWords(described, stats.max, digits)}</b>
      </span>
      <ComparedKey metric={metric} context={context} digits={digits} />
      {bound !== undefined && (
        <span data-bound>
          alert {bound.side} <b>{boundWords(described, bound.value)}</b>
        </span>
      )}
    </span>
  );
}

/** What the dashed line is, and its mean. */
function ComparedKey({ metric, context, digits }: FigureProps & { digits: number }) {
  const { compared, feed } = context;
  const words = compared.words.value;
  if (words === "") return null;
  const line = compared.line(metric);
  const mean = line === undefined ? undefined : meanOf(line, feed.still.value);
  return (
    <span class="compared-key" data-compared>
      {words} <b>{mean === undefined ? "no data" : numberWords(context.device.described(metric), mean, digits)}</b>
    </span>
  );
}

/** The nearest real sample, never a value between two. */
export function readingAt({ metric, context }: FigureProps, boolean: boolean, at: number): string {
  const buffer = context.feed.series(metric);
  if (buffer === undefined) return "";
  const reachMs = gapLimitMs(buffer, context.device.about.peek().stepMs) / 2;
  const index = nearestIndex(buffer, at, reachMs);
  const { fromMs, toMs } = context.feed.still.value;
  const distanceMs = index === undefined ? reachMs : Math.abs((buffer.t[index] ?? at) - at);
  const text = nearestMark(textMarks(context.texts.found.value?.readings ?? [], metric), at, distanceMs);
  if (text !== undefined) return `${instantWords(text.atMs, toMs - fromMs)} · ${text.value}`;
  if (index === undefined) return `${instantWords(at, toMs - fromMs)} · no data`;
  const t = buffer.t[index] ?? at;
  const [mean = 0, min = 0, max = 0] = [buffer.mean[index], buffer.min[index], buffer.max[index]];
  const today = toMs - fromMs <= DAY_MS;
  const time = today && buffer.resolution < MINUTE_MS ? timeOfDay(t) : instantWords(t, toMs - fromMs);
  const described = context.device.described(metric);
  if (boolean) return `${time} · ${stateWords(described, min, max)}`;
  const stats = statsOf(buffer, context.feed.still.value);
  const digits = digitsBetween(described, stats?.min ?? min, stats?.max ?? max);
  const spread = max > min ? ` (${numberWords(described, min, digits)}–${numberWords(described, max, digits)})` : "";
  return `${time} · ${withUnit(described, mean, digits)}${spread}${comparedWords({ metric, context }, t, mean, digits)}`;
}

/** ` · yesterday 21.9 · +1.5` */
function comparedWords({ metric, context }: FigureProps, t: number, mean: number, digits: number): string {
  const { words, valueAt } = context.compared;
  if (words.value === "") return "";
  const other = valueAt(metric, t);
  if (other === undefined) return ` · ${words.value} no data`;
  const described = context.device.described(metric);
  const difference = differenceWords(described, mean, other, digits);
  return ` · ${words.value} ${numberWords(described, other, digits)} · ${mean >= other ? "+" : ""}${difference}`;
}

/** Undefined: none lies within so many ms. */
const nearestMark = (marks: readonly TextChange[], at: number, withinMs: number): TextChange | undefined =>
  marks
    .filter(({ atMs }) => Math.abs(atMs - at) <= withinMs)
    .sort((a, b) => Math.abs(a.atMs - at) - Math.abs(b.atMs - at))[0];

function stateWords(metric: DescribedMetric, min: number, max: number): string {
  if (min === max) return withUnit(metric, max > 0);
  return `${withUnit(metric, true)} and ${withUnit(metric, false)}`;
}
