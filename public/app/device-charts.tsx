/** All metrics of a device: a figure each for numbers and states, a value for text. The first six open; one crosshair. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { ChartContext } from "./chart-context.ts";
import { type ChartFeed, createChartFeed } from "./chart-feed.ts";
import { ChartFigure } from "./chart-figure.tsx";
import type { DeviceState } from "./device-state.ts";
import { ReadNote } from "./fault-note.tsx";
import { MetricValue } from "./metric-value.tsx";
import { sinceWords } from "./time-words.ts";
import { useHubRead } from "./use-hub-read.ts";
import { metricKind, metricLabel } from "./value-words.ts";

const OPEN_AT_FIRST = 6;

export function DeviceCharts({ device }: { device: DeviceState }) {
  const kinds = useComputed(() => kindsOf(device)).value;
  const unfolded = useSignal(false);
  const crosshair = useSignal<number | undefined>(undefined);
  const feed = useMemo(() => createChartFeed(device.id), [device]);
  useEffect(() => feed.close, [feed]);

  const charted = kinds.filter(({ kind }) => kind !== "text");
  const texts = kinds.filter(({ kind }) => kind === "text");
  const open = unfolded.value ? charted : charted.slice(0, OPEN_AT_FIRST);
  const names = open.map(({ metric }) => metric);
  const read = useHubRead(names.length === 0 ? "" : `series ${names.join(",")}`, (abort) => feed.read(names, abort));
  const context: ChartContext = { device, feed, crosshair, state: read.state.value };
  const folded = charted.length - open.length;

  return (
    <section class="charts" aria-labelledby="charts">
      <h2 id="charts">
        <WindowWords feed={feed} />
      </h2>
      <ReadNote what="The charts could not be read." read={read} />
      {kinds.length === 0 && <p class="empty">Nothing was measured yet. The first reading starts a chart here.</p>}
      <div class="figures">
        {open.map(({ metric, kind }) => (
          <ChartFigure key={metric} metric={metric} boolean={kind === "boolean"} context={context} />
        ))}
      </div>
      {charted.length > OPEN_AT_FIRST && (
        <button
          type="button"
          class="fold"
          aria-expanded={unfolded.value}
          onClick={() => {
            unfolded.value = !unfolded.value;
          }}
        >
          {folded > 0 ? `Show ${folded} more` : "Show fewer"}
        </button>
      )}
      {texts.length > 0 && <TextMetrics device={device} metrics={texts.map(({ metric }) => metric)} />}
    </section>
  );
}

function WindowWords({ feed }: { feed: ChartFeed }) {
  const words = useComputed(() => {
    const { fromMs, toMs, whole } = feed.window();
    return whole ? "Last 24 hours" : `Since ${sinceWords(fromMs, toMs)}, the first reading`;
  });
  return <>{words}</>;
}

const kindsOf = (device: DeviceState) =>
  device.metrics.value.map((metric) => {
    // The kind of a metric hardly ever changes; watching each value for it would draw the page at every reading.
    const value = device.values.get(metric)?.peek().value ?? 0;
    return { metric, kind: metricKind(metric, value) };
  });

function TextMetrics({ device, metrics }: { device: DeviceState; metrics: readonly string[] }) {
  return (
    <dl class="texts" aria-label="Text values">
      {metrics.map((metric) => (
        <div key={metric}>
          <dt>{metricLabel(metric)}</dt>
          <dd>
            <MetricValue metric={metric} value={device.values.get(metric)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
