/** What the figures of one device share, as types. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { DeviceState } from "../hub/device-state.ts";
import type { TimeWindow } from "../range/chart-range.ts";
import type { TimeView } from "../range/time-view.ts";
import type { AlertMarksRead } from "./alert-marks.ts";
import type { ChartFeed } from "./chart-feed.ts";
import type { ComparedRead } from "./compared.ts";
import type { ComparedLine } from "./compared-line.ts";
import type { PresenceRecord } from "./presence-spans.ts";
import type { TextsRead } from "./texts.ts";

/** What chooses and moves the range of charts. */
export interface RangeContext {
  readonly view: TimeView;
  readonly feed: Pick<ChartFeed, "window" | "still">;
  /** The instant under the crosshair, the same in every figure. */
  readonly crosshair: Signal<number | undefined>;
}

/** A line of another device or metric over the chart's own. */
export interface OtherLine {
  readonly line: ComparedLine;
  /** From 2 on: 1 is the chart's own. */
  readonly colour: number;
}

export interface ChartContext extends RangeContext {
  readonly device: DeviceState;
  readonly feed: ChartFeed;
  /** The metric whose figure was touched by a finger, and not by a mouse or keys, last. */
  readonly touched: Signal<string | undefined>;
  /** Width of the value axes in px, the same beside all plots, so that one time stands in one line. It only grows. */
  readonly axisPx: Signal<number>;
  /** What is being dragged over, to be zoomed into. */
  readonly selection: Signal<TimeWindow | undefined>;
  /** Of the metrics that are text, or have texts among their numbers. */
  readonly texts: TextsRead;
  /** Thresholds, and when alerts fired. */
  readonly alerts: AlertMarksRead;
  /** What the charts are compared with. */
  readonly compared: ComparedRead;
  /** Left out: there is no other line in the chart. */
  readonly others?: ReadonlySignal<readonly OtherLine[]>;
  /** When the device was online, late, asleep or offline; undefined until it was read. */
  readonly presence: ReadonlySignal<PresenceRecord | undefined>;
  /** Whether the series were read; until then an empty plot says nothing about the device. */
  readonly state: "loading" | "ready" | "failed";
}

export interface FigureProps {
  metric: string;
  context: ChartContext;
}
