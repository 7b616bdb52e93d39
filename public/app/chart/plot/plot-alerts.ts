/** Draws on a plot when alerts fired, as bands, and thresholds, as lines. Knows of the chart library only what it draws on. */
import type { Severity } from "../../../../src/contract/alerts.ts";
import type { AlertSpan, Bound } from "../../series/alert-spans.ts";

/** What of a plot is drawn on. */
export interface Surface {
  readonly ctx: CanvasRenderingContext2D;
  /** In device pixels. */
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  valToPos(value: number, scale: string, isCanvas: boolean): number;
}

export type AlertColours = Readonly<Record<Severity, string>> & { readonly text: string; readonly surface: string };

export function alertColoursOf(host: HTMLElement): AlertColours {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    critical: token("--bad"),
    warning: token("--warn"),
    info: token("--accent"),
    text: token("--text"),
    surface: token("--surface"),
  };
}

const BAND_ALPHA = 0.13;
const EDGE_PX = 3;
/** However short, it is seen. */
const LEAST_PX = 3;
const FONT_PX = 11;

/** A light band, and a bar at its top: seen without colour, too. */
export function drawAlertSpans(
  { ctx, bbox, valToPos }: Surface,
  spans: readonly AlertSpan[],
  colours: AlertColours,
  ratio: number,
): void {
  const right = bbox.left + bbox.width;
  ctx.save();
  for (const { fromMs, toMs, severity } of spans) {
    const from = Math.max(valToPos(fromMs, "x", true), bbox.left);
    const to = toMs === Number.POSITIVE_INFINITY ? right : Math.min(valToPos(toMs, "x", true), right);
    if (from >= right || to < bbox.left || to < from) continue;
    const width = Math.max(to - from, LEAST_PX * ratio);
    ctx.fillStyle = colours[severity];
    ctx.globalAlpha = BAND_ALPHA;
    ctx.fillRect(from, bbox.top, width, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(from, bbox.top, width, EDGE_PX * ratio);
  }
  ctx.restore();
}

interface Bounds {
  readonly bounds: readonly Bound[];
  readonly words: (value: number) => string;
}

/** A dashed line with its value at the right edge; those outside of the plot are not drawn. */
export function drawBounds(
  { ctx, bbox, valToPos }: Surface,
  { bounds, words }: Bounds,
  colours: AlertColours,
  ratio: number,
): void {
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.font = `${FONT_PX * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "alphabetic";
  for (const { value, severity } of bounds) {
    const y = valToPos(value, "y", true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = colours[severity];
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
    const text = words(value);
    const isAtTop = y - (FONT_PX + 6) * ratio < bbox.top;
    const baseline = isAtTop ? y + (FONT_PX + 2) * ratio : y - 4 * ratio;
    const width = ctx.measureText(text).width;
    ctx.fillStyle = colours.surface;
    ctx.globalAlpha = 0.8;
    ctx.fillRect(right - width - 4 * ratio, baseline - FONT_PX * ratio, width + 4 * ratio, (FONT_PX + 3) * ratio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.text;
    ctx.fillText(text, right - 2 * ratio, baseline);
  }
  ctx.restore();
}
