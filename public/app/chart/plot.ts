/** Draws one metric over time: the only file that imports uPlot. Loaded when a chart is shown. */

import uPlot from "uplot";
import type { DescribedMetric } from "../hub/described-metric.ts";
import "uplot/dist/uPlot.min.css";
import type { TimeWindow } from "../range/chart-range.ts";
import { type AlertMarks, NO_MARKS } from "../series/alert-spans.ts";
import type { PlotColumns } from "../series/gaps.ts";
import type { TextChange } from "../series/text-changes.ts";
import { boundWords } from "../ui/value-words.ts";
import { alertColoursOf, drawAlertSpans, drawBounds } from "./plot-alerts.ts";
import { tickWords } from "./time-ticks.ts";
import { splitWords, valueRange, withBounds } from "./value-axis.ts";

export interface PlotData extends PlotColumns {
  readonly marks: readonly TextChange[];
  readonly alerts: AlertMarks;
}

export interface Plot {
  draw(columns: PlotData, band: boolean, window: TimeWindow): void;
  /** The same data in another window. */
  move(window: TimeWindow): void;
  showCursor(instant: number | undefined): void;
  resize(width: number, height: number): void;
  /** The axes have more space now. */
  layOut(): void;
  close(): void;
}

/** Width of the value axis: the same beside all plots of a device, so that one instant is in one line. */
export interface AxisWidth {
  /** `px` is what one plot needs; the answer is what all of them get. */
  needs(px: number): number;
}

export interface PlotOptions {
  host: HTMLElement;
  metric: DescribedMetric;
  width: number;
  height: number;
  axisWidth: AxisWidth;
}

export function createPlot({ host, metric, width, height, axisWidth }: PlotOptions): Plot {
  const colour = coloursOf(host);
  let isolated: number[] = [];
  let marks: readonly TextChange[] = [];
  let alerts: AlertMarks = NO_MARKS;
  const alertColours = alertColoursOf(host);
  let range: [number, number] = [0, 1];
  const rangeInView = (_: uPlot, low: number | null, high: number | null) => {
    // Where nothing is in view, the axis stays: it must not jump while a gap is passed.
    if (low !== null && high !== null) range = valueRange(metric, ...withBounds(low, high, alerts.bounds));
    return range;
  };
  const silent = () => null;
  const chart = new uPlot(
    {
      width,
      height,
      ms: 1,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      // The pointer is the page's: mouse, touch and keys move one crosshair over all plots of the device.
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 7 },
        bind: { mousedown: silent, mouseup: silent, mousemove: silent, mouseleave: silent, dblclick: silent },
      },
      scales: { x: { time: true }, y: { range: rangeInView } },
      axes: [timeAxis(colour), valueAxis(colour, axisWidth)],
      series: [
        {},
        { label: "max", points: { show: false }, width: 0, stroke: colour.none },
        { label: "min", points: { show: false }, width: 0, stroke: colour.none },
        {
          label: "mean",
          stroke: colour.line,
          width: 1.5,
          points: { size: 5, width: 0, fill: colour.line, filter: (_u, _i, show) => (show === true ? null : isolated) },
        },
      ],
      bands: [{ series: [1, 2], fill: colour.band }],
      hooks: {
        drawClear: [(self) => drawAlertSpans(self, alerts.spans, alertColours, uPlot.pxRatio)],
        draw: [
          (self) =>
            drawBounds(self, { ...alerts, words: (value) => boundWords(metric, value) }, alertColours, uPlot.pxRatio),
          (self) => drawWhiskers(self, isolated, colour.line),
          (self) => drawMarks(self, marks, colour.axis),
        ],
      },
    },
    [[], [], [], []],
    host,
  );
  return {
    draw(columns, band, { fromMs, toMs }) {
      isolated = columns.isolated;
      marks = columns.marks;
      alerts = columns.alerts;
      const none = band ? undefined : columns.mean.map(() => null);
      chart.batch(() => {
        chart.setData([columns.t, none ?? columns.max, none ?? columns.min, columns.mean], false);
        chart.setScale("x", { min: fromMs, max: toMs });
      });
    },
    move: ({ fromMs, toMs }) => chart.setScale("x", { min: fromMs, max: toMs }),
    showCursor(instant) {
      const left = instant === undefined ? -1 : chart.valToPos(instant, "x");
      const inside = left >= 0 && left <= chart.over.clientWidth;
      chart.setCursor(inside ? { left, top: 0 } : { left: -10, top: -10 }, false);
    },
    resize: (nextWidth, nextHeight) => chart.setSize({ width: nextWidth, height: nextHeight }),
    layOut: () => chart.redraw(false, true),
    close: () => chart.destroy(),
  };
}

