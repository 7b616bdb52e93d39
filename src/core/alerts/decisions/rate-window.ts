/** How fast a metric changed over a time, from the readings of that time. */

/** Of one rule on one metric. */
export const MOST_POINTS = 128;
/** Readings further apart than so many times the window say nothing of it. */
export const MOST_WINDOWS = 3;

export interface RateSample {
  readonly atMs: number;
  readonly value: number;
}

export interface RateWindow {
  readonly overMs: number;
  /** Change a second; undefined: there is no reading from before the window. */
  add(value: number, atMs: number): number | undefined;
  /** Instant of the first reading that it knows. */
  firstMs(): number | undefined;
  /** Readings that came before those that it knows, in their order. Of those that did not, it takes none. */
  precede(samples: readonly RateSample[]): void;
}

/** Changes, not their sum since ever: beside one absurd value, those of later readings would be too small to count. */
interface Point extends RateSample {
  /** Since the point before it. */
  readonly change: number;
}

/** Of one change: with larger ones the sum would be infinite. */
const MOST_CHANGE = 1e300;

/** `isCounter`: it only grows, and starts from nothing at a restart of its board. */
export function createRateWindow({ overMs, isCounter }: { overMs: number; isCounter: boolean }): RateWindow {
  const apartMs = overMs / MOST_POINTS;
  let points: Point[] = [];
  let last: number | undefined;
  /** Since the newest point. */
  let sincePoint = 0;

  function changeTo(value: number): number {
    const change = last === undefined ? 0 : value - last;
    return Math.max(isCounter ? 0 : -MOST_CHANGE, Math.min(change, MOST_CHANGE));
  }

  function add(value: number, atMs: number): number | undefined {
    sincePoint += changeTo(value);
    last = value;
    const newest = points.at(-1);
    if (newest !== undefined && atMs < newest.atMs) points = []; // the clock was set back
    if (newest === undefined || points.length === 0 || atMs - newest.atMs >= apartMs) {
      points.push({ atMs, value, change: sincePoint });
      sincePoint = 0;
    }
    const next = points.findIndex((point) => point.atMs > atMs - overMs);
    if (next > 1) points.splice(0, next - 1);
    const [base] = points;
    if (base === undefined || base.atMs > atMs - overMs || atMs - base.atMs > MOST_WINDOWS * overMs) return undefined;
    let total = sincePoint;
    for (let index = 1; index < points.length; index++) total += points[index]?.change ?? 0;
    return (total / (atMs - base.atMs)) * 1_000;
  }

  function precede(samples: readonly RateSample[]): void {
    const [known, knownLast, knownSince] = [points, last, sincePoint];
    const [first, ...others] = known;
    points = [];
    last = undefined;
    sincePoint = 0;
    for (const { value, atMs } of samples) if (first === undefined || atMs < first.atMs) add(value, atMs);
    if (first === undefined) return;
    points.push({ ...first, change: sincePoint + changeTo(first.value) }, ...others);
    last = knownLast;
    sincePoint = knownSince;
  }

  return { overMs, add, firstMs: () => points[0]?.atMs, precede };
}
