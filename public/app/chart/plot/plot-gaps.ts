/** Draws on a plot where a series has gaps, as hatched bands. */
import type { Gap } from "../../series/gaps.ts";
import type { Surface } from "./plot-alerts.ts";

const STEP_PX = 7;
const ALPHA = 0.45;

/** No colour of a series: nobody shall take it for data. */
export function drawGaps({ ctx, bbox, valToPos }: Surface, gaps: readonly Gap[], colour: string, ratio: number): void {
  const right = bbox.left + bbox.width;
  const bottom = bbox.top + bbox.height;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = ALPHA;
  ctx.lineWidth = ratio;
  for (const { fromMs, toMs } of gaps) {
    const from = Math.max(valToPos(fromMs, "x", true), bbox.left);
    const to = Math.min(valToPos(toMs, "x", true), right);
    if (to <= from) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, bbox.top, to - from, bbox.height);
    ctx.clip();
    ctx.beginPath();
    // Of all plots the same lines, wherever a gap begins.
    const step = STEP_PX * ratio;
    const first = Math.floor((from - bbox.height) / step) * step;
    for (let x = first; x < to; x += step) {
      ctx.moveTo(x, bottom);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}
