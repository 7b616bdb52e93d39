/** The value under the finger, below the head of the page: the hand covers the figure's own. The slider says the same aloud. */
import { readingAt } from "../chart/readout.tsx";
import type { ChartContext } from "../series/chart-context.ts";
import { metricLabel } from "../ui/value-words.ts";

interface ScrubProps {
  context: ChartContext;
  booleans: ReadonlySet<string>;
}

export function ScrubReadout({ context, booleans }: ScrubProps) {
  const { crosshair, touched, device } = context;
  const [at, metric] = [crosshair.value, touched.value];
  return (
    <div class="scrub" aria-hidden="true">
      {at !== undefined && metric !== undefined && (
        <p class="scrub-line">
          <b>{metricLabel(device.described(metric))}</b> {readingAt({ metric, context }, booleans.has(metric), at)}
        </p>
      )}
    </div>
  );
}
