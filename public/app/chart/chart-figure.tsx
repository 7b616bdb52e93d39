/** One metric's figure: header with value and readout, plot or strip, and the same numbers as a table. */

import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { hubNowMs } from "../hub/clock.ts";
import type { DescribedMetric } from "../hub/described-metric.ts";
import { spansIn } from "../series/alert-spans.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { AlertMe } from "../ui/alert-me.tsx";
import { Icon } from "../ui/icon.tsx";
import { MetricValue } from "../ui/metric-value.tsx";
import { metricLabel } from "../ui/value-words.ts";
import { summaryOf } from "./chart-summary.ts";
import { ChartTable } from "./chart-table.tsx";
import { LinePlot } from "./line-plot.tsx";
import { Readout } from "./readout.tsx";
import { StateStrip } from "./state-strip.tsx";

interface ChartFigureProps extends FigureProps {
  boolean: boolean;
  /** It can be folded into a row. */
  fold?: (() => void) | undefined;
  /** Further buttons in its head. */
  tools?: ComponentChildren;
}

export function ChartFigure({ metric, boolean, context, fold, tools }: ChartFigureProps) {
  const { device, feed, view } = context;
  const label = useId();
  const asTable = useSignal(false);
  const points = useComputed(() => feed.points(metric));
  const spans = useComputed(() => spansIn(context.alerts.of(metric).spans, feed.still.value).length);

  return (
    <figure class="figure" aria-labelledby={label} data-metric={metric} data-points={points} data-spans={spans}>
      <figcaption>
        <h3 id={label}>{metricLabel(device.described(metric))}</h3>
        <span class="figure-now">
          <MetricValue metric={device.described(metric)} value={device.values.get(metric)} />
          {/* Beside the numbers of a past range it would be taken for one of them. */}
          {view.range.value.kind === "fixed" && <span class="quiet"> now</span>}
        </span>
        <Readout metric={metric} boolean={boolean} context={context} />
        <span class="figure-tools">
          <AlertMe deviceId={device.id} metric={device.described(metric)} />
          {tools}
          <TableButton metric={device.described(metric)} open={asTable} />
          {fold !== undefined && (
            <button
              type="button"
              class="icon-button"
              aria-expanded
              aria-label={`Fold chart: ${metricLabel(device.described(metric))}`}
              title="Fold this chart"
              onClick={fold}
            >
              <Icon name="further" />
            </button>
          )}
        </span>
        <Summary metric={metric} context={context} />
      </figcaption>
      {boolean ? <StateStrip metric={metric} context={context} /> : <LinePlot metric={metric} context={context} />}
      {asTable.value && <ChartTable metric={metric} boolean={boolean} context={context} />}
    </figure>
  );
}

function TableButton({ metric, open }: { metric: DescribedMetric; open: Signal<boolean> }) {
  const words = `${open.value ? "Hide" : "Show as"} table: ${metricLabel(metric)}`;
  const toggle = () => {
    open.value = !open.value;
  };
  return (
    <button
      type="button"
      class="icon-button"
      aria-expanded={open.value}
      aria-label={words}
      title={words}
      onClick={toggle}
    >
      <Icon name="table" />
    </button>
  );
}

/** For screen readers. Not a live region; it changes only when the plot's window moves. */
function Summary({ metric, context }: FigureProps) {
  const words = useComputed(() => {
    const { device, feed } = context;
    const value = device.values.get(metric)?.peek().value;
    const { stepMs: intervalMs } = device.about.peek();
    const described = device.described(metric);
    const alerts = spansIn(context.alerts.of(metric).spans, feed.still.value).length;
    if (!feed.covered.value) return `${metricLabel(described)}: still loading.`;
    return summaryOf(described, value, feed.series(metric), feed.still.value, {
      intervalMs,
      nowMs: hubNowMs.peek(),
      alerts,
    });
  });
  return <p class="sr-only">{words}</p>;
}
