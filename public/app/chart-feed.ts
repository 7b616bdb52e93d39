/**
 * Keeps the series of one device: read from the store, continued live, equal to a fresh read at any moment. Draws
 * nothing; its version changes at most four times a second.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { MetricValue, Reading } from "../../src/contract/readings.ts";
import type { SeriesAnswer } from "../../src/contract/rest.ts";
import { getReadings, getSeries } from "./api.ts";
import { hubNowMs } from "./clock.ts";
import { readAgainCalmly } from "./epoch.ts";
import { watchReadings } from "./live.ts";
import { addValue, bucketStart, createSeriesBuffer, type SeriesBuffer, trimBefore, trimFrom } from "./series-buffer.ts";

const HOUR_MS = 3_600_000;
const RANGE_MS = 24 * HOUR_MS;
/** A device of ten minutes' history deserves finer buckets than a day's. */
const SPANS_MS = [HOUR_MS / 4, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, RANGE_MS];
const LEAST_WINDOW_MS = 5 * 60_000;
const POINTS = 480;
/** Beyond this many raw points the hub's buckets serve better. */
const MAX_RAW_POINTS = 2 * POINTS;
const DRAW_EVERY_MS = 250;
const MOVE_EVERY_MS = 10_000;
/** The hub takes instants of up to five minutes from now. */
const FUTURE_MS = 5 * 60_000;
const MAX_TAIL_READINGS = 2_000;
const MAX_KEPT_READINGS = 20_000;

/** What part of time the charts show: the last 24 hours, or less where the first reading is younger. */
export interface ChartWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly whole: boolean;
}

export interface ChartFeed {
  /** Changes when a series did, or its window moved on. */
  readonly version: ReadonlySignal<number>;
  /** The series as it is drawn now; whoever reads it is told when it changes. */
  series(metric: string): SeriesBuffer | undefined;
  points(metric: string): number;
  /** The same for all figures. */
  window(): ChartWindow;
  read(metrics: readonly string[], abort: AbortSignal): Promise<void>;
  close(): void;
}

