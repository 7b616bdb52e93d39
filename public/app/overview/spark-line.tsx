/** The last three hours as a line, where gaps are gaps and a lone value is a dot, and under it the presence of the last 24 hours; on one canvas. */
import { useEffect, useRef } from "preact/hooks";
import { type Theme, theme } from "../preferences/theme.ts";
import type { Trouble } from "./device-trouble.ts";

interface SparkLineProps {
  /** The oldest first; null: nothing came. Undefined: not known, or of something else. */
  readonly means: readonly (number | null)[] | undefined;
  /** A letter for each half hour (`POST /api/sparklines`). Undefined: it is not shown. */
  readonly presence?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly state: Trouble["state"];
}

const TOKENS: Partial<Record<Trouble["state"], string>> = { alarm: "--bad", warning: "--warn" };

export function SparkLine({ means, presence, width, height, state }: SparkLineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = theme.value;
  useEffect(() => {
    if (canvas.current === null) return;
    const pen = penOf(canvas.current, width, height);
    if (pen === undefined) return;
    const barPx = presence === undefined ? 0 : BAR_PX;
    drawLine(pen, means ?? [], { width, height: height - barPx }, TOKENS[state] ?? "--muted");
    drawPresence(pen, presence ?? "", { width, height });
  }, [means, presence, width, height, state, now]);
  return <canvas ref={canvas} class="spark" style={{ width: `${width}px`, height: `${height}px` }} />;
}

interface Pen {
  readonly context: CanvasRenderingContext2D;
  colour(token: string): string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** As fine as the screen is. */
function penOf(canvas: HTMLCanvasElement, width: number, height: number): Pen | undefined {
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  return { context, colour: colourOf };
}

let colours: { readonly theme: Theme; readonly byToken: Map<string, string> } | undefined;

/** Asked of the browser once a theme: each time it would compute the style of the whole page. */
function colourOf(token: string): string {
  if (colours?.theme !== theme.peek()) colours = { theme: theme.peek(), byToken: new Map() };
  const { byToken } = colours;
  const colour = byToken.get(token) ?? getComputedStyle(document.documentElement).getPropertyValue(token);
  byToken.set(token, colour);
  return colour;
}

const PAD_PX = 2;
/** With the space above it. */
const BAR_PX = 8;

function drawLine(pen: Pen, means: readonly (number | null)[], { width, height }: Size, token: string): void {
  const { context } = pen;
  context.strokeStyle = context.fillStyle = pen.colour(token);
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  const known = means.filter((mean) => mean !== null);
  const low = Math.min(...known);
  const spread = Math.max(...known) - low;
  const xOf = (at: number): number => PAD_PX + (at * (width - 2 * PAD_PX)) / Math.max(1, means.length - 1);
  // What does not change is a line in the middle.
  const yOf = (mean: number): number =>
    spread > 0 ? height - PAD_PX - ((mean - low) / spread) * (height - 2 * PAD_PX) : height / 2;
  context.beginPath();
  means.forEach((mean, at) => {
    if (mean === null) return;
    const isFirst = (means[at - 1] ?? null) === null;
    if (isFirst && (means[at + 1] ?? null) === null) context.fillRect(xOf(at) - 1, yOf(mean) - 1, 2, 2);
    if (isFirst) context.moveTo(xOf(at), yOf(mean));
    else context.lineTo(xOf(at), yOf(mean));
  });
  context.stroke();
}

/** The worse the higher, so that it can be read without colours. */
const CELLS: Readonly<Record<string, readonly [token: string, heightPx: number]>> = {
  o: ["--line", 2],
  a: ["--sleep", 2],
  l: ["--warn", 3.5],
  x: ["--off", 5],
};

function drawPresence({ context, colour }: Pen, presence: string, { width, height }: Size): void {
  const cellPx = width / presence.length;
  [...presence].forEach((letter, at) => {
    const [token, heightPx] = CELLS[letter] ?? [];
    if (token === undefined || heightPx === undefined) return; // the hub did not run
    context.fillStyle = colour(token);
    context.fillRect(at * cellPx, height - heightPx, Math.max(1, cellPx - 1), heightPx);
  });
}
