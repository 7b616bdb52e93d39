/** Shows whether the page is live, by the hub's tick. */
import { freshness } from "../hub/link.ts";
import { timeOfDay } from "../ui/time-words.ts";

export function LiveChip() {
  const now = freshness.value;
  if (now.kind === "live") {
    return (
      <span class="chip chip-live" data-state="live">
        <span aria-hidden="true">●</span> live
      </span>
    );
  }
  return (
    <span class="chip chip-stale" data-state={now.kind === "connecting" ? "connecting" : "stale"}>
      <span aria-hidden="true">○</span>{" "}
      {now.kind === "connecting" ? "connecting…" : `stale since ${timeOfDay(now.sinceMs)}`}
    </span>
  );
}