export function createChartFeed(id: string): ChartFeed {
  const version = signal(0);
  let buffers = new Map<string, SeriesBuffer>();
  /** Ids of the readings that the newest buckets were built from: some of them come live as well, a moment later. */
  let seen = new Set<string>();
  let tailFromMs = Number.NEGATIVE_INFINITY;
  let spanMs = RANGE_MS;
  let kept: Reading[] | undefined;
  let drawTimer: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = 0;

  const stopWatching = watchReadings(id, (readings) => {
    if (kept !== undefined && kept.length < MAX_KEPT_READINGS) kept.push(...readings);
    for (const reading of readings) add(reading);
    changed();
  });
  const moving = setInterval(changed, MOVE_EVERY_MS);

  function add(reading: Reading): void {
    const instant = Date.parse(reading.timestamp);
    const [first] = buffers.values();
    if (first === undefined || seen.has(reading._id)) return;
    // A backlog reaches into buckets that the hub has made: only the hub can say what they are now.
    if (instant < tailFromMs) return readAgainCalmly();
    for (const [metric, buffer] of buffers) {
      const value = asNumber(Object.hasOwn(reading.metrics, metric) ? reading.metrics[metric] : undefined);
      if (value === undefined) continue;
      addValue(buffer, instant, value);
      if (buffer.resolution === 0 && buffer.t.length > MAX_RAW_POINTS) readAgainCalmly();
    }
  }

  function changed(): void {
    if (drawTimer !== undefined) return;
    const draw = () => {
      drawTimer = undefined;
      drawnAtMs = performance.now();
      for (const buffer of buffers.values()) trimBefore(buffer, hubNowMs.peek() - RANGE_MS - buffer.resolution);
      version.value += 1;
      const { fromMs, toMs } = currentWindow();
      if (spanMs < RANGE_MS && toMs - fromMs > spanMs) readAgainCalmly();
    };
    const wait = drawnAtMs + DRAW_EVERY_MS - performance.now();
    if (wait <= 0) draw();
    else drawTimer = setTimeout(() => requestAnimationFrame(draw), wait);
  }

  async function read(metrics: readonly string[], abort: AbortSignal): Promise<void> {
    const since: Reading[] = [];
    kept = since;
    try {
      const to = Math.ceil(hubNowMs.peek());
      const ask = (span: number) =>
        getSeries(id, { metrics: metrics.join(","), from: to - span, to: to + FUTURE_MS, points: POINTS }, abort);
      const whole = await ask(RANGE_MS);
      const span = whole.resolution === 0 ? RANGE_MS : spanFor(to - firstInstant(Object.values(whole.metrics), to));
      const next = buffersOf(span === RANGE_MS ? whole : await ask(span), metrics);
      const tail = await readTail(next, to, abort);
      buffers = next;
      tailFromMs = tail.fromMs;
      spanMs = span;
      seen = new Set();
      for (const reading of tail.readings) add(reading);
      seen = new Set(tail.readings.map((reading) => reading._id));
      for (const reading of since) add(reading);
      changed();
    } finally {
      if (kept === since) kept = undefined;
    }
  }

  /** Takes the two newest buckets off and reads their readings instead, whose ids say what came live already. */
  async function readTail(next: Map<string, SeriesBuffer>, to: number, abort: AbortSignal) {
    const [first] = next.values();
    if (first === undefined || first.resolution === 0) return { fromMs: Number.NEGATIVE_INFINITY, readings: [] };
    const fromMs = bucketStart(first, to - first.resolution);
    const page = await getReadings(id, { from: fromMs, to: to + FUTURE_MS, limit: MAX_TAIL_READINGS }, abort);
    // So many readings a bucket that a few at its edge, counted twice or never, do not show.
    if (page.nextCursor !== null) return { fromMs, readings: [] };
    for (const buffer of next.values()) trimFrom(buffer, fromMs);
    return { fromMs, readings: page.readings };
  }

  function series(metric: string): SeriesBuffer | undefined {
    version.value; // the buffers are no signals; this is
    return buffers.get(metric);
  }

  function currentWindow(): ChartWindow {
    version.value;
    const all = [...buffers.values()];
    const now = hubNowMs.peek();
    const toMs = Math.max(now, ...all.map((buffer) => buffer.t.at(-1) ?? now));
    const firstMs = firstInstant(all, now - RANGE_MS);
    const whole = firstMs - (now - RANGE_MS) < RANGE_MS / 24;
    return { fromMs: whole ? now - RANGE_MS : Math.min(firstMs, toMs - LEAST_WINDOW_MS), toMs, whole };
  }

  return {
    version,
    series,
    window: currentWindow,
    points: (metric) => series(metric)?.t.length ?? 0,
    read,
    close() {
      stopWatching();
      clearInterval(moving);
      clearTimeout(drawTimer);
    },
  };
}

function buffersOf(answer: SeriesAnswer, metrics: readonly string[]): Map<string, SeriesBuffer> {
  const anchorMs = metrics.map((metric) => answer.metrics[metric]?.t[0]).find((t) => t !== undefined) ?? 0;
  return new Map(
    metrics.map((metric) => [metric, createSeriesBuffer(answer.resolution, anchorMs, answer.metrics[metric])]),
  );
}

const firstInstant = (columns: readonly { t: number[] }[], otherwise: number): number => {
  const firsts = columns.flatMap(({ t }) => t.slice(0, 1));
  return firsts.length === 0 ? otherwise : Math.min(...firsts);
};

const spanFor = (historyMs: number): number => SPANS_MS.find((span) => span >= historyMs) ?? RANGE_MS;

/** A chart's value; as the hub's series have them, true is 1. */
function asNumber(value: MetricValue | undefined): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}
