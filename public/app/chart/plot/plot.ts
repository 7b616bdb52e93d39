/** Draws one metric over time: the only file that imports uPlot. Loaded when a chart is shown. */

import uPlot from "uplot";
import type { DescribedMetric } from "../../hub/described-metric.ts";
import "uplot/dist/uPlot.min.css";
import type { TimeWindow } from "../../range/chart-range.ts";
import { type AlertMarks, NO_MARKS } from "../../series/alert-spans.ts";
import type { OtherLine } from "../../series/chart-context.ts";
import { type ComparedLine, extentOf } from "../../series/compared-line.ts";
import type { Gap, PlotColumns } from "../../series/gaps.ts";
import type { TextChange } from "../../series/text-changes.ts";
import { boundWords, shownConversion } from "../../ui/value-words.ts";
import { alertColoursOf, drawAlertSpans, drawBounds } from "./plot-alerts.ts";
import { type AxisWidth, timeAxis, valueAxis } from "./plot-axes.ts";
import { createCrosshair } from "./plot-crosshair.ts";
import { drawGaps } from "./plot-gaps.ts";
import { drawLine, drawMarks, drawWhiskers } from "./plot-marks.ts";
import { valueRange, withBounds } from "./value-axis.ts";

export interface PlotData extends PlotColumns {
  readonly marks: readonly TextChange[];
  readonly alerts: AlertMarks;
  readonly gaps: readonly Gap[];
  readonly compared: ComparedLine | undefined;
  readonly others: readonly OtherLine[];
}

export interface Plot {
  readonly canvas: HTMLCanvasElement;
  draw(columns: PlotData, band: boolean, window: TimeWindow): void;
  /** The same data in another window. */
  move(window: TimeWindow): void;
  showCursor(instant: number | undefined): void;
  resize(width: number, height: number): void;
  /** The axes have more space now. */
  layOut(): void;
  close(): void;
}

export interface PlotOptions {
  host: HTMLElement;
  metric: DescribedMetric;
  width: number;
  height: number;
  axisWidth: AxisWidth;
  /** Of all sizes: a picture of it has larger letters and lines. */
  scale?: number;
}

const NOTHING: PlotData = {
  t: [],
  mean: [],
  min: [],
  max: [],
  isolated: [],
  marks: [],
  alerts: NO_MARKS,
  gaps: [],
  compared: undefined,
  others: [],
};

export function createPlot({ host, metric, width, height, axisWidth, scale = 1 }: PlotOptions): Plot {
  const colour = coloursOf(host);
  let data = NOTHING;
  const alertColours = alertColoursOf(host);
  let range: [number, number] = [0, 1];
  let view: TimeWindow = { fromMs: 0, toMs: 0 };
  const rangeInView = (_: uPlot, low: number | null, high: number | null) => {
    const lines = [...(data.compared === undefined ? [] : [data.compared]), ...data.others.map(({ line }) => line)];
    const all = [low, high, ...lines.flatMap((line) => extentOf(line, view) ?? [])].filter((value) => value !== null);
    // Where nothing is in view, the axis stays: it must not jump while a gap is passed.
    if (all.length > 0) {
      range = valueRange(metric, ...withBounds(Math.min(...all), Math.max(...all), data.alerts.bounds));
    }
    return range;
  };
  const look = { text: colour.axis, grid: colour.grid, scale };
  const ratioOf = () => uPlot.pxRatio * scale;
  const crosshair = createCrosshair();
  const chart = new uPlot(
    {
      width,
      height,
      ms: 1,
      padding: [8 * scale, 8 * scale, 0, 0],
      legend: { show: false },
      // The pointer is the page's: mouse, touch and keys move one crosshair over all plots of the device.
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: rangeInView } },
      axes: [timeAxis(look), valueAxis(look, axisWidth, shownConversion(metric))],
      series: [
        {},
        { label: "max", points: { show: false }, width: 0, stroke: colour.none },
        { label: "min", points: { show: false }, width: 0, stroke: colour.none },
        {
          label: "mean",
          stroke: colour.line,
          width: 1.5 * scale,
          points: {
            size: 5 * scale,
            width: 0,
            fill: colour.line,
            filter: (_u, _i, show) => (show === true ? null : data.isolated),
          },
        },
      ],
      bands: [{ series: [1, 2], fill: colour.band }],
      hooks: {
        drawClear: [
          (self) => drawGaps(self, data.gaps, colour.gap, ratioOf()),
          (self) => drawAlertSpans(self, data.alerts.spans, alertColours, ratioOf()),
        ],
        drawAxes: [
          (self) =>
            data.compared !== undefined &&
            drawLine(self, data.compared, { colour: colour.compared, isDashed: true }, ratioOf()),
          (self) => {
            for (const other of data.others) {
              drawLine(self, other.line, { colour: colour.others(other.colour), isDashed: false }, ratioOf());
            }
          },
        ],
        draw: [
          (self) => {
            const bounds = { ...data.alerts, words: (value: number) => boundWords(metric, value) };
            drawBounds(self, bounds, alertColours, ratioOf());
          },
          (self) => drawWhiskers(self, data.isolated, colour.line, ratioOf()),
          (self) => drawMarks(self, data.marks, colour.axis, ratioOf()),
          (self) => crosshair.draw(self, data),
        ],
      },
    },
    [[], [], [], []],
    host,
  );
  return {
    canvas: chart.ctx.canvas,
    draw(columns, band, window) {
      data = columns;
      view = window;
      const none = band ? undefined : columns.mean.map(() => null);
      chart.batch(() => {
        chart.setData([columns.t, none ?? columns.max, none ?? columns.min, columns.mean], false);
        chart.setScale("x", { min: window.fromMs, max: window.toMs });
      });
    },
    move(window) {
      view = window;
      chart.setScale("x", { min: window.fromMs, max: window.toMs });
    },
    showCursor: crosshair.show,
    resize: (nextWidth, nextHeight) => chart.setSize({ width: nextWidth, height: nextHeight }),
    layOut: () => chart.redraw(false, true),
    close: () => chart.destroy(),
  };
}

interface Colours {
  line: string;
  band: string;
  axis: string;
  grid: string;
  gap: string;
  compared: string;
  others: (index: number) => string;
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
    gap: token("--control"),
    compared: token("--cmp"),
    others: (index) => token(`--s${index}`),
    none: "transparent",
  };
}
