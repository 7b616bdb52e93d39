/** Shows whether the charts are live or fixed in the past, with the way back to live. Of a device that sends nothing nothing is live. */

import { isStale } from "../hub/freshness.ts";
import { freshness, subscribeFault } from "../hub/link.ts";
import { isPaused } from "../preferences/pace.ts";
import type { ChartContext } from "../series/chart-context.ts";

export function LiveBadge({ context: { view, device } }: { context: ChartContext }) {
  if (view.range.value.kind === "fixed") {
    return (
      <>
        <span class="badge badge-fixed">Past</span>
        <button type="button" onClick={view.backToLive}>
          Back to live
        </button>
      </>
    );
  }
  // A chart must not look alive while the page is not.
  if (isStale(freshness.value) || subscribeFault.value !== undefined) {
    return <span class="badge badge-fixed">Not live now</span>;
  }
  if (isPaused.value) return <span class="badge badge-fixed">Paused</span>;
  const { detail } = device.presence.value;
  if (detail !== "online") return <span class="badge badge-fixed">{SILENT[detail]}</span>;
  return (
    <span class="badge badge-live">
      <span aria-hidden="true">●</span> Live
    </span>
  );
}

const SILENT = { late: "Late: no new readings", asleep: "Asleep", offline: "Offline: no new readings" } as const;
