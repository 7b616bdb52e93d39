/** A boolean over time: filled where true, hollow where false, nothing where nothing is known. Never a line of 0 and 1. */

import type { FigureProps } from "./chart-context.ts";
import { stateRuns } from "./state-runs.ts";
import { TimeSlider } from "./time-slider.tsx";
import { minuteOfDay } from "./time-words.ts";
import { booleanWords } from "./value-words.ts";

const WIDTH = 1_000;
/** However short, a true state is seen. */
const LEAST_WIDTH = 3;

export function StateStrip({ metric, context }: FigureProps) {
  const { feed, crosshair, device } = context;
  const buffer = feed.series(metric);
  const { fromMs, toMs } = feed.window();
  const place = (instant: number) => ((instant - fromMs) / (toMs - fromMs)) * WIDTH;
  const runs = buffer === undefined ? [] : stateRuns(buffer, device.about.value.intervalMs, toMs);
  const at = crosshair.value;
  const instantAt = (clientX: number, surface: HTMLElement) => {
    const box = surface.getBoundingClientRect();
    return fromMs + ((clientX - box.left) / box.width) * (toMs - fromMs);
  };
  return (
    <div class="strip-box">
      <TimeSlider kind="strip" metric={metric} context={context} boolean instantAt={instantAt}>
        <svg viewBox={`0 0 ${WIDTH} 28`} preserveAspectRatio="none" aria-hidden="true">
          {runs.map((run) => (
            <Run key={run.fromMs} state={run.state} left={Math.max(0, place(run.fromMs))} right={place(run.toMs)} />
          ))}
          {at !== undefined && <CrossLine x={place(at)} />}
        </svg>
        {context.state === "failed" && <span class="plot-note">Not read</span>}
        {context.state === "ready" && runs.length === 0 && (
          <span class="plot-note">No reading in the last 24 hours</span>
        )}
      </TimeSlider>
      <p class="strip-legend">
        <span>{minuteOfDay(fromMs)}</span>
        <span class="strip-key strip-true">{booleanWords(metric, true)}</span>
        <span class="strip-key strip-false">{booleanWords(metric, false)}</span>
        <span>{minuteOfDay(toMs)}</span>
      </p>
    </div>
  );
}

function Run({ state, left, right }: { state: boolean; left: number; right: number }) {
  const width = Math.max(LEAST_WIDTH, right - left);
  return state ? (
    <rect class="run-true" x={left} y={2} width={width} height={24} />
  ) : (
    <rect class="run-false" x={left} y={8} width={width} height={12} vector-effect="non-scaling-stroke" />
  );
}

const CrossLine = ({ x }: { x: number }) => (
  <line class="cross" x1={x} x2={x} y1={0} y2={28} vector-effect="non-scaling-stroke" />
);
