/**
 * Keeps the series of one device for the range in view: read from the store, continued live, equal to a fresh read at
 * any moment. Draws nothing; its version changes at most four times a second.
 */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { MetricValue, Reading } from "../../src/contract/readings.ts";
import type { ChartWindow, Preset, TimeWindow } from "./chart-range.ts";
import { hubNowMs } from "./clock.ts";
import { readAgainCalmly } from "./epoch.ts";
import { watchReadings } from "./live.ts";
import { spanOf } from "./range-moves.ts";
import { addValue, indicesIn, type SeriesBuffer, trimBefore } from "./series-buffer.ts";
import { readTile, type SeriesTile } from "./series-tile.ts";
import { type Held, needOf, type TileWish, wishOf } from "./tile-wish.ts";
import type { TimeView } from "./time-view.ts";

const LEAST_WINDOW_MS = 5 * 60_000;
/** Beyond this many raw points the hub's buckets serve better. */
const MAX_RAW_POINTS = 2_000;
const DRAW_EVERY_MS = 250;
const MOVE_EVERY_MS = 10_000;
const ASK_EVERY_MS = 150;
/** Buckets of so many readings that they cannot be continued here are read again: their newest is so old at most. */
const CLOSED_FOR_MS = 60_000;
const MAX_KEPT_READINGS = 20_000;

export interface ChartFeed {
  /** Changes when a series did, or its window moved on. */
  readonly version: ReadonlySignal<number>;
  /** Changes when the range asks for another read. */
  readonly wanted: ReadonlySignal<number>;
  /** The same for all figures; while it is moved, another one each frame. */
  readonly window: ReadonlySignal<ChartWindow>;
  /** The same, but not while it is moved: for words and numbers, which nobody can read in flight. */
  readonly still: ReadonlySignal<ChartWindow>;
  /** All of the still window was read. Until then its numbers would be those of a part of it. */
  readonly covered: ReadonlySignal<boolean>;
  /** Parts of the still window that the hub could not read. */
  readonly damaged: ReadonlySignal<readonly TimeWindow[]>;
  /** The series as it is drawn now; whoever reads it is told when it changes. */
  series(metric: string): SeriesBuffer | undefined;
  /** In the window. */
  points(metric: string): number;
  read(metrics: readonly string[], widthPx: number, abort: AbortSignal): Promise<void>;
  close(): void;
}

