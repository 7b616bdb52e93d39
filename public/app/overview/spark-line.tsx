/** A line of the last three hours on a canvas of its own: gaps are gaps, and a lone value is a dot. */
import { useEffect, useRef } from "preact/hooks";
import { theme } from "../preferences/theme.ts";

interface SparkLineProps {
  /** The oldest first; null: nothing came. Undefined: not known, or of something else. */
  readonly means: readonly (number | null)[] | undefined;
  readonly width: number;
  readonly height: number;
  readonly isAlarm?: boolean;
}

export function SparkLine({ means, width, height, isAlarm = false }: SparkLineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = theme.value;
  useEffect(() => {
    if (canvas.current !== null) drawSpark(canvas.current, means ?? [], isAlarm ? "--bad" : "--muted");
  }, [means, width, height, isAlarm, colours]);
  return <canvas ref={canvas} class="spark" style={{ width: `${width}px`, height: `${height}px` }} />;
}

const PAD_PX = 2;

function drawSpark(canvas: HTMLCanvasElement, means: readonly (number | null)[], colour: string): void {
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Number.parseFloat(canvas.style.width), Number.parseFloat(canvas.style.height)];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.scale(ratio, ratio);
  pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).getPropertyValue(colour);
  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  const known = means.filter((mean) => mean !== null);
  const low = Math.min(...known);
  const spread = Math.max(...known) - low;
  const xOf = (at: number): number => PAD_PX + (at * (width - 2 * PAD_PX)) / Math.max(1, means.length - 1);
  // What does not change is a line in the middle.
  const yOf = (mean: number): number =>
    spread > 0 ? height - PAD_PX - ((mean - low) / spread) * (height - 2 * PAD_PX) : height / 2;
  pen.beginPath();
  means.forEach((mean, at) => {
    if (mean === null) return;
    const isFirst = (means[at - 1] ?? null) === null;
    if (isFirst && (means[at + 1] ?? null) === null) pen.fillRect(xOf(at) - 1, yOf(mean) - 1, 2, 2);
    if (isFirst) pen.moveTo(xOf(at), yOf(mean));
    else pen.lineTo(xOf(at), yOf(mean));
  });
  pen.stroke();
}
