/** A metric's last 24 hours, small: a line, or for a boolean a strip that is filled where it was true. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { stateRuns } from "../chart/state-runs.ts";
import type { DeviceState } from "../hub/device-state.ts";
import type { SeriesBuffer } from "../series/series-buffer.ts";
import { SPARK, type Sparks, sparkPath } from "./sparks.ts";

interface SparkProps {
  device: DeviceState;
  metric: string;
  boolean: boolean;
  sparks: ReadonlySignal<Sparks | undefined>;
}

/** So wide that it is seen, of the drawing's width. */
const LEAST_WIDTH = 2;

/** It says nothing that the chart does not, so it is not read out. */
export function ValueSpark({ device, metric, boolean, sparks }: SparkProps) {
  const drawing = useComputed(() => {
    const known = sparks.value;
    const buffer = known?.buffers.get(metric);
    if (known === undefined || buffer === undefined || buffer.t.length === 0) return null;
    const { stepMs } = device.about.value;
    return boolean ? runsOf(buffer, known, stepMs) : <path d={sparkPath(buffer, known.window, stepMs)} />;
  });
  return (
    <svg class="spark" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} preserveAspectRatio="none" aria-hidden="true">
      {drawing}
    </svg>
  );
}

function runsOf(buffer: SeriesBuffer, { window: { fromMs, toMs } }: Sparks, stepMs: number | undefined) {
  const perMs = SPARK.width / Math.max(toMs - fromMs, 1);
  return stateRuns(buffer, stepMs, toMs).map((run) => {
    const x = Math.min(Math.max(0, (run.fromMs - fromMs) * perMs), SPARK.width - LEAST_WIDTH);
    const width = Math.min(Math.max(LEAST_WIDTH, (run.toMs - run.fromMs) * perMs), SPARK.width - x);
    return (
      <rect
        key={run.fromMs}
        class={`run-${run.state}`}
        x={x}
        y={run.state ? 6 : 10}
        width={width}
        height={run.state ? 12 : 4}
      />
    );
  });
}