/** An isolated bucket has no band to show its extremes in. */
function drawWhiskers(chart: uPlot, isolated: readonly number[], colour: string): void {
  const [t, max, min] = chart.data;
  chart.ctx.save();
  chart.ctx.strokeStyle = colour;
  chart.ctx.lineWidth = uPlot.pxRatio;
  for (const index of isolated) {
    const [at, high, low] = [t[index], max?.[index], min?.[index]];
    if (typeof at !== "number" || typeof high !== "number" || typeof low !== "number") continue;
    const x = chart.valToPos(at, "x", true);
    if (x < chart.bbox.left || x > chart.bbox.left + chart.bbox.width) continue;
    chart.ctx.beginPath();
    chart.ctx.moveTo(x, chart.valToPos(high, "y", true));
    chart.ctx.lineTo(x, chart.valToPos(low, "y", true));
    chart.ctx.stroke();
  }
  chart.ctx.restore();
}

const MARK_CHARS = 16;

/** A text among the numbers: a dashed line with the text, where there is space for it. */
function drawMarks(chart: uPlot, marks: readonly TextChange[], colour: string): void {
  const { ctx, bbox } = chart;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = FONT.replace(/\d+px/, (size) => `${Number.parseInt(size, 10) * ratio}px`);
  ctx.textAlign = "left"; // as the axes left it, it is another
  ctx.textBaseline = "alphabetic";
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  let freeFrom = Number.NEGATIVE_INFINITY;
  for (const { atMs, value } of marks) {
    const x = chart.valToPos(atMs, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const words = value.length > MARK_CHARS ? `${value.slice(0, MARK_CHARS - 1)}…` : value;
    const width = ctx.measureText(words).width;
    const from = Math.min(x + 4 * ratio, bbox.left + bbox.width - width);
    if (from < freeFrom) continue;
    ctx.fillText(words, from, bbox.top + 11 * ratio);
    freeFrom = from + width + 8 * ratio;
  }
  ctx.restore();
}

interface Colours {
  line: string;
  band: string;
  axis: string;
  grid: string;
  none: string;
}

function coloursOf(host: HTMLElement): Colours {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: token("--s1"),
    band: `color-mix(in srgb, ${token("--s1")} 18%, transparent)`,
    axis: token("--faint"),
    grid: token("--line"),
    none: "transparent",
  };
}

const AXIS_GAP_PX = 6;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** Between the words of two lines. */
const TICK_SPACE_PX = 8;

function timeAxis(colour: Colours): uPlot.Axis {
  return {
    stroke: colour.axis,
    font: FONT,
    size: 22,
    gap: 4,
    space: 56,
    values: (self, splits, _axis, space, step) => {
      const words = splits.map((at) => tickWords(at, step));
      const widths = words.map(textWidthPx);
      // In some languages they are longer than the lines are apart: then each second, third … is said.
      const each = Math.max(1, Math.ceil((Math.max(0, ...widths) + TICK_SPACE_PX) / space));
      // One that the plot's edge would cut says nothing.
      const isCut = (at: number, width: number) => self.over.clientWidth - self.valToPos(at, "x") < width / 2;
      return words.map((word, index) =>
        index % each !== 0 || isCut(splits[index] ?? 0, widths[index] ?? 0) ? "" : word,
      );
    },
    grid: { stroke: colour.grid, width: 1 },
    ticks: { show: false },
  };
}

function valueAxis(colour: Colours, axisWidth: AxisWidth): uPlot.Axis {
  return {
    stroke: colour.axis,
    font: FONT,
    size: (_self, words) => axisWidth.needs(Math.ceil(Math.max(0, ...(words ?? []).map(textWidthPx))) + AXIS_GAP_PX),
    gap: AXIS_GAP_PX,
    space: 32,
    values: (self, splits, _axis, _space, step) =>
      self.data[0].length === 0 ? [] : splits.map((value) => splitWords(value, step)),
    grid: { stroke: colour.grid, width: 1 },
    ticks: { show: false },
  };
}

const ruler = document.createElement("canvas").getContext("2d");

function textWidthPx(text: string): number {
  if (ruler === null) return 0;
  ruler.font = FONT;
  return ruler.measureText(text).width;
}
