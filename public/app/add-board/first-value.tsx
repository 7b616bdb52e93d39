/** The newest value of a board that has come in, and a small chart that grows with each. */
import { useRef } from "preact/hooks";
import type { BoardCheckAnswer } from "../../../src/contract/answers/board-check.ts";
import { metricLabel, withUnitOf } from "../ui/value-words.ts";

type Value = NonNullable<BoardCheckAnswer["value"]>;

const MOST_POINTS = 120;
const WIDTH = 200;
const HEIGHT = 40;

export function FirstValue({ value: { metric, value, unit, at } }: { value: Value }) {
  const points = useRef<{ atMs: number; value: number }[]>([]);
  const atMs = Date.parse(at);
  if (typeof value === "number" && points.current.at(-1)?.atMs !== atMs) {
    points.current = [...points.current, { atMs, value }].slice(-MOST_POINTS);
  }
  return (
    <div class="first-value">
      <p>
        {metricLabel(metric)} <strong data-value={metric}>{withUnitOf(metric, value, unit)}</strong>
      </p>
      {points.current.length > 1 && (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <polyline data-points={points.current.length} points={lineOf(points.current)} />
        </svg>
      )}
    </div>
  );
}

function lineOf(points: readonly { readonly atMs: number; readonly value: number }[]): string {
  const times = points.map(({ atMs }) => atMs);
  const values = points.map(({ value }) => value);
  const [from, low] = [Math.min(...times), Math.min(...values)];
  const [span, height] = [Math.max(...times) - from || 1, Math.max(...values) - low || 1];
  const line = points.toSorted((a, b) => a.atMs - b.atMs);
  return line
    .map(({ atMs, value }) => [((atMs - from) / span) * WIDTH, 2 + (1 - (value - low) / height) * (HEIGHT - 4)])
    .map(([x = 0, y = 0]) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");
}
