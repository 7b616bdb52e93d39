/**
 * Keeps the series of one device for the range in view: read from the store, continued live, equal to a fresh read at
 * any moment. Its version changes at most four times a second.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { MetricValue, Reading } from "../../../src/contract/readings.ts";
import type { PartialAnswer } from "../../../src/contract/rest.ts";
import { hubNowMs } from "../hub/clock.ts";
import { readAgainCalmly } from "../hub/epoch.ts";
import { watchReadings } from "../hub/live.ts";
import { whenShown } from "../preferences/pace.ts";
import type { ChartWindow, TimeWindow } from "../range/chart-range.ts";
import { spanOf } from "../range/range-moves.ts";
import type { TimeView } from "../range/time-view.ts";
import { createRangeFollower } from "./range-follower.ts";
import { addValue, indicesIn, type SeriesBuffer, trimBefore } from "./series-buffer.ts";
import { readTile, type SeriesTile } from "./series-tile.ts";
import { type Held, needOf, type TileRequest, tileRequestFor } from "./tile-request.ts";
import { sameWindow, windowOf } from "./tile-window.ts";

/** Beyond this many raw points the hub's buckets serve better. */
const MAX_RAW_POINTS = 2_000;
const DRAW_EVERY_MS = 250;
const MOVE_EVERY_MS = 10_000;
const MAX_KEPT_READINGS = 20_000;
/** What is incomplete is read again this often. */
const WHOLE_AGAIN_MS = 5_000;

export interface ChartFeed {
  /** Changes when a series did, or its window moved on. */
  readonly version: ReadonlySignal<number>;
  /** Changes when the range asks for another read. */
  readonly wanted: ReadonlySignal<number>;
  /** The same for all figures; while it is moved, another one each frame. */
  readonly window: ReadonlySignal<ChartWindow>;
  /** The same, but unchanged while it is moved: for texts and numbers. */
  readonly still: ReadonlySignal<ChartWindow>;
  /** All of the still window was read. Until then its numbers would be those of a part of it. */
  readonly covered: ReadonlySignal<boolean>;
  /** Parts of the still window that the hub could not read. */
  readonly damaged: ReadonlySignal<readonly TimeWindow[]>;
  /** What was read is incomplete, and will be read again. */
  readonly partial: ReadonlySignal<PartialAnswer | undefined>;
  /** The series as it is drawn now. Reading it subscribes to its changes. */
  series(metric: string): SeriesBuffer | undefined;
  /** In the window. */
  points(metric: string): number;
  read(metrics: readonly string[], widthPx: number, abort: AbortSignal): Promise<void>;
  close(): void;
}

