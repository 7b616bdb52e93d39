/** The one banner above a page: the worst of what is wrong, and the rest behind a button. */
import { useComputed, useSignal } from "@preact/signals";
import { clockOffsetMs } from "../hub/clock.ts";
import { connectNow, freshness, newBuild, skipped, subscribeFault } from "../hub/link.ts";
import { readiness } from "../hub/readiness.ts";
import { session } from "../hub/session.ts";
import { Icon } from "../ui/icon.tsx";
import { route } from "../ui/route.ts";
import { apartMs, type HubNotice, hubNotices } from "./hub-notices.ts";

export function HubBanner() {
  const isUnfolded = useSignal(false);
  const offsetMs = useComputed(() => apartMs(clockOffsetMs.value)); // changes a little with each tick
  const [first, ...rest] = hubNotices({
    freshness: freshness.value,
    readiness: readiness.value,
    subscribeFault: subscribeFault.value,
    isOpenToAll: session.value?.auth === "off-and-public",
    isUnclaimed: session.value?.isUnclaimed === true && route.value.page !== "setup",
    hasNewBuild: newBuild.value,
    clockOffsetMs: offsetMs.value,
    skipped: skipped.value,
  });
  return (
    <>
      {/* Counts and times beside it change all the time: nobody wants them read out. */}
      <p class="sr-only" role="status">
        {first?.lead}
      </p>
      {first !== undefined && (
        <div class={`banner note note-${first.tone}`} data-banner={first.id}>
          <Notice notice={first} />
          {rest.length > 0 && (
            <button
              type="button"
              aria-expanded={isUnfolded.value}
              onClick={() => {
                isUnfolded.value = !isUnfolded.peek();
              }}
            >
              {isUnfolded.value ? "Show less" : `Show ${rest.length} more`}
            </button>
          )}
          {isUnfolded.value && rest.length > 0 && (
            <ul class="banner-rest">
              {rest.map((notice) => (
                <li key={notice.id}>
                  <Notice notice={notice} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

const ACTIONS = {
  connect: { words: "Retry now", act: connectNow },
  reload: { words: "Reload", act: () => location.reload() },
  account: {
    words: "Make your account",
    act: () => {
      location.hash = "#/setup";
    },
  },
} as const;

function Notice({ notice: { id, icon, lead, more, action } }: { notice: HubNotice }) {
  return (
    <>
      <Icon name={icon} />
      <p data-note={id}>
        <strong>{lead}</strong> {more}
      </p>
      {action !== undefined && (
        <button type="button" onClick={ACTIONS[action].act}>
          {ACTIONS[action].words}
        </button>
      )}
    </>
  );
}
