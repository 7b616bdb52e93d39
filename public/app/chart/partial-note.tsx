/** Says that a chart is incomplete while MongoDB does not answer, or stores what came meanwhile. */
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
          ? `MongoDB has not answered since ${since}. These charts show only what arrived since then. Nothing is lost: the rest appears when MongoDB answers again.`
          : `MongoDB answers again. ${countWords(partial.waiting)} readings from after ${since} are not stored yet and are missing here.`}
      </p>
    </div>
  );
}
