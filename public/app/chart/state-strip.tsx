/** A boolean over time: filled where true, hollow where false, hatched where nothing is known between readings. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import { spanOf } from "../range/range-moves.ts";
import { noReadingWords } from "../range/range-words.ts";
import { spansIn } from "../series/alert-spans.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { gapsOf } from "../series/gaps.ts";
import { instantWords } from "../ui/time-words.ts";
import { booleanWords } from "../ui/value-words.ts";
import { type StateRun, stateRuns } from "./state-runs.ts";
import { TimeSlider } from "./time-slider.tsx";
import { useWidthPx } from "./use-width.ts";

const HEIGHT = 28;
const LIKELY_WIDTH_PX = 600;
/** However short, a state is seen. */
const LEAST_PX = 2;

export function StateStrip({ metric, context }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const widthPx = useWidthPx(host, LIKELY_WIDTH_PX);
  const { feed, device } = context;
  const { fromMs, toMs } = feed.still.value;
  const empty = context.state === "ready" && feed.points(metric) === 0 && feed.covered.value;
  const parts = { metric, context, widthPx };
  return (
    <div class="strip-box">
      <TimeSlider kind="strip" metric={metric} context={context} boolean host={host}>
        <svg viewBox={`0 0 ${widthPx.value} ${HEIGHT}`} aria-hidden="true">
          <Runs {...parts} intervalMs={device.about.value.stepMs} />
          <AlertBars {...parts} />
          <CrossLine {...parts} />
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

interface PartProps extends FigureProps {
  widthPx: ReadonlySignal<number>;
}

/** All that was read, at its length; panning moves it as a whole. */
function Runs({ metric, context, widthPx, intervalMs }: PartProps & { intervalMs: number | undefined }) {
  const hatch = useId();
  const { window, version, series, still } = context.feed;
  const span = useComputed(() => spanOf(window.value));
  const drawn = useComputed(() => {
    version.value;
    const buffer = series(metric);
    const untilMs = Math.min(hubNowMs.peek(), still.value.toMs);
    const runs = buffer === undefined ? [] : stateRuns(buffer, intervalMs, untilMs);
    const gaps = buffer === undefined ? [] : gapsOf(buffer, intervalMs, still.value, untilMs);
    const originMs = runs[0]?.fromMs ?? 0;
    const perMs = widthPx.value / span.value;
    const xOf = (ms: number) => (ms - originMs) * perMs;
    return {
      originMs,
      rects: [
        ...gaps.map(({ fromMs, toMs }) => (
          <rect
            key={`gap ${fromMs}`}
            x={xOf(fromMs)}
            y={8}
            width={xOf(toMs) - xOf(fromMs)}
            height={12}
            fill={`url(#${hatch})`}
          />
        )),
        // A true state is drawn over its neighbours: as narrow as it may be, it is not covered.
        ...runs.filter(({ state }) => !state).map((run) => runRect(run, xOf)),
        ...runs.filter(({ state }) => state).map((run) => runRect(run, xOf)),
      ],
    };
  });
  const shift = ((drawn.value.originMs - window.value.fromMs) / span.value) * widthPx.value;
  return (
    <>
      <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatch" x1={0} y1={0} x2={0} y2={6} />
      </pattern>
      <g transform={`translate(${shift} 0)`}>{drawn.value.rects}</g>
    </>
  );
}

function runRect({ state, fromMs, toMs }: StateRun, xOf: (ms: number) => number) {
  const x = xOf(fromMs);
  const width = Math.max(LEAST_PX, xOf(toMs) - x);
  return (
    <rect
      key={`${state} ${fromMs}`}
      class={`run-${state}`}
      x={x}
      y={state ? 2 : 8}
      width={width}
      height={state ? HEIGHT - 4 : 12}
    />
  );
}

/** When alerts fired, as a bar above the states. */
function AlertBars({ metric, context, widthPx }: PartProps) {
  const { fromMs, toMs } = context.feed.window.value;
  const xOf = (ms: number) => ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * widthPx.value;
  return (
    <g>
      {spansIn(context.alerts.of(metric).spans, { fromMs, toMs }).map((span) => (
        <rect
          key={`${span.fromMs} ${span.ruleName}`}
          class={`alert-bar alert-bar-${span.severity}`}
          x={xOf(span.fromMs)}
          y={0}
          width={Math.max(LEAST_PX, xOf(span.toMs) - xOf(span.fromMs))}
          height={5}
        />
      ))}
    </g>
  );
}

function CrossLine({ context, widthPx }: PartProps) {
  const at = context.crosshair.value;
  const { fromMs, toMs } = context.feed.window.value;
  if (at === undefined) return null;
  const x = ((at - fromMs) / (toMs - fromMs)) * widthPx.value;
  return <line class="cross" x1={x} x2={x} y1={0} y2={HEIGHT} />;
}
