/** The drawing of a trial on a grid of 1000 by 100; pure. */
import type { SeriesColumns } from "../../../../src/contract/rest.ts";
import type { TrialSpan } from "./trial-words.ts";

const WIDTH = 1_000;
const HEIGHT = 100;
/** However short, it is seen. */
const LEAST_BAND = 4;
/** So many usual steps without a point are a gap. */
const GAP_STEPS = 4;
const MARGIN = 0.08;

export interface TrialDrawing {
  /** Of the values. */
  readonly low: number;
  readonly high: number;
  readonly line: string;
  readonly area: string;
  readonly bounds: readonly { readonly y: number; readonly value: number }[];
  readonly bands: readonly { readonly x: number; readonly width: number }[];
}

export function trialDrawing(
  { t, min, max, mean }: SeriesColumns,
  bounds: readonly number[],
  spans: readonly TrialSpan[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): TrialDrawing {
  const [low, high] = [Math.min(...min), Math.max(...max)];
  const [from, to] = [Math.min(low, ...bounds), Math.max(high, ...bounds)];
  const height = to - from || Math.abs(to) * 0.1 || 1;
  const [bottom, top] = [from - height * MARGIN, to + height * MARGIN];
  const x = (ms: number): number => round(((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * WIDTH);
  const y = (value: number): number => round(HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT);
  const runs = unbroken(t);
  return {
    low,
    high,
    line: runs.map((run) => pathOf(run.map((at) => [x(t[at] ?? 0), y(mean[at] ?? 0)]))).join(""),
    area: runs
      .map((run) => {
        const upper = run.map((at): [number, number] => [x(t[at] ?? 0), y(max[at] ?? 0)]);
        const lower = run.toReversed().map((at): [number, number] => [x(t[at] ?? 0), y(min[at] ?? 0)]);
        return `${pathOf([...upper, ...lower])}Z`;
      })
      .join(""),
    bounds: bounds.map((value) => ({ y: y(value), value })),
    bands: spans.map((span) => {
      const left = x(span.fromMs);
      return { x: left, width: Math.max(LEAST_BAND, x(span.toMs) - left) };
    }),
  };
}

const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");

const round = (value: number): number => Math.round(value * 10) / 10;

/** Indices of points between gaps. A line across an outage would be a lie. */
function unbroken(t: readonly number[]): number[][] {
  const steps = t.slice(1).map((at, index) => at - (t[index] ?? at));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const runs: number[][] = [];
  for (const [index, at] of t.entries()) {
    const isGap = index === 0 || at - (t[index - 1] ?? at) > usual * GAP_STEPS;
    if (isGap) runs.push([index]);
    else runs.at(-1)?.push(index);
  }
  return runs;
}
