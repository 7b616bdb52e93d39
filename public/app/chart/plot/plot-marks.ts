/** Draws on a plot what is neither line nor axis: texts among the numbers, the extremes of isolated buckets, and the series that is compared. */
import type { ComparedLine } from "../../series/compared-line.ts";
import type { TextChange } from "../../series/text-changes.ts";
import type { Surface } from "./plot-alerts.ts";
import { FONT_PX, fontOf } from "./plot-axes.ts";

interface Columned extends Surface {
  /** Instants, greatest and least values. */
  readonly data: readonly ArrayLike<number | null | undefined>[];
}

/** An isolated bucket has no band to show its extremes in. */
export function drawWhiskers(chart: Columned, isolated: readonly number[], colour: string, ratio: number): void {
  const [t, max, min] = chart.data;
  chart.ctx.save();
  chart.ctx.strokeStyle = colour;
  chart.ctx.lineWidth = ratio;
  for (const index of isolated) {
    const [at, high, low] = [t?.[index], max?.[index], min?.[index]];
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
export function drawMarks(
  { ctx, bbox, valToPos }: Surface,
  marks: readonly TextChange[],
  colour: string,
  ratio: number,
): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = fontOf(FONT_PX * ratio);
  ctx.textAlign = "left"; // as the axes left it, it is another
  ctx.textBaseline = "alphabetic";
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  let freeFrom = Number.NEGATIVE_INFINITY;
  for (const { atMs, value } of marks) {
    const x = valToPos(atMs, "x", true);
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

const DASHED_PX = 1.25;
const SOLID_PX = 1.5;

/** Broken where it has a gap; a lone point is a short dash, or a dot of a solid line. */
export function drawLine(
  { ctx, bbox, valToPos }: Surface,
  { t, mean, limitMs }: ComparedLine,
  { colour, isDashed }: { readonly colour: string; readonly isDashed: boolean },
  ratio: number,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = (isDashed ? DASHED_PX : SOLID_PX) * ratio;
  ctx.setLineDash(isDashed ? [6 * ratio, 4 * ratio] : []);
  ctx.beginPath();
  for (const [index, at] of t.entries()) {
    const [x, y] = [valToPos(at, "x", true), valToPos(mean[index] ?? 0, "y", true)];
    const [before, after] = [t[index - 1], t[index + 1]];
    if (before !== undefined && at - before <= limitMs) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    const isAlone = (before === undefined || at - before > limitMs) && (after === undefined || after - at > limitMs);
    if (!isAlone) continue;
    if (isDashed) ctx.lineTo(x + 3 * ratio, y);
    else ctx.rect(x - ratio, y - ratio, 2 * ratio, 2 * ratio);
  }
  ctx.stroke();
  ctx.restore();
}
