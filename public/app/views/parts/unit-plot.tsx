/** Lines of one unit over each other, with a legend that has their values: now, or under the crosshair. */
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { LinePlot } from "../../chart/line-plot.tsx";
import { Readout } from "../../chart/readout.tsx";
import { spanOf } from "../../range/range-moves.ts";
import type { OtherLine } from "../../series/chart-context.ts";
import { gapLimitMs } from "../../series/gaps.ts";
import { nearestIndex } from "../../series/series-buffer.ts";
import { MetricValue } from "../../ui/metric-value.tsx";
import { instantWords } from "../../ui/time-words.ts";
import { metricLabel, withUnit } from "../../ui/value-words.ts";
import { contextOf } from "./chart-context-of.ts";
import { DeviceName } from "./device-name.tsx";
import { type DrawnLine, lineKey } from "./line-of.ts";
import { type PartTools, RemoveLine } from "./part-head.tsx";
import type { ViewShared } from "./view-shared.ts";

interface UnitPlotProps {
  readonly lines: readonly DrawnLine[];
  readonly shared: ViewShared;
  readonly tools: PartTools | undefined;
}

export function UnitPlot({ lines, shared, tools }: UnitPlotProps) {
  const { feeds } = shared;
  const feedOf = ({ device }: DrawnLine) => feeds.of(device.id);
  // The first that has something to show: the axis and the keys are its own.
  const main = lines.find((each) => feedOf(each).points(each.line.metric) > 0) ?? lines[0];
  const ordered = main === undefined ? [] : [main, ...lines.filter((each) => each !== main)];
  const key = ordered.map(({ line }) => lineKey(line)).join();
  const others = useMemo(
    () =>
      computed((): OtherLine[] =>
        ordered.slice(1).flatMap((each, index) => {
          const buffer = feedOf(each).series(each.line.metric);
          if (buffer === undefined) return [];
          const { t, mean } = buffer;
          return [
            { colour: index + 2, line: { t, mean, limitMs: gapLimitMs(buffer, each.device.about.value.stepMs) } },
          ];
        }),
      ),
    [key, feeds],
  );
  if (main === undefined) return null;
  const { metric } = main.line;
  const isAlone = ordered.length === 1;
  const context = contextOf(main.device, shared, isAlone ? undefined : others);
  const colourOf = (each: DrawnLine) => ordered.indexOf(each) + 1;
  const labels = new Set(ordered.map((each) => metricLabel(each.device.described(each.line.metric))));
  return (
    <div data-lines={ordered.length}>
      <ul class="view-legend">
        {lines.map((each) => (
          <li key={lineKey(each.line)}>
            <span class={`view-key view-key-${colourOf(each)}`} aria-hidden="true" />
            <DeviceName device={each.device} />
            {labels.size > 1 && <span class="quiet">{metricLabel(each.device.described(each.line.metric))}</span>}
            {isAlone ? <Now of={each} /> : <ValueAtCrosshair of={each} shared={shared} />}
            <RemoveLine line={each.line} tools={tools} />
          </li>
        ))}
      </ul>
      {isAlone ? <Readout metric={metric} boolean={false} context={context} /> : <Instant shared={shared} />}
      <LinePlot metric={metric} context={context} />
    </div>
  );
}

const Now = ({ of: { device, line } }: { of: DrawnLine }) => (
  <MetricValue metric={device.described(line.metric)} value={device.values.get(line.metric)} />
);

/** The nearest real sample, never a value between two. */
function ValueAtCrosshair({ of, shared }: { of: DrawnLine; shared: ViewShared }) {
  const at = shared.crosshair.value;
  if (at === undefined) return <Now of={of} />;
  const { device, line } = of;
  const buffer = shared.feeds.of(device.id).series(line.metric);
  const reachMs = buffer === undefined ? 0 : gapLimitMs(buffer, device.about.peek().stepMs) / 2;
  const index = buffer === undefined ? undefined : nearestIndex(buffer, at, reachMs);
  const value = index === undefined ? undefined : buffer?.mean[index];
  return <span class="value">{value === undefined ? "no data" : withUnit(device.described(line.metric), value)}</span>;
}

/** One line for all of the legend, there also without a crosshair: the plot must not move. */
function Instant({ shared }: { shared: ViewShared }) {
  const at = shared.crosshair.value;
  return <p class="readout readout-at">{at === undefined ? "" : instantWords(at, spanOf(shared.feeds.still.value))}</p>;
}
