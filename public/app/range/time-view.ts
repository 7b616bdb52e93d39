/**
 * The range that a page's charts share: chosen, moved, kept in the address. It changes once an animation frame at most.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { hubNowMs } from "../hub/clock.ts";
import { goToQuery, query } from "../ui/route.ts";
import { type ChartRange, DEFAULT_PRESET, fixedRange, liveRange, type Preset, type TimeWindow } from "./chart-range.ts";
import { parseRange, rangeQuery, withRange } from "./range-address.ts";
import { clampWindow, spanOf, zoomed } from "./range-moves.ts";

/** A motion by wheel or keys ends after this long without another step. */
const SETTLE_AFTER_MS = 400;
const OUT_FACTOR = 4;

type Move = (window: TimeWindow) => TimeWindow;

export interface TimeView {
  readonly range: ReadonlySignal<ChartRange>;
  /** Between the first step of a motion and its end; the address waits for the end. */
  readonly moving: ReadonlySignal<boolean>;
  choose(range: ChartRange): void;
  /** The preset that was shown last. */
  backToLive(): void;
  /** One step from `now`, the window that is drawn; ends when `settle` is called. */
  move(now: TimeWindow, step: Move): void;
  /** The same, and it ends by itself. */
  nudge(now: TimeWindow, step: Move): void;
  settle(): void;
  /** To the range that was chosen before zooming; from there, further out. */
  out(now: TimeWindow): void;
  close(): void;
}

export function createTimeView(): TimeView {
  const motion = signal<TimeWindow | undefined>(undefined);
  const range = computed<ChartRange>(() =>
    motion.value === undefined ? parseRange(query.value) : fixedRange(motion.value),
  );
  let home = range.peek();
  let preset: Preset = DEFAULT_PRESET;
  let next: TimeWindow | undefined;
  let frame = 0;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const stopFollowing = range.subscribe((now) => {
    if (now.kind === "fixed") return;
    preset = now.preset;
    home = now;
  });
  // Going back in the middle of a motion ends it: the address decides.
  const stopAddress = query.subscribe(() => {
    stop();
    motion.value = undefined;
  });

  function move(now: TimeWindow, step: Move): void {
    clearTimeout(settling);
    // Several steps may come within a frame: each begins where the former ended, drawn or not.
    next = clampWindow(step(next ?? now), hubNowMs.peek());
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    if (next !== undefined) motion.value = next;
    next = undefined;
  }

  function stop(): void {
    clearTimeout(settling);
    cancelAnimationFrame(frame);
    frame = 0;
    next = undefined;
  }

  function settle(): void {
    const last = next ?? motion.peek();
    stop();
    if (last !== undefined) go(fixedRange(last));
  }

  function go(to: ChartRange): void {
    batch(() => {
      motion.value = undefined;
      goToQuery(withRange(query.peek(), to));
    });
  }

  function choose(to: ChartRange): void {
    stop();
    home = to;
    go(to);
  }

  return {
    range,
    moving: computed(() => motion.value !== undefined),
    choose,
    backToLive: () => choose(liveRange(preset)),
    move,
    nudge(now, step) {
      move(now, step);
      settling = setTimeout(settle, SETTLE_AFTER_MS);
    },
    settle,
    out(now) {
      if (rangeQuery(home) !== rangeQuery(range.peek())) choose(home);
      else if (home.kind === "fixed") {
        move(now, (window) => zoomed(window, window.fromMs + spanOf(window) / 2, OUT_FACTOR));
        settle();
        home = range.peek();
      }
    },
    close() {
      stop();
      stopFollowing();
      stopAddress();
    },
  };
}
