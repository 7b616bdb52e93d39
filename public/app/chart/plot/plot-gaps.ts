/** Draws on a plot where a series has gaps, as hatched bands. */
import type { Gap } from "../../series/gaps.ts";
import type { Surface } from "./plot-alerts.ts";

const STEP_PX = 8;
const ALPHA = 0.6;

/** No colour of a series: nobody shall take it for data. */
export function drawGaps({ ctx, bbox, valToPos }: Surface, gaps: readonly Gap[], colour: string, ratio: number): void {
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.beginPath();
  for (const { fromMs, toMs } of gaps) {
    const from = Math.max(valToPos(fromMs, "x", true), bbox.left);
    const to = Math.min(valToPos(toMs, "x", true), right);
    if (to > from) ctx.rect(from, bbox.top, to - from, bbox.height);
  }
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = ALPHA;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  for (let x = bbox.left - bbox.height; x < right; x += STEP_PX * ratio) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}
