/** Says that the range has no readings, and leads to where there are some. */

import { hubNowMs } from "../hub/clock.ts";
import { DEFAULT_PRESET, fixedRange, liveRange } from "../range/chart-range.ts";
import { clampWindow, panned, spanOf } from "../range/range-moves.ts";
import { noReadingWords } from "../range/range-words.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { fullTime } from "../ui/time-words.ts";

export function RangeEmpty({ context }: { context: ChartContext }) {
  const { view, feed, device } = context;
  const lastMs = Math.max(...[...device.values.values()].map((value) => value.peek().atMs));
  const showLast = () => {
    const span = spanOf(feed.window.peek());
    const endingThere = panned({ fromMs: lastMs - span, toMs: lastMs }, 0.1);
    view.choose(fixedRange(clampWindow(endingThere, hubNowMs.peek())));
  };
  return (
    <div class="empty range-empty" role="status">
      <p>
        {noReadingWords(feed.still.value)}. The newest one is from {fullTime(lastMs)}.
      </p>
      <div class="buttons">
        <button type="button" onClick={showLast}>
          Show the newest readings
        </button>
        {view.range.value.kind === "fixed" && (
          <button type="button" onClick={() => view.choose(liveRange(DEFAULT_PRESET))}>
            Back to the last 24 hours
          </button>
        )}
      </div>
    </div>
  );
}
