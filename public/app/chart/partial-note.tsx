/** Says that a chart is not whole while MongoDB is away, or takes what came meanwhile. Reads nothing again itself. */
import type { ChartContext } from "../series/chart-context.ts";
import { Icon } from "../ui/icon.tsx";
import { timeOfDay } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";

export function PartialNote({ context: { feed } }: { context: ChartContext }) {
  const partial = feed.partial.value;
  if (partial === undefined) return null;
  const since = timeOfDay(Date.parse(partial.since));
  return (
    <div class="note note-warn" role="status" data-note="partial">
      <Icon name="warning" />
      <p>
        {partial.shows === "waiting"
          ? `MongoDB is away since ${since}. These charts show only what came since then; nothing is lost, and the rest is back with it.`
          : `MongoDB is back and takes what came since ${since}: ${countWords(partial.waiting)} readings are still to come.`}
      </p>
    </div>
  );
}