/** `shared`: the window of charts of several devices, of which none has one of its own. */
export function createChartFeed(id: string, view: TimeView, shared?: ReadonlySignal<ChartWindow>): ChartFeed {
  const version = signal(0);
  let tile: SeriesTile | undefined;
  let coming: (TileRequest & Held) | undefined;
  let seen: ReadonlySet<string> = new Set();
  let kept: Reading[] | undefined;
  let drawTimer: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = 0;
  let wholeTimer: ReturnType<typeof setTimeout> | undefined;

  const stopWatching = watchReadings(id, (readings) => {
    if (kept !== undefined && kept.length < MAX_KEPT_READINGS) kept.push(...readings);
    for (const reading of readings) add(reading);
    changed();
  });
  const moving = setInterval(() => whenShown(changed), MOVE_EVERY_MS);
  let lastWindow: ChartWindow | undefined;
  const window = computed(() => {
    version.value; // the tile is no signal; this is
    const next = shared?.value ?? windowOf(view.range.value, tile, hubNowMs.peek());
    // A motion that settles, and new points in a fixed window, move nothing.
    if (lastWindow === undefined || !sameWindow(lastWindow, next)) lastWindow = next;
    return lastWindow;
  });
  let lastStill = window.peek();
  const still = computed(() => {
    if (!view.moving.value) lastStill = window.value;
    return lastStill;
  });
  const covered = computed(() => {
    version.value;
    if (tile === undefined || still.value.preset !== undefined) return tile?.preset === still.value.preset;
    return needOf(tile, still.value) !== "data";
  });
  const damaged = computed(() => {
    version.value;
    const spans = (tile?.damaged ?? []).map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }));
    return spans.filter(({ fromMs, toMs }) => fromMs < still.value.toMs && toMs >= still.value.fromMs);
  });
  const partial = computed(() => {
    version.value;
    return tile?.partial;
  });
  const follower = createRangeFollower(view, () => ({ held: tile, coming }));

  function add(reading: Reading): void {
    const instant = Date.parse(reading.timestamp);
    // A closed tail takes no live readings, and what lies before the range is not shown.
    if (tile === undefined || tile.tail.fromMs === Infinity || seen.has(reading._id)) return;
    if (instant < (tile.young && tile.preset ? hubNowMs.peek() - tile.preset.spanMs : tile.fromMs)) return;
    // A backlog reaches into buckets that the hub has made: only the hub can say what they are now.
    if (instant < tile.tail.fromMs) return readAgainCalmly();
    for (const [metric, buffer] of tile.buffers) {
      const value = asNumber(Object.hasOwn(reading.metrics, metric) ? reading.metrics[metric] : undefined);
      if (value === undefined) continue;
      addValue(buffer, instant, value);
      if (buffer.resolution === 0 && buffer.t.length > MAX_RAW_POINTS) readAgainCalmly();
    }
  }

  function changed(): void {
    if (drawTimer !== undefined) return;
    const wait = drawnAtMs + DRAW_EVERY_MS - performance.now();
    if (wait <= 0) draw();
    else drawTimer = setTimeout(() => requestAnimationFrame(draw), wait);
  }

  function draw(): void {
    clearTimeout(drawTimer);
    drawTimer = undefined;
    drawnAtMs = performance.now();
    const range = view.range.peek();
    if (range.kind === "live" && tile?.preset === range.preset) {
      const fromMs = Math.max(tile.fromMs, hubNowMs.peek() - range.preset.spanMs);
      for (const buffer of tile.buffers.values()) trimBefore(buffer, fromMs);
      tile = { ...tile, fromMs };
    }
    version.value += 1;
    if (tile?.young && tile.forSpanMs < spanOf(window.peek()) && range.kind === "live") readAgainCalmly();
  }

  async function read(metrics: readonly string[], widthPx: number, abort: AbortSignal): Promise<void> {
    follower.begin();
    const since: Reading[] = [];
    kept = since;
    const nowMs = Math.ceil(hubNowMs.peek());
    const requested = { ...tileRequestFor(view.range.peek(), widthPx, nowMs), resolution: undefined };
    coming = requested;
    try {
      const next = await readTile(id, metrics, { ...requested, mayBeShorter: shared === undefined }, nowMs, abort);
      tile = next;
      clearTimeout(wholeTimer);
      if (next.partial !== undefined) wholeTimer = setTimeout(readAgainCalmly, WHOLE_AGAIN_MS);
      seen = new Set();
      for (const reading of next.tail.readings) add(reading);
      seen = new Set(next.tail.readings.map((reading) => reading._id));
      for (const reading of since) add(reading);
      requestAnimationFrame(draw);
    } finally {
      if (kept === since) kept = undefined;
      if (coming === requested) coming = undefined;
    }
    follower.end(tile.toMs === Infinity && tile.tail.fromMs === Infinity);
  }

  function series(metric: string): SeriesBuffer | undefined {
    version.value;
    return tile?.buffers.get(metric);
  }

  return {
    version,
    wanted: follower.wanted,
    window,
    still,
    covered,
    damaged,
    partial,
    series,
    points(metric) {
      const buffer = series(metric);
      if (buffer === undefined) return 0;
      const [from, end] = indicesIn(buffer, still.value);
      return end - from;
    },
    read,
    close() {
      stopWatching();
      follower.close();
      clearInterval(moving);
      clearTimeout(drawTimer);
      clearTimeout(wholeTimer);
    },
  };
}

/** A chart's value; as the hub's series have them, true is 1. */
function asNumber(value: MetricValue | undefined): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}
