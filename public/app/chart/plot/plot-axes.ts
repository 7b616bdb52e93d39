/** The axes of a plot: their words, and how much space these take. Knows of the chart library only what it asks of it. */
import { clockOffsetMs } from "../../preferences/time-zone.ts";
import type { Conversion } from "../../preferences/units.ts";
import { TIME_STEPS_MS, timeSplits } from "./time-splits.ts";
import { tickWords } from "./time-ticks.ts";
import { shownSplits, splitWords } from "./value-axis.ts";

/** Width of the value axis: the same beside all plots of a device, so that one instant is in one line. */
export interface AxisWidth {
  /** `px` is what one plot needs; the answer is what all of them get. */
  needs(px: number): number;
}

export interface AxisLook {
  readonly text: string;
  readonly grid: string;
  /** Of all sizes. */
  readonly scale: number;
}

/** What of a plot is asked. */
interface Axed {
  readonly over: HTMLElement;
  readonly data: readonly { readonly length: number }[];
  valToPos(value: number, scale: string): number;
}

const AXIS_GAP_PX = 6;
/** Between the words of two lines. */
const TICK_SPACE_PX = 8;

export const fontOf = (px: number): string =>
  `${px}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
export const FONT_PX = 12;

export function timeAxis({ text, grid, scale }: AxisLook) {
  return {
    stroke: text,
    font: fontOf(FONT_PX * scale),
    size: 22 * scale,
    gap: 4 * scale,
    space: 56 * scale,
    incrs: [...TIME_STEPS_MS],
    splits: (_self: Axed, _axis: number, from: number, to: number, step: number) =>
      timeSplits(from, to, step, clockOffsetMs),
    values: (self: Axed, splits: number[], _axis: number, space: number, step: number) => {
      const words = splits.map((at) => tickWords(at, step));
      const widths = words.map((word) => textWidthPx(word, scale));
      // In some languages they are longer than the lines are apart: then each second, third … is said.
      const each = Math.max(1, Math.ceil((Math.max(0, ...widths) + TICK_SPACE_PX * scale) / space));
      // One that the plot's edge would cut says nothing.
      const isCut = (at: number, width: number) => self.over.clientWidth - self.valToPos(at, "x") < width / 2;
      return words.map((word, index) =>
        index % each !== 0 || isCut(splits[index] ?? 0, widths[index] ?? 0) ? "" : word,
      );
    },
    grid: { stroke: grid, width: scale },
    ticks: { show: false },
  };
}

export function valueAxis({ text, grid, scale }: AxisLook, axisWidth: AxisWidth, shown: Conversion | undefined) {
  let shownStep = 1;
  return {
    stroke: text,
    font: fontOf(FONT_PX * scale),
    size: (_self: Axed, words: string[] | null) => {
      const widest = Math.max(0, ...(words ?? []).map((word) => textWidthPx(word, scale)));
      return axisWidth.needs(Math.ceil(widest) + AXIS_GAP_PX * scale);
    },
    gap: AXIS_GAP_PX * scale,
    space: 32 * scale,
    ...(shown !== undefined && {
      splits: (_self: Axed, _axis: number, low: number, high: number, step: number) => {
        const found = shownSplits(shown, low, high, step);
        shownStep = found.step;
        return found.splits;
      },
    }),
    values: (self: Axed, splits: number[], _axis: number, _space: number, step: number) => {
      if ((self.data[0]?.length ?? 0) === 0) return [];
      if (shown === undefined) return splits.map((value) => splitWords(value, step));
      const round = (value: number) => Math.round((shown.factor * value + shown.offset) / shownStep) * shownStep;
      return splits.map((value) => splitWords(round(value), shownStep));
    },
    grid: { stroke: grid, width: scale },
    ticks: { show: false },
  };
}

const ruler = document.createElement("canvas").getContext("2d");

function textWidthPx(text: string, scale: number): number {
  if (ruler === null) return 0;
  ruler.font = fontOf(FONT_PX * scale);
  return ruler.measureText(text).width;
}
