/**
 * The surface over a figure's time: passes pointer, fingers, wheel and keys on to crosshair and range, and draws the selection.
 */
import type { ComponentChildren, Ref } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { spanOf } from "../range/range-moves.ts";
import { rangeKeys } from "../range-controls/range-keys.ts";
import type { ChartContext, FigureProps } from "../series/chart-context.ts";
import { metricLabel } from "../ui/value-words.ts";
import { crosshairKeys } from "./crosshair-keys.ts";
import { createGestures } from "./plot/plot-gestures.ts";
import { readingAt } from "./readout.tsx";

interface TimeSliderProps extends FigureProps {
  kind: "plot" | "strip";
  boolean: boolean;
  host?: Ref<HTMLDivElement>;
  children?: ComponentChildren;
}

const SECOND_MS = 1_000;
const NO_AREA = { left: 0, width: 0 };

export function TimeSlider({ metric, context, kind, boolean, host, children }: TimeSliderProps) {
  const { crosshair, feed, view } = context;
  const area = useRef<HTMLDivElement>(null);
  const gestures = useMemo(
    () => createGestures(() => area.current?.getBoundingClientRect() ?? NO_AREA, context),
    [feed, view],
  );
  const { fromMs, toMs } = feed.still.value;
  const at = crosshair.value;
  const leave = () => {
    crosshair.value = undefined;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") gestures.cancel();
    if (!rangeKeys(event, context)) crosshairKeys(event, crosshair, feed.series(metric), feed.window.peek());
  };
  return (
    <div
      class={kind}
      ref={host ?? null}
      tabIndex={0}
      role="slider"
      aria-label={`${metricLabel(context.device.described(metric))}: time under the crosshair`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.round((toMs - fromMs) / SECOND_MS)}
      aria-valuenow={Math.round(((at ?? toMs) - fromMs) / SECOND_MS)}
      aria-valuetext={at === undefined ? "no time chosen" : readingAt({ metric, context }, boolean, at)}
      aria-keyshortcuts="ArrowLeft ArrowRight + - 0"
      onPointerDown={(event) => {
        context.touched.value = event.pointerType === "touch" ? metric : undefined;
        gestures.down(event);
      }}
      onPointerMove={gestures.move}
      onPointerUp={gestures.up}
      onPointerCancel={gestures.cancel}
      // A finger that is lifted leaves the crosshair where it was, to be read.
      onPointerLeave={(event) => event.pointerType === "mouse" && leave()}
      // Of two quick taps the browser may make a double click; they were heard as taps.
      onDblClick={(event) => wasMouse(event) && view.out(feed.window.peek())}
      onWheel={gestures.wheel}
      onKeyDown={keys}
      onBlur={leave}
    >
      {children}
      <div class="time-area" ref={area}>
        <Selection context={context} />
      </div>
    </div>
  );
}

const wasMouse = (event: MouseEvent): boolean => !("pointerType" in event) || event.pointerType !== "touch";

function Selection({ context }: { context: ChartContext }) {
  const chosen = context.selection.value;
  if (chosen === undefined) return null;
  const window = context.feed.window.value;
  const percent = (ms: number) => `${(100 * ms) / spanOf(window)}%`;
  return (
    <div class="selection" style={{ left: percent(chosen.fromMs - window.fromMs), width: percent(spanOf(chosen)) }} />
  );
}
