/** Draws one metric over time: the only file that knows uPlot. Loaded when a chart is shown; decides nothing about data. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { TimeWindow } from "./chart-range.ts";
import type { PlotColumns } from "./gaps.ts";
import { tickWords } from "./time-ticks.ts";
import { metricUnit, numberWords } from "./value-words.ts";

export interface Plot {
  draw(columns: PlotColumns, band: boolean, window: TimeWindow): void;
  /** The same data in another window. */
  move(window: TimeWindow): void;
  showCursor(instant: number | undefined): void;
  resize(width: number, height: number): void;
  close(): void;
}

export interface PlotOptions {
  host: HTMLElement;
  metric: string;
  width: number;
  height: number;
}

/** Less than this is noise, and shall not fill the plot. */
const LEAST_SPAN: Record<string, number> = { "°C": 2, "%": 5, ppm: 20, ppb: 20, hPa: 4, dBm: 10 };

export function createPlot({ host, metric, width, height }: PlotOptions): Plot {
  const colour = coloursOf(host);
  let isolated: number[] = [];
  let range: [number, number] = [0, 1];
  const rangeInView = (_: uPlot, low: number | null, high: number | null) => {
    // Where nothing is in view, the axis stays: it must not jump while a gap is passed.
    if (low !== null && high !== null) range = rangeOf(metric, low, high);
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
      axes: [timeAxis(colour), valueAxis(colour, metric)],
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
      hooks: { draw: [(self) => drawWhiskers(self, isolated, colour.line)] },
    },
    [[], [], [], []],
    host,
  );
  return {
    draw(columns, band, { fromMs, toMs }) {
      isolated = columns.isolated;
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

function rangeOf(metric: string, low: number, high: number): [number, number] {
  const unit = metricUnit(metric);
  const least = LEAST_SPAN[unit] ?? Math.max(Math.abs(low + high) * 0.01, 1e-6);
  const span = Math.max((high - low) * 1.2, least);
  const middle = (high + low) / 2;
  let [from, to] = [middle - span / 2, middle + span / 2];
  // Neither a concentration nor a percentage is ever below zero; the axis need not hint at it.
  if (from < 0 && low >= 0 && unit !== "°C" && unit !== "dBm") [from, to] = [0, Math.max(to, least)];
  if (unit === "%" && high <= 100) to = Math.min(to, 100);
  return [from, to];
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

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

const HALF_TICK_PX = 16;

function timeAxis(colour: Colours): uPlot.Axis {
  return {
    stroke: colour.axis,
    font: FONT,
    size: 22,
    gap: 4,
    space: 56,
    // One that the plot's edge would cut says nothing.
    values: (self, splits, _axis, _space, step) =>
      splits.map((at) => (self.over.clientWidth - self.valToPos(at, "x") < HALF_TICK_PX ? "" : tickWords(at, step))),
    grid: { stroke: colour.grid, width: 1 },
    ticks: { show: false },
  };
}

function valueAxis(colour: Colours, metric: string): uPlot.Axis {
  return {
    stroke: colour.axis,
    font: FONT,
    size: 46,
    gap: 6,
    space: 32,
    values: (self, splits, _axis, _space, step) =>
      self.data[0].length === 0 ? [] : splits.map((value) => splitWords(metric, value, step)),
    grid: { stroke: colour.grid, width: 1 },
    ticks: { show: false },
  };
}

/** As many digits as the axis' step needs, so that no two of its labels are the same. */
function splitWords(metric: string, value: number, step: number): string {
  if (Math.abs(value) > 99_999) return numberWords(metric, value);
  const isWhole = (digits: number) => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6;
  const digits = [0, 1, 2, 3, 4, 5].find(isWhole) ?? 6;
  // `1017.5` has its place beside the plot; `1,017.5` has not.
  return value
    .toLocaleString(undefined, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: digits === 0,
    })
    .replace("-", "−");
}
