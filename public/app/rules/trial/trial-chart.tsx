/** A small chart of a trial: the metric, its thresholds as lines, and when the rule would have fired as bands. */
import { useSignal } from "@preact/signals";
import type { Condition } from "../../../../src/contract/alerts.ts";
import type { SeriesColumns } from "../../../../src/contract/rest.ts";
import { getSeries } from "../../hub/api.ts";
import { hubNowMs } from "../../hub/clock.ts";
import { useHubRead } from "../../hub/use-hub-read.ts";
import { instantWords } from "../../ui/time-words.ts";
import { boundWords, digitsBetween, metricLabel, numberWords, withUnit } from "../../ui/value-words.ts";
import type { KnownDevices } from "../draft/known-devices.ts";
import { trialDrawing } from "./trial-drawing.ts";
import { boundsOf, type Charted, type TrialSpan } from "./trial-words.ts";

const POINTS = 300;

interface ChartProps {
  readonly charted: Charted;
  readonly condition: Condition;
  readonly spans: readonly TrialSpan[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly known: KnownDevices;
}

interface Drawn {
  readonly columns: SeriesColumns | undefined;
  readonly resolution: number;
}

export function TrialChart({ charted: { deviceId, metric }, condition, spans, fromMs, toMs, known }: ChartProps) {
  const drawn = useSignal<Drawn | undefined>(undefined);
  const spanDays = Math.round((toMs - fromMs) / 86_400_000);
  useHubRead(`trial of ${metric} on ${deviceId}, ${spanDays} d`, async (abort) => {
    const range = { from: Math.floor(fromMs), to: Math.ceil(Math.max(toMs, hubNowMs.peek())), points: POINTS };
    const answer = await getSeries(deviceId, { metrics: metric, ...range }, abort);
    drawn.value = { columns: answer.metrics[metric], resolution: answer.resolution };
  });
  const columns = drawn.value?.columns;
  if (columns === undefined || columns.t.length === 0) return null;
  const bounds = boundsOf(condition, metric);
  const drawing = trialDrawing(columns, bounds, spans, { fromMs, toMs });
  const described = known.describe(metric);
  const digits = digitsBetween(described, drawing.low, drawing.high);
  return (
    <figure class="trial-chart" data-trial-chart={metric}>
      <figcaption>
        {metricLabel(described)} of {known.deviceName(deviceId)}
      </figcaption>
      <div class="trial-plot">
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          {drawing.bands.map(({ x, width }) => (
            <g key={x}>
              <rect class="trial-band" x={x} y={0} width={width} height={100} />
              <rect class="trial-band-edge" x={x} y={0} width={width} height={3} />
            </g>
          ))}
          <path class="trial-area" d={drawing.area} />
          <path class="trial-line" d={drawing.line} vector-effect="non-scaling-stroke" />
          {drawing.bounds.map(({ y }) => (
            <line key={y} class="trial-bound" x1={0} x2={1000} y1={y} y2={y} vector-effect="non-scaling-stroke" />
          ))}
        </svg>
        {drawing.bounds.map(({ y, value }) => (
          <span key={value} class="trial-bound-label" style={{ top: `${y}%` }}>
            {boundWords(described, value)}
          </span>
        ))}
      </div>
      <p class="strip-legend">
        <span>{instantWords(fromMs, toMs - fromMs)}</span>
        <span>
          {numberWords(described, drawing.low, digits)} to {withUnit(described, drawing.high, digits)}
        </span>
        <span>{instantWords(toMs, toMs - fromMs)}</span>
      </p>
    </figure>
  );
}