export function createChartFeed(id: string, view: TimeView): ChartFeed {
  const version = signal(0);
  const wanted = signal(0);
  let tile: SeriesTile | undefined;
  let coming: (TileWish & Held) | undefined;
  let seen: ReadonlySet<string> = new Set();
  let kept: Reading[] | undefined;
  let drawTimer: ReturnType<typeof setTimeout> | undefined;
  let drawnAtMs = 0;
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let askedAtMs = 0;
  let closedTimer: ReturnType<typeof setTimeout> | undefined;
  let begun = false;

  const stopWatching = watchReadings(id, (readings) => {
    if (kept !== undefined && kept.length < MAX_KEPT_READINGS) kept.push(...readings);
    for (const reading of readings) add(reading);
    changed();
  });
  const moving = setInterval(changed, MOVE_EVERY_MS);
  let lastWindow: ChartWindow | undefined;
  const window = computed(() => {
    version.value; // the tile is no signal; this is
    const range = view.range.value;
    const next = range.kind === "live" ? liveWindow(range.preset) : fixedWindow(range);
    // A motion that settles, and new points in a fixed window, move nothing.
    const same = (Object.keys(next) as (keyof ChartWindow)[]).every((key) => next[key] === lastWindow?.[key]);
    if (!same || lastWindow === undefined) lastWindow = next;
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
  const stopWishing = effect(() => {
    view.range.value;
    untracked(wish);
  });

  function add(reading: Reading): void {
    const instant = Date.parse(reading.timestamp);
    // Nothing goes into a closed tail, and what lies before the tile is not shown.
    if (tile === undefined || tile.tail.fromMs === Infinity || instant < tile.fromMs || seen.has(reading._id)) return;
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
      for (const buffer of tile.buffers.values()) trimBefore(buffer, hubNowMs.peek() - range.preset.spanMs);
    }
    version.value += 1;
    if (tile?.young && tile.forSpanMs < spanOf(window.peek()) && range.kind === "live") readAgainCalmly();
  }

  /** Sees to it that what is shown is read: at once where nothing of it is there, else when the motion has ended. */
  function wish(): void {
    const range = view.range.peek();
    if (!begun) return; // the first read comes by itself
    if (range.kind === "live") {
      if ((coming ?? tile)?.preset !== range.preset) ask(0);
      return;
    }
    const need = needOf(tile, range);
    if (need === "nothing" || ["nothing", "margin"].includes(needOf(coming, range))) return;
    if (need !== "data") return ask(ASK_EVERY_MS);
    askTimer ??= setTimeout(askNow, Math.max(0, askedAtMs + ASK_EVERY_MS - performance.now()));
  }

  function ask(inMs: number): void {
    clearTimeout(askTimer);
    askTimer = setTimeout(askNow, inMs);
  }

  function askNow(): void {
    askTimer = undefined;
    askedAtMs = performance.now();
    wanted.value += 1;
  }

  /** A hidden tab reads again anyway when it comes back. */
  function askUnlessHidden(): void {
    if (!document.hidden) askNow();
  }

  async function read(metrics: readonly string[], widthPx: number, abort: AbortSignal): Promise<void> {
    clearTimeout(closedTimer);
    begun = true;
    const since: Reading[] = [];
    kept = since;
    const nowMs = Math.ceil(hubNowMs.peek());
    const wished = { ...wishOf(view.range.peek(), widthPx, nowMs), resolution: undefined };
    coming = wished;
    try {
      const next = await readTile(id, metrics, wished, nowMs, abort);
      tile = next;
      seen = new Set();
      for (const reading of next.tail.readings) add(reading);
      seen = new Set(next.tail.readings.map((reading) => reading._id));
      for (const reading of since) add(reading);
      if (next.toMs === Infinity && next.tail.fromMs === Infinity)
        closedTimer = setTimeout(askUnlessHidden, CLOSED_FOR_MS);
      requestAnimationFrame(draw);
    } finally {
      if (kept === since) kept = undefined;
      if (coming === wished) coming = undefined;
    }
    wish();
  }

  function liveWindow(preset: Preset): ChartWindow {
    const now = hubNowMs.peek();
    const beginMs = now - preset.spanMs;
    if (tile?.preset !== preset) return { fromMs: beginMs, toMs: now, preset, firstMs: undefined };
    const all = [...tile.buffers.values()];
    // Its end is not in a window: the newest point is to be.
    const toMs = Math.max(now, ...all.map((buffer) => (buffer.t.at(-1) ?? now) + 1));
    const firstMs = Math.min(...all.map((buffer) => buffer.t[0] ?? now));
    if (!tile.young || firstMs - beginMs < preset.spanMs / 24)
      return { fromMs: beginMs, toMs, preset, firstMs: undefined };
    return { fromMs: Math.min(firstMs, toMs - LEAST_WINDOW_MS), toMs, preset, firstMs };
  }

  function series(metric: string): SeriesBuffer | undefined {
    version.value;
    return tile?.buffers.get(metric);
  }

  return {
    version,
    wanted,
    window,
    still,
    covered,
    damaged,
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
      stopWishing();
      clearInterval(moving);
      for (const timer of [drawTimer, askTimer, closedTimer]) clearTimeout(timer);
    },
  };
}

const fixedWindow = ({ fromMs, toMs }: TimeWindow): ChartWindow => ({
  fromMs,
  toMs,
  preset: undefined,
  firstMs: undefined,
});

/** A chart's value; as the hub's series have them, true is 1. */
function asNumber(value: MetricValue | undefined): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}
