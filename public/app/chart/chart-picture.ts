/** A figure as a picture: at least twice as fine as on screen, with title and range. */

import { hubNowMs } from "../hub/clock.ts";
import { displayName } from "../hub/device-state.ts";
import { browserZone, timeZone } from "../preferences/time-zone.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { textMarks } from "../series/text-changes.ts";
import { instantWords, spanWords } from "../ui/time-words.ts";
import { booleanWords, metricLabel, metricUnit } from "../ui/value-words.ts";
import { createPlot } from "./plot/plot.ts";
import { fontOf } from "./plot/plot-axes.ts";
import { plotData } from "./plot-data.ts";
import { stateRuns } from "./state-runs.ts";

interface PictureOf {
  metric: string;
  boolean: boolean;
  context: ChartContext;
}

/** Of a screen's pixel. */
const FINENESS = 2;
const WIDTH_PX = 960;
const PLOT_HEIGHT_PX = 240;
const STRIP_HEIGHT_PX = 64;
const HEAD_PX = 56;
const MARGIN_PX = 12;

export async function chartPicture(of: PictureOf): Promise<Blob> {
  const height = HEAD_PX + (of.boolean ? STRIP_HEIGHT_PX : PLOT_HEIGHT_PX) + MARGIN_PX;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH_PX * FINENESS;
  canvas.height = height * FINENESS;
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("no canvas");
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  ctx.fillStyle = token("--surface");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  if (of.boolean) {
    ctx.scale(FINENESS, FINENESS);
    drawHead(ctx, of, token);
    drawStrip(ctx, of, token);
  } else {
    await drawPlot(ctx, of);
    ctx.scale(FINENESS, FINENESS);
    drawHead(ctx, of, token);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("no picture");
  return blob;
}

type Token = (name: string) => string;

/** `Cellar · Temperature (°C)`, below it the range with its zone, and what the dashed line is. */
function drawHead(ctx: CanvasRenderingContext2D, { metric, boolean, context }: PictureOf, token: Token): void {
  const { device, feed, compared } = context;
  const described = device.described(metric);
  const unit = metricUnit(described);
  const { fromMs, toMs } = feed.window.peek();
  const zone = timeZone.peek() ?? browserZone();
  const other = boolean ? "" : compared.words.peek(); // states have no dashed line
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = token("--text");
  ctx.font = `600 ${fontOf(16)}`;
  const title = `${displayName(device.id, device.about.peek())} · ${metricLabel(described)}`;
  ctx.fillText(unit === "" ? title : `${title} (${unit})`, MARGIN_PX, 24);
  ctx.fillStyle = token("--muted");
  ctx.font = fontOf(12);
  const range = `${spanWords(fromMs, toMs, hubNowMs.peek())} (${zone})`;
  ctx.fillText(other === "" ? range : `${range} · dashed: ${other}`, MARGIN_PX, 44);
}

/** The chart library draws in the resolution of the screen: a larger plot with larger letters is a finer one. */
async function drawPlot(ctx: CanvasRenderingContext2D, { metric, context }: PictureOf): Promise<void> {
  const { device, feed, texts } = context;
  const buffer = feed.series(metric);
  if (buffer === undefined) throw new Error("nothing to draw");
  const scale = FINENESS / devicePixelRatio;
  const host = document.createElement("div");
  host.style.cssText = "position:fixed;left:-99999px;top:0";
  host.setAttribute("aria-hidden", "true");
  document.body.append(host);
  const plot = createPlot({
    host,
    metric: device.described(metric),
    width: (WIDTH_PX - 2 * MARGIN_PX) * scale,
    height: PLOT_HEIGHT_PX * scale,
    axisWidth: { needs: (px) => Math.max(px, context.axisPx.peek() * scale) },
    scale,
  });
  try {
    const window = feed.window.peek();
    const marks = textMarks(texts.found.peek()?.readings ?? [], metric);
    plot.draw(plotData(metric, context, buffer, { marks, window }), buffer.resolution > 0, window);
    await nextFrame(); // it draws after this call
    plot.layOut(); // the words of the time axis need the size that it has now
    await nextFrame();
    ctx.drawImage(plot.canvas, MARGIN_PX * FINENESS, HEAD_PX * FINENESS);
  } finally {
    plot.close();
    host.remove();
  }
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

function drawStrip(ctx: CanvasRenderingContext2D, { metric, context }: PictureOf, token: Token): void {
  const { device, feed } = context;
  const buffer = feed.series(metric);
  if (buffer === undefined) throw new Error("nothing to draw");
  const { fromMs, toMs } = feed.window.peek();
  const span = toMs - fromMs;
  const width = WIDTH_PX - 2 * MARGIN_PX;
  const xOf = (ms: number) => MARGIN_PX + ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / span) * width;
  const runs = stateRuns(buffer, device.about.peek().stepMs, Math.min(hubNowMs.peek(), toMs));
  const inside = runs.filter((run) => run.toMs >= fromMs && run.fromMs <= toMs);
  for (const state of [false, true]) {
    ctx.fillStyle = token(state ? "--s2" : "--raised");
    ctx.strokeStyle = token("--control");
    for (const run of inside.filter((each) => each.state === state)) {
      const wide = Math.max(2, xOf(run.toMs) - xOf(run.fromMs));
      const [y, high] = state ? [HEAD_PX, 24] : [HEAD_PX + 6, 12];
      ctx.fillRect(xOf(run.fromMs), y, wide, high);
      if (!state) ctx.strokeRect(xOf(run.fromMs), y, wide, high);
    }
  }
  const described = device.described(metric);
  ctx.font = fontOf(12);
  ctx.fillStyle = token("--muted");
  const y = HEAD_PX + 44;
  ctx.fillText(instantWords(fromMs, span), MARGIN_PX, y);
  ctx.textAlign = "center";
  ctx.fillText(`filled: ${booleanWords(described, true)}, hollow: ${booleanWords(described, false)}`, WIDTH_PX / 2, y);
  ctx.textAlign = "right";
  ctx.fillText(instantWords(toMs, span), WIDTH_PX - MARGIN_PX, y);
}
