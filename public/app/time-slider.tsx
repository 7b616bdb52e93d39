/** The surface over a figure's time: pointer, finger and keys move the crosshair that all figures share. Draws nothing. */
import type { ComponentChildren, Ref } from "preact";
import type { FigureProps } from "./chart-context.ts";
import { crosshairKeys } from "./crosshair-keys.ts";
import { readingAt } from "./readout.tsx";
import { metricLabel } from "./value-words.ts";

interface TimeSliderProps extends FigureProps {
  kind: "plot" | "strip";
  boolean: boolean;
  host?: Ref<HTMLDivElement>;
  /** The instant at that place of the window, once something is drawn there. */
  instantAt(clientX: number, surface: HTMLElement): number | undefined;
  children?: ComponentChildren;
}

const MINUTE_MS = 60_000;

export function TimeSlider({ metric, context, kind, boolean, host, instantAt, children }: TimeSliderProps) {
  const { crosshair, feed } = context;
  const { fromMs, toMs } = feed.window();
  const at = crosshair.value;
  const move = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    crosshair.value = instantAt(event.clientX, event.currentTarget);
  };
  const leave = () => {
    crosshair.value = undefined;
  };
  return (
    <div
      class={kind}
      ref={host ?? null}
      tabIndex={0}
      role="slider"
      aria-label={`${metricLabel(metric)}: time under the crosshair`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.round((toMs - fromMs) / MINUTE_MS)}
      aria-valuenow={Math.round(((at ?? toMs) - fromMs) / MINUTE_MS)}
      aria-valuetext={at === undefined ? "no time chosen" : readingAt({ metric, context }, boolean, at)}
      onPointerMove={move}
      onPointerDown={move}
      // A finger that is lifted leaves the crosshair where it was, to be read.
      onPointerLeave={(event) => event.pointerType === "mouse" && leave()}
      onKeyDown={(event) => crosshairKeys(event, crosshair, feed.series(metric))}
      onBlur={leave}
    >
      {children}
    </div>
  );
}
