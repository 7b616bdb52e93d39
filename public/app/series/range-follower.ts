/**
 * Requests another read when the range in view needs one: at once where nothing of it was read, else when the motion has
 * ended. It waits for a read under way that will do.
 */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Preset } from "../range/chart-range.ts";
import type { TimeView } from "../range/time-view.ts";
import { type Held, needOf } from "./tile-request.ts";

const ASK_EVERY_MS = 150;
/** Buckets of so many readings that they cannot be continued in the page are read again: they are so old at most. */
const CLOSED_FOR_MS = 60_000;

type Part = Held & { readonly preset?: Preset | undefined };

export interface RangeFollower {
  /** Another number asks for another read. */
  readonly wanted: ReadonlySignal<number>;
  /** A read begins: of now, or of another cause. The first one comes by itself. */
  begin(): void;
  /** A read has ended; `closed`: live values cannot continue what it brought. */
  end(closed: boolean): void;
  close(): void;
}

export function createRangeFollower(
  view: TimeView,
  parts: () => { held: Part | undefined; coming: Part | undefined },
): RangeFollower {
  const wanted = signal(0);
  let begun = false;
  let askedAtMs = 0;
  let askTimer: ReturnType<typeof setTimeout> | undefined;
  let closedTimer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    view.range.value;
    untracked(follow);
  });

  function follow(): void {
    if (!begun) return;
    const range = view.range.peek();
    const { held, coming } = parts();
    if (range.kind === "live") {
      if ((coming ?? held)?.preset !== range.preset) ask(0);
      return;
    }
    const need = needOf(held, range);
    if (need === "nothing" || ["nothing", "margin"].includes(needOf(coming, range))) return;
    if (need !== "data") return ask(ASK_EVERY_MS);
    // However long the motion lasts, what it reaches is read.
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

  return {
    wanted,
    begin() {
      begun = true;
      clearTimeout(closedTimer);
    },
    end(closed) {
      // A hidden tab reads again anyway when it comes back.
      if (closed) closedTimer = setTimeout(() => !document.hidden && askNow(), CLOSED_FOR_MS);
      follow();
    },
    close() {
      stop();
      clearTimeout(askTimer);
      clearTimeout(closedTimer);
    },
  };
}
