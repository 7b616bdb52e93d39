/** Decides which values an axis spans, and labels its lines. */
import type { Conversion } from "../../preferences/units.ts";
import { hubUnit, type Metric } from "../../ui/value-words.ts";

/** Of what is known a smaller change is noise, and shall not fill the plot. */
const LEAST_SPAN: Record<string, number> = { "°C": 2, "%": 5, ppm: 20, ppb: 20, hPa: 4, dBm: 10 };
/** Of the values' size: below it the digits of a double end. */
const LEAST_SHARE = 1e-9;
/** Above and below a line without any change, as a share of its value. */
const FLAT_SHARE = 0.01;

/** What is known has its least span; the axis of all else follows the data, however small their change. */
export function valueRange(metric: Metric, low: number, high: number): [from: number, to: number] {
  const unit = hubUnit(metric);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const least =
    LEAST_SPAN[unit] ?? (high > low ? Math.max(size * LEAST_SHARE, 1e-12) : Math.max(size * FLAT_SHARE, 1e-6));
  const span = Math.max((high - low) * 1.2, least);
  const middle = (high + low) / 2;
  let [from, to] = [middle - span / 2, middle + span / 2];
  // Neither a concentration nor a percentage is ever below zero; the axis need not hint at it.
  if (from < 0 && low >= 0 && unit !== "°C" && unit !== "dBm") [from, to] = [0, Math.max(to, least)];
  if (unit === "%" && high <= 100) to = Math.min(to, 100);
  return [from, to];
}

/** So near to the values, as a share of their span, a threshold is worth seeing. */
const NEAR_SHARE = 0.5;

/** The values with those thresholds that are near: one far away would press the line flat. */
export function withBounds(
  low: number,
  high: number,
  bounds: readonly { value: number }[],
): [low: number, high: number] {
  const size = Math.max(high - low, Math.max(Math.abs(low), Math.abs(high)) * 0.1);
  const near = bounds
    .map(({ value }) => value)
    .filter((value) => value >= low - size * NEAR_SHARE && value <= high + size * NEAR_SHARE);
  return [Math.min(low, ...near), Math.max(high, ...near)];
}

/** Lines at round values of the unit that is shown, as values of the hub's; at least `stepLeast` of the hub's apart. */
export function shownSplits(
  { factor, offset }: Conversion,
  low: number,
  high: number,
  stepLeast: number,
): { splits: number[]; step: number } {
  const least = stepLeast * factor;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 2.5, 5].find((count) => count * power >= least * (1 - 1e-9)) ?? 10) * power;
  const splits: number[] = [];
  for (let count = Math.ceil((factor * low + offset) / step); count * step <= factor * high + offset; count++) {
    splits.push((count * step - offset) / factor);
  }
  return { splits, step };
}

const HUGE = 1e15;
const MOST_DIGITS = 15;

/** As many digits as the step from line to line needs, so that no two say the same. */
export function splitWords(value: number, step: number): string {
  if (Math.abs(value) >= HUGE) return value.toExponential(3).replace("-", "−");
  let digits = 0;
  while (digits < MOST_DIGITS && !isWhole(step * 10 ** digits)) digits++;
  // `1017.5` has its place beside the plot; `1,017.5` has not.
  return value
    .toLocaleString(undefined, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: digits === 0,
    })
    .replace("-", "−");
}

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6 && Math.round(value) !== 0;
