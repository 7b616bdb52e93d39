/** The series of several devices over one range: a feed for each device, and one window for all. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { hubNowMs } from "../../hub/clock.ts";
import { whenShown } from "../../preferences/pace.ts";
import type { ChartWindow } from "../../range/chart-range.ts";
import type { TimeView } from "../../range/time-view.ts";
import { type ChartFeed, createChartFeed } from "../../series/chart-feed.ts";
import { windowOf } from "../../series/tile-window.ts";

export interface ViewFeeds {
  readonly window: ReadonlySignal<ChartWindow>;
  /** The same, but unchanged while it is moved. */
  readonly still: ReadonlySignal<ChartWindow>;
  /** Another number asks for another read. */
  wanted(): number;
  of(device: string): ChartFeed;
  /** Closes those of other devices. */
  keepOnly(devices: readonly string[]): void;
  close(): void;
}

const LEAST_STEP_MS = 1_000;
const MOST_STEP_MS = 10_000;
/** Of a live window: less than a pixel. */
const STEP = 1 / 2_000;

export function createViewFeeds(view: TimeView): ViewFeeds {
  const feeds = new Map<string, ChartFeed>();
  const kept = signal(0);
  /** Of those that were closed. */
  let formerlyWanted = 0;
  const steps = signal(0);
  let steppedAtMs = hubNowMs.peek();
  const stop = hubNowMs.subscribe((nowMs) => {
    const range = view.range.peek();
    if (range.kind !== "live") return;
    const stepMs = Math.min(Math.max(range.preset.spanMs * STEP, LEAST_STEP_MS), MOST_STEP_MS);
    if (Math.abs(nowMs - steppedAtMs) < stepMs) return;
    steppedAtMs = nowMs;
    whenShown(step);
  });
  const window = computed(() => {
    steps.value;
    return windowOf(view.range.value, undefined, hubNowMs.peek());
  });
  let lastStill = window.peek();
  const still = computed(() => {
    if (!view.moving.value) lastStill = window.value;
    return lastStill;
  });

  function step(): void {
    steps.value += 1;
  }

  return {
    window,
    still,
    wanted: () => {
      kept.value;
      return [...feeds.values()].reduce((sum, feed) => sum + feed.wanted.value, formerlyWanted);
    },
    of(device) {
      const known = feeds.get(device);
      if (known !== undefined) return known;
      const feed = createChartFeed(device, view, window);
      feeds.set(device, feed);
      return feed;
    },
    keepOnly(devices) {
      for (const [device, feed] of feeds) {
        if (devices.includes(device)) continue;
        formerlyWanted += feed.wanted.peek();
        feed.close();
        feeds.delete(device);
      }
      kept.value += 1;
    },
    close() {
      stop();
      for (const feed of feeds.values()) feed.close();
    },
  };
}
