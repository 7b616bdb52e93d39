/**
 * All metrics of a device over one range: a figure for each number and state, a list for texts. The first six are open,
 * the others are rows.
 */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ChartFigure } from "../chart/chart-figure.tsx";
import { DamagedNote } from "../chart/damaged-note.tsx";
import { PartialNote } from "../chart/partial-note.tsx";
import { PresenceBand } from "../chart/presence-band.tsx";
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
import { useCompared } from "../series/compared.ts";
import { usePresence } from "../series/presence-read.ts";
import { useTexts } from "../series/texts.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { query } from "../ui/route.ts";
import { PinToView } from "../views/pin-to-view.tsx";
import { DownloadMenu } from "./download-menu.tsx";
import { FoldedChart } from "./folded-chart.tsx";
import { kindsOf } from "./metrics/metric-kinds.ts";
import { pinnedFirst, pinnedHere } from "./metrics/pinned.ts";
import { ScrubReadout } from "./scrub-readout.tsx";
import { SideColumn } from "./side-column.tsx";
import { type Sparks, useSparks } from "./sparks.ts";
import { TextMetrics } from "./text-metrics.tsx";
import { ValueTiles } from "./value-tiles.tsx";

const OPEN_AT_FIRST = 6;
/** Wide enough for `1017.5`. */
const LEAST_AXIS_PX = 46;
/** Until one is drawn. */
const LIKELY_WIDTH_PX = 480;

export function DeviceCharts({ device }: { device: DeviceState }) {
  const unfolded = useSignal<ReadonlySet<string>>(new Set());
  const figures = useRef<HTMLDivElement>(null);
  const { kinds, charted, booleans, textual, events, mixed } = useMetrics(device);
  const names = charted.filter((metric, index) => index < OPEN_AT_FIRST || unfolded.value.has(metric));
  const shared = useShared(device);
  const { feed } = shared;
  const read = useHubRead(
    names.length === 0 ? "" : `series ${[...names].sort().join(",")}`,
    (abort) => feed.read(names, plotWidthPx(figures.current), abort),
    feed.wanted.value,
  );
  const texts = useTexts(device, feed, [...textual, ...mixed, ...events]);
  const alerts = useAlertMarks(device, feed);
  const presence = usePresence(device, feed);
  const compared = useCompared(device, feed, names, () => plotWidthPx(figures.current));
  const sparks = useSparks(device, charted);
  const context: ChartContext = { ...shared, texts, alerts, presence, compared, state: read.state.value };
  const isEmpty = useComputed(() => feed.covered.value && names.every((metric) => feed.points(metric) === 0)).value;

  return (
    <>
      <ScrubReadout context={context} booleans={booleans} />
      <ValueTiles device={device} kinds={kinds} sparks={sparks} />
      <div class="device-body">
        <section class="charts" aria-labelledby="charts">
          <div class="charts-head">
            <h2 id="charts">
              <RangeTitle context={context} />
            </h2>
            <LiveBadge context={context} />
            {read.busy.value && <span class="quiet">Loading…</span>}
            <DownloadMenu context={context} metrics={names} booleans={booleans} />
          </div>
          <RangeBar context={context} compares={context} />
          <RangeStatus context={context} />
          <ReadNote what="The charts could not be read." read={read} />
          <ReadNote what="What the charts are compared with could not be read." read={compared.read} />
          <PartialNote context={context} />
          <DamagedNote context={context} />
          {kinds.length + events.length === 0 && (
            <p class="empty">No reading yet. The first one starts a chart here.</p>
          )}
          <div class="figures" ref={figures} style={{ "--axis": `${context.axisPx.value}px` }}>
            <Figures context={context} charted={charted} booleans={booleans} unfolded={unfolded} sparks={sparks} />
            {kinds.length > 0 && <PresenceBand context={context} />}
            {names.length > 0 && isEmpty && read.state.value === "ready" && <RangeEmpty context={context} />}
          </div>
          <UnfoldAll foldable={charted.slice(OPEN_AT_FIRST)} unfolded={unfolded} />
          {textual.length + events.length > 0 && <TextMetrics context={context} metrics={textual} events={events} />}
        </section>
        <SideColumn context={context} charted={charted} />
      </div>
    </>
  );
}

/** The metrics of the device by how they are shown; the charted ones in their order. */
function useMetrics(device: DeviceState) {
  const kinds = useComputed(() => kindsOf(device)).value;
  const events = useComputed(() => eventsOf(device)).value;
  const textual = kinds.flatMap(({ metric, kind }) => (kind === "text" ? [metric] : []));
  const unordered = kinds.flatMap(({ metric, kind }) => (kind === "text" ? [] : [metric]));
  const asked = useComputed(() => new URLSearchParams(query.value).get("metric")).value;
  const charted = pinnedFirst(
    unordered,
    asked === null ? pinnedHere(device.id) : [asked, ...pinnedHere(device.id).filter((metric) => metric !== asked)],
  );
  const booleans = new Set(kinds.flatMap(({ metric, kind }) => (kind === "boolean" ? [metric] : [])));
  return {
    kinds,
    charted,
    booleans,
    textual,
    events,
    mixed: charted.filter((metric) => device.mixed.value.has(metric)),
  };
}

interface FiguresProps {
  context: ChartContext;
  charted: readonly string[];
  booleans: ReadonlySet<string>;
  unfolded: Signal<ReadonlySet<string>>;
  sparks: ReadonlySignal<Sparks | undefined>;
}

function Figures({ context, charted, booleans, unfolded, sparks }: FiguresProps) {
  const toggle = (metric: string) => () => {
    const others = [...unfolded.value].filter((name) => name !== metric);
    unfolded.value = new Set(unfolded.value.has(metric) ? others : [...others, metric]);
  };
  return charted.map((metric, index) => {
    const isFirst = index < OPEN_AT_FIRST;
    const boolean = booleans.has(metric);
    return isFirst || unfolded.value.has(metric) ? (
      <ChartFigure
        key={metric}
        metric={metric}
        boolean={boolean}
        context={context}
        fold={isFirst ? undefined : toggle(metric)}
        tools={<PinToView device={context.device} metric={metric} />}
      />
    ) : (
      <FoldedChart
        key={`folded ${metric}`}
        device={context.device}
        metric={metric}
        boolean={boolean}
        sparks={sparks}
        unfold={toggle(metric)}
      />
    );
  });
}

function UnfoldAll({ foldable, unfolded }: { foldable: readonly string[]; unfolded: Signal<ReadonlySet<string>> }) {
  const folded = foldable.filter((metric) => !unfolded.value.has(metric));
  if (foldable.length === 0) return null;
  return (
    <button
      type="button"
      class="fold"
      aria-expanded={folded.length === 0}
      onClick={() => {
        unfolded.value = new Set(folded.length > 0 ? foldable : []);
      }}
    >
      {folded.length > 0 ? `Show ${folded.length} more` : "Show fewer"}
    </button>
  );
}

/** What lives as long as the device's page. */
function useShared(device: DeviceState): Omit<ChartContext, "state" | "texts" | "alerts" | "presence" | "compared"> {
  const crosshair = useSignal<number | undefined>(undefined);
  const selection = useSignal<TimeWindow | undefined>(undefined);
  const touched = useSignal<string | undefined>(undefined);
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
  return { device, view, feed, crosshair, touched, selection, axisPx };
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
  Object.entries(device.about.value.metricInfo).flatMap(([metric, { kind, hidden }]) =>
    kind === "event" && hidden !== true ? [metric] : [],
  );
