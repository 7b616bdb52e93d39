/** A boolean over time: filled where true, hollow where false, empty where nothing is known. */
import { useComputed } from "@preact/signals";
import { spanOf } from "../range/range-moves.ts";
import { noReadingWords } from "../range/range-words.ts";
import { spansIn } from "../series/alert-spans.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { instantWords } from "../ui/time-words.ts";
import { booleanWords } from "../ui/value-words.ts";
import { type StateRun, stateRuns } from "./state-runs.ts";
import { TimeSlider } from "./time-slider.tsx";

const WIDTH = 1_000;
/** However short, a true state is seen. */
const LEAST_WIDTH = 3;

export function StateStrip({ metric, context }: FigureProps) {
  const { feed, device } = context;
  const { fromMs, toMs } = feed.still.value;
  const empty = context.state === "ready" && feed.points(metric) === 0 && feed.covered.value;
  return (
    <div class="strip-box">
      <TimeSlider kind="strip" metric={metric} context={context} boolean>
        <svg viewBox={`0 0 ${WIDTH} 28`} preserveAspectRatio="none" aria-hidden="true">
          <Runs metric={metric} context={context} intervalMs={device.about.value.stepMs} />
          <AlertBars metric={metric} context={context} />
          <CrossLine context={context} />
        </svg>
        {context.state === "failed" && <span class="plot-note">Could not be read</span>}
        {empty && <span class="plot-note">{noReadingWords(feed.still.value)}</span>}
      </TimeSlider>
      <p class="strip-legend">
        <span>{instantWords(fromMs, toMs - fromMs)}</span>
        <span class="strip-key strip-true">{booleanWords(device.described(metric), true)}</span>
        <span class="strip-key strip-false">{booleanWords(device.described(metric), false)}</span>
        <span>{instantWords(toMs, toMs - fromMs)}</span>
      </p>
    </div>
  );
}

/** All that was read, at its length; panning moves it as a whole. */
function Runs({ metric, context, intervalMs }: FigureProps & { intervalMs: number | undefined }) {
  const { window, version, series, still } = context.feed;
  const span = useComputed(() => spanOf(window.value));
  const drawn = useComputed(() => {
    version.value;
    const buffer = series(metric);
    const runs = buffer === undefined ? [] : stateRuns(buffer, intervalMs, still.value.toMs);
    const originMs = runs[0]?.fromMs ?? 0;
    const perMs = WIDTH / span.value;
    return { originMs, rects: runs.map((run) => runRect(run, originMs, perMs)) };
  });
  const shift = ((drawn.value.originMs - window.value.fromMs) / span.value) * WIDTH;
  return <g transform={`translate(${shift} 0)`}>{drawn.value.rects}</g>;
}

function runRect({ state, fromMs, toMs }: StateRun, originMs: number, perMs: number) {
  const x = (fromMs - originMs) * perMs;
  const width = Math.max(LEAST_WIDTH, (toMs - fromMs) * perMs);
  return state ? (
    <rect key={fromMs} class="run-true" x={x} y={2} width={width} height={24} />
  ) : (
    <rect key={fromMs} class="run-false" x={x} y={8} width={width} height={12} vector-effect="non-scaling-stroke" />
  );
}

/** When alerts fired, as a bar above the states. */
function AlertBars({ metric, context }: FigureProps) {
  const { fromMs, toMs } = context.feed.window.value;
  const xOf = (ms: number) => ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * WIDTH;
  return (
    <g>
      {spansIn(context.alerts.of(metric).spans, { fromMs, toMs }).map((span) => (
        <rect
          key={`${span.fromMs} ${span.ruleName}`}
          class={`alert-bar alert-bar-${span.severity}`}
          x={xOf(span.fromMs)}
          y={0}
          width={Math.max(LEAST_WIDTH, xOf(span.toMs) - xOf(span.fromMs))}
          height={5}
        />
      ))}
    </g>
  );
}

function CrossLine({ context }: { context: FigureProps["context"] }) {
  const at = context.crosshair.value;
  const { fromMs, toMs } = context.feed.window.value;
  if (at === undefined) return null;
  const x = ((at - fromMs) / (toMs - fromMs)) * WIDTH;
  return <line class="cross" x1={x} x2={x} y1={0} y2={28} vector-effect="non-scaling-stroke" />;
}
