/** A chart of a view: its lines over each other, those of each unit on one axis; states as strips, texts as words. */
import type { ViewPart } from "../../../../src/contract/views/views.ts";
import { StateStrip } from "../../chart/state-strip.tsx";
import { MetricValue } from "../../ui/metric-value.tsx";
import { hubUnit, metricLabel } from "../../ui/value-words.ts";
import { contextOf } from "./chart-context-of.ts";
import { DeviceName } from "./device-name.tsx";
import { type DrawnLine, lineKey, type ShownLine, shownLine } from "./line-of.ts";
import { PartHead, type PartTools, RemoveLine } from "./part-head.tsx";
import { UnitPlot } from "./unit-plot.tsx";
import { byUnit } from "./view-edits.ts";
import type { ViewShared } from "./view-shared.ts";

interface PartChartProps {
  readonly part: ViewPart;
  readonly shared: ViewShared;
  readonly tools: PartTools | undefined;
}

export function PartChart({ part, shared, tools }: PartChartProps) {
  const lines = part.lines.map((line) => shownLine(line, shared));
  const numbers = lines.filter((shown): shown is DrawnLine => shown.kind === "number");
  // Lines hold the values of the hub: what a browser converts is only their words.
  const groups = byUnit(numbers, ({ device, line }) => hubUnit(device.described(line.metric)));
  return (
    <figure class="figure view-chart" aria-label={titleOf(lines)} data-part="chart">
      <PartHead title={titleOf(lines)} tools={tools} />
      {groups.map((group) => (
        <UnitPlot key={group.map(({ line }) => lineKey(line)).join()} lines={group} shared={shared} tools={tools} />
      ))}
      {lines.map((shown) =>
        shown.kind === "number" ? null : (
          <OtherLine shown={shown} shared={shared} tools={tools} key={lineKey(shown.line)} />
        ),
      )}
    </figure>
  );
}

/** `Temperature`, or `Temperature, Humidity`. */
export function titleOf(lines: readonly ShownLine[]): string {
  const labels = lines.map((shown) =>
    "device" in shown ? metricLabel(shown.device.described(shown.line.metric)) : metricLabel(shown.line.metric),
  );
  return [...new Set(labels)].join(", ");
}

interface OtherLineProps {
  readonly shown: Exclude<ShownLine, DrawnLine>;
  readonly shared: ViewShared;
  readonly tools: PartTools | undefined;
}

/** What is no line of numbers. */
function OtherLine({ shown, shared, tools }: OtherLineProps) {
  const { line } = shown;
  if (shown.kind === "loading") return <p class="quiet">Loading {line.device}…</p>;
  if (shown.kind === "missing") {
    return (
      <p class="view-missing" data-missing={lineKey(line)}>
        <b>{shown.name}</b>: {shown.words}. <RemoveLine line={line} tools={tools} />
      </p>
    );
  }
  const { device } = shown;
  return (
    <div>
      <p class="view-line">
        <DeviceName device={device} />
        <MetricValue metric={device.described(line.metric)} value={device.values.get(line.metric)} />
        <RemoveLine line={line} tools={tools} />
      </p>
      {shown.kind === "boolean" && <StateStrip metric={line.metric} context={contextOf(device, shared)} />}
    </div>
  );
}
