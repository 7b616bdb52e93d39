/** Holds one plot in the page: its size, visibility, colours, pointer and keys. Leaves the drawing to plot.ts. */
import { effect, type Signal, untracked, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FigureProps } from "./chart-context.ts";
import { withGaps } from "./gaps.ts";
import type { Plot } from "./plot.ts";
import { noReadingWords } from "./range-words.ts";
import { theme } from "./theme.ts";
import { TimeSlider } from "./time-slider.tsx";

export function LinePlot({ metric, context }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useSignal<Plot | undefined>(undefined);
  const fault = useSignal(false);
  usePlot(host, metric, plot, fault);

  // One drawing a frame: the window changes once a frame at most, the feed's version less often; off screen nothing is drawn.
  useEffect(() => drawWhileVisible(host.current, plot, { metric, context }), [context.feed, metric]);
  useEffect(() => effect(() => plot.value?.showCursor(context.crosshair.value)), [context.crosshair]);

  const { feed, state } = context;
  const none = state === "ready" && feed.points(metric) === 0;
  return (
    <div class="plot-box">
      {fault.value && <p class="plot-note">The chart could not be loaded. The table has its numbers.</p>}
      {none && feed.covered.value && <p class="plot-note">{noReadingWords(feed.still.value)}</p>}
      {(state === "loading" || (none && !feed.covered.value)) && <p class="plot-note">Reading…</p>}
      {state === "failed" && <p class="plot-note">Not read</p>}
      <TimeSlider kind="plot" metric={metric} context={context} boolean={false} host={host} />
    </div>
  );
}

type HostRef = { current: HTMLDivElement | null };

/** Loads the chart library when the first plot is shown, and makes the plot anew when the colours change. */
function usePlot(host: HostRef, metric: string, plot: Signal<Plot | undefined>, fault: Signal<boolean>): void {
  const colours = theme.value;
  useEffect(() => {
    const box = host.current;
    if (box === null) return;
    let closed = false;
    const resized = new ResizeObserver(() => {
      if (box.clientWidth > 0) plot.peek()?.resize(box.clientWidth, box.clientHeight);
    });
    const load = async () => {
      const { createPlot } = await import("./plot.ts");
      if (closed) return;
      plot.value = createPlot({ host: box, metric, width: box.clientWidth, height: box.clientHeight });
      resized.observe(box);
    };
    load().catch(() => {
      fault.value = true;
    });
    return () => {
      closed = true;
      resized.disconnect();
      plot.peek()?.close();
      plot.value = undefined;
    };
  }, [metric, colours]);
}

function drawWhileVisible(
  box: HTMLDivElement | null,
  plot: Signal<Plot | undefined>,
  { metric, context }: FigureProps,
) {
  if (box === null) return;
  const { feed, device, crosshair } = context;
  let visible = false;
  let drawn: readonly unknown[] = [];
  const draw = () => {
    const chart = plot.value;
    const window = feed.window.value;
    const buffer = feed.series(metric);
    const data = [chart, feed.version.value, device.about.value.intervalMs] as const;
    if (!visible || chart === undefined || buffer === undefined) return;
    if (data.every((part, index) => part === drawn[index])) chart.move(window);
    else chart.draw(withGaps(buffer, data[2]), buffer.resolution > 0, window);
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
