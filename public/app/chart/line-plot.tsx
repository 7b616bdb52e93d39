/** One plot in the page: its size, visibility, colours, pointer and keys. plot.ts draws it. */
import { effect, type Signal, untracked, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../preferences/theme.ts";
import { noReadingWords } from "../range/range-words.ts";
import type { FigureProps } from "../series/chart-context.ts";
import { type TextChange, textMarks } from "../series/text-changes.ts";
import type { Texts } from "../series/texts.ts";
import { isKiosk, reloadWhenAnswered } from "../tablet/kiosk-mode.ts";
import { metricUnit } from "../ui/value-words.ts";
import type { Plot } from "./plot/plot.ts";
import { plotData } from "./plot-data.ts";
import { TimeSlider } from "./time-slider.tsx";

/** Its letters are read from across a room. */
const WALL_SCALE = 1.5;

export function LinePlot({ metric, context }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useSignal<Plot | undefined>(undefined);
  const fault = useSignal(false);
  usePlot(host, { metric, context }, plot, fault);

  // One drawing a frame: the window changes once a frame at most, the feed's version less often; off screen nothing is drawn.
  useEffect(
    () => drawWhileVisible(host.current, plot, { metric, context }),
    [context.feed, context.texts.found, context.alerts.version, context.others, metric],
  );
  useEffect(() => effect(() => plot.value?.showCursor(context.crosshair.value)), [context.crosshair]);
  useEffect(() => context.axisPx.subscribe(() => plot.peek()?.layOut()), [context.axisPx]);

  const { feed, state } = context;
  const none = state === "ready" && feed.points(metric) === 0;
  return (
    <div class="plot-box">
      {fault.value && <p class="plot-note">The chart could not be loaded. Reload the page, or show it as a table.</p>}
      {none && feed.covered.value && <p class="plot-note">{noReadingWords(feed.still.value)}</p>}
      {(state === "loading" || (none && !feed.covered.value)) && <p class="plot-note">Loading…</p>}
      {state === "failed" && <p class="plot-note">Could not be read</p>}
      <TimeSlider kind="plot" metric={metric} context={context} boolean={false} host={host} />
    </div>
  );
}

/** The same list for the same texts: a plot is drawn again when it is another one. */
function createMarks(): (found: Texts | undefined, metric: string) => readonly TextChange[] {
  let former: Texts | undefined;
  let marks: readonly TextChange[] = [];
  return (found, metric) => {
    if (found !== former) {
      const next = textMarks(found?.readings ?? [], metric);
      if (next.length > 0 || marks.length > 0) marks = next;
    }
    former = found;
    return marks;
  };
}

type HostRef = { current: HTMLDivElement | null };

/** Loads the chart library when the first plot is shown, and makes a new plot when the colours or the unit change. */
function usePlot(
  host: HostRef,
  { metric, context: { axisPx, device } }: FigureProps,
  plot: Signal<Plot | undefined>,
  fault: Signal<boolean>,
): void {
  const colours = theme.value;
  const unit = metricUnit(device.described(metric));
  useEffect(() => {
    const box = host.current;
    if (box === null) return;
    let closed = false;
    const resized = new ResizeObserver(() => {
      if (box.clientWidth > 0) plot.peek()?.resize(box.clientWidth, box.clientHeight);
    });
    const load = async () => {
      const { createPlot } = await import("./plot/plot.ts");
      if (closed) return;
      const axisWidth = {
        needs: (px: number) => {
          if (px > axisPx.peek()) axisPx.value = px;
          return axisPx.peek();
        },
      };
      plot.value = createPlot({
        host: box,
        metric: device.described(metric),
        width: box.clientWidth,
        height: box.clientHeight,
        axisWidth,
        scale: isKiosk ? WALL_SCALE : 1,
      });
      resized.observe(box);
    };
    load().catch(() => {
      fault.value = true;
      if (isKiosk) reloadWhenAnswered();
    });
    return () => {
      closed = true;
      resized.disconnect();
      plot.peek()?.close();
      plot.value = undefined;
    };
  }, [metric, colours, unit]);
}

function drawWhileVisible(
  box: HTMLDivElement | null,
  plot: Signal<Plot | undefined>,
  { metric, context }: FigureProps,
) {
  if (box === null) return;
  const { feed, device, crosshair, texts, alerts, compared, others } = context;
  const marksOf = createMarks();
  let visible = false;
  let drawn: readonly unknown[] = [];
  const draw = () => {
    const chart = plot.value;
    const window = feed.window.value;
    const buffer = feed.series(metric);
    const marks = marksOf(texts.found.value, metric);
    const ofAlerts = alerts.of(metric);
    const other = compared.line(metric);
    const data = [chart, feed.version.value, device.about.value.stepMs, marks, ofAlerts, other, others?.value] as const;
    if (!visible || chart === undefined || buffer === undefined) return;
    if (data.every((part, index) => part === drawn[index])) chart.move(window);
    else {
      chart.draw(plotData(metric, context, buffer, { marks, window }), buffer.resolution > 0, window);
    }
    drawn = data;
    chart.showCursor(crosshair.peek());
  };
  const stopDrawing = effect(draw);
  const observer = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    if (visible) untracked(draw);
  });
  observer.observe(box);
  return () => {
    stopDrawing();
    observer.disconnect();
  };
}
