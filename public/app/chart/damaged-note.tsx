/** Says which parts of the range the hub could not read, so that nobody takes them for gaps of the device. */

import { hubNowMs } from "../hub/clock.ts";
import type { ChartContext } from "../series/chart-context.ts";
import { Icon } from "../ui/icon.tsx";
import { spanWords } from "../ui/time-words.ts";

const MAX_NAMED = 3;

export function DamagedNote({ context: { feed } }: { context: ChartContext }) {
  const spans = feed.damaged.value;
  if (spans.length === 0) return null;
  const named = spans.slice(0, MAX_NAMED).map(({ fromMs, toMs }) => spanWords(fromMs, toMs, hubNowMs.peek()));
  const more = spans.length - named.length;
  return (
    <div class="note note-warn" role="status" data-note="damaged">
      <Icon name="warning" />
      <p>
        A part of this range is damaged on the hub's disk and is missing here: {named.join("; ")}
        {more > 0 && ` and ${more} more`}. A backup may have it.
      </p>
    </div>
  );
}
