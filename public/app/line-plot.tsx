/** Holds one plot in the page: its size, visibility, colours, pointer and keys. Leaves the drawing to plot.ts. */
import { effect, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { FigureProps } from "./chart-context.ts";
import { withGaps } from "./gaps.ts";
import type { Plot } from "./plot.ts";
import { theme } from "./theme.ts";
import { TimeSlider } from "./time-slider.tsx";

export function LinePlot({ metric, context }: FigureProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useSignal<Plot | undefined>(undefined);
  const fault = useSignal(false);
  usePlot(host, metric, plot, fault);

  // One drawing a frame: the feed's version changes at most four times a second, and off screen nothing is drawn.
  useEffect(() => drawWhileVisible(host.current, plot, { metric, context }), [context.feed, metric]);
  useEffect(() => effect(() => plot.value?.showCursor(context.crosshair.value)), [context.crosshair]);

  const empty = context.state === "ready" && context.feed.points(metric) === 0;
  return (
    <div class="plot-box">
      {fault.value && <p class="plot-note">The chart could not be loaded. The table has its numbers.</p>}
      {empty && <p class="plot-note">No reading in the last 24 hours</p>}
      {context.state === "loading" && <p class="plot-note">Reading…</p>}
      {context.state === "failed" && <p class="plot-note">Not read</p>}
      <TimeSlider
        kind="plot"
        metric={metric}
        context={context}
        boolean={false}
        host={host}
        instantAt={(clientX) => plot.peek()?.instantAt(clientX)}
      />
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
  let visible = false;
  let drawn: unknown;
  const draw = () => {
    const version = context.feed.version.value;
    const chart = plot.value;
    const buffer = context.feed.series(metric);
    const intervalMs = context.device.about.value.intervalMs;
    if (!visible || chart === undefined || buffer === undefined) return;
    drawn = version;
    const { fromMs, toMs } = context.feed.window();
    chart.draw(withGaps(buffer, intervalMs), buffer.resolution > 0, fromMs, toMs);
  };
  const stopDrawing = effect(draw);
  const observer = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    if (visible && drawn !== context.feed.version.peek()) draw();
  });
  observer.observe(box);
  return () => {
    stopDrawing();
    observer.disconnect();
  };
}
