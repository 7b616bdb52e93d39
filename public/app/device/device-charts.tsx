/**
 * All metrics of a device over one range: a figure for each number and state, a list for texts. The first six are open.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ChartFigure } from "../chart/chart-figure.tsx";
import { DamagedNote } from "../chart/damaged-note.tsx";
import { PartialNote } from "../chart/partial-note.tsx";
import { hubNowMs } from "../hub/clock.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import { rangeTitle } from "../range/range-words.ts";
import { createTimeView } from "../range/time-view.ts";
import { LiveBadge } from "../range-controls/live-badge.tsx";
import { RangeBar } from "../range-controls/range-bar.tsx";
import { RangeEmpty } from "../range-controls/range-empty.tsx";
import { useAlertMarks } from "../series/alert-marks.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { createChartFeed } from "../series/chart-feed.ts";
import { useTexts } from "../series/texts.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { metricKind } from "../ui/value-words.ts";
import { DownloadMenu } from "./download-menu.tsx";
import { TextMetrics } from "./text-metrics.tsx";

const OPEN_AT_FIRST = 6;
/** Wide enough for `1017.5`. */
const LEAST_AXIS_PX = 46;
/** Until one is drawn. */
const LIKELY_WIDTH_PX = 480;

export function DeviceCharts({ device }: { device: DeviceState }) {
  const kinds = useComputed(() => kindsOf(device)).value;
  const unfolded = useSignal(false);
  const figures = useRef<HTMLDivElement>(null);
  const charted = kinds.filter(({ kind }) => kind !== "text");
  const textual = kinds.filter(({ kind }) => kind === "text").map(({ metric }) => metric);
  const open = unfolded.value ? charted : charted.slice(0, OPEN_AT_FIRST);
  const names = open.map(({ metric }) => metric);
  const shared = useShared(device);
  const { feed } = shared;
  const read = useHubRead(
    names.length === 0 ? "" : `series ${names.join(",")}`,
    (abort) => feed.read(names, plotWidthPx(figures.current), abort),
    feed.wanted.value,
  );
  const mixed = charted.filter(({ metric }) => device.mixed.value.has(metric)).map(({ metric }) => metric);
  const events = useComputed(() => eventsOf(device)).value;
  const texts = useTexts(device, feed, [...textual, ...mixed, ...events]);
  const alerts = useAlertMarks(device, feed);
  const context: ChartContext = { ...shared, texts, alerts, state: read.state.value };
  const isEmpty = useComputed(() => feed.covered.value && names.every((metric) => feed.points(metric) === 0)).value;

  return (
    <section class="charts" aria-labelledby="charts">
      <div class="charts-head">
        <h2 id="charts">
          <RangeTitle context={context} />
        </h2>
        <LiveBadge context={context} />
        {read.busy.value && <span class="quiet">Loading…</span>}
        <DownloadMenu context={context} metrics={names} />
      </div>
      <RangeBar context={context} />
      <RangeStatus context={context} />
      <ReadNote what="The charts could not be read." read={read} />
      <PartialNote context={context} />
      <DamagedNote context={context} />
      {kinds.length + events.length === 0 && <p class="empty">No reading yet. The first one starts a chart here.</p>}
      <div class="figures" ref={figures} style={{ "--axis": `${context.axisPx.value}px` }}>
        {open.map(({ metric, kind }) => (
          <ChartFigure key={metric} metric={metric} boolean={kind === "boolean"} context={context} />
        ))}
        {names.length > 0 && isEmpty && read.state.value === "ready" && <RangeEmpty context={context} />}
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
          {charted.length > open.length ? `Show ${charted.length - open.length} more` : "Show fewer"}
        </button>
      )}
      {textual.length + events.length > 0 && <TextMetrics context={context} metrics={textual} events={events} />}
    </section>
  );
}

/** What lives as long as the device's page. */
function useShared(device: DeviceState): Omit<ChartContext, "state" | "texts" | "alerts"> {
  const crosshair = useSignal<number | undefined>(undefined);
  const selection = useSignal<TimeWindow | undefined>(undefined);
  const axisPx = useSignal(LEAST_AXIS_PX);
  const view = useMemo(createTimeView, [device]);
  const feed = useMemo(() => createChartFeed(device.id, view), [device, view]);
  useEffect(
    () => () => {
      feed.close();
      view.close();
    },
    [feed, view],
  );
  return { device, view, feed, crosshair, selection, axisPx };
}

function plotWidthPx(figures: HTMLElement | null): number {
  const width = figures?.querySelector(".plot .time-area")?.clientWidth ?? 0;
  return width > 0 ? width : LIKELY_WIDTH_PX;
}

function RangeTitle({ context: { feed } }: { context: ChartContext }) {
  return <>{useComputed(() => rangeTitle(feed.window.value, hubNowMs.peek()))}</>;
}

/** For screen readers: the range in which a motion ended. */
function RangeStatus({ context: { feed } }: { context: ChartContext }) {
  const words = useComputed(() => rangeTitle(feed.still.value, hubNowMs.peek()));
  return (
    <p class="sr-only" role="status">
      {words}
    </p>
  );
}

const eventsOf = (device: DeviceState): string[] =>
  Object.entries(device.about.value.metricInfo).flatMap(([metric, { kind }]) => (kind === "event" ? [metric] : []));

const kindsOf = (device: DeviceState) =>
  device.metrics.value.map((metric) => {
    // The kind of a metric hardly ever changes; watching each value for it would draw the page at every reading.
    const value = device.values.get(metric)?.peek().value ?? 0;
    const isMixed = device.mixed.value.has(metric);
    return {
      metric,
      kind: isMixed && typeof value === "string" ? ("number" as const) : metricKind(device.described(metric), value),
    };
  });
