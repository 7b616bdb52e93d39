/** A view on a wall tablet: what is wrong, the view, and nothing to press. It recovers by itself, and never asks for a password. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { View } from "../../../src/contract/views/views.ts";
import { shownNowMs } from "../hub/clock.ts";
import { freshness, subscribeFault } from "../hub/link.ts";
import { readiness } from "../hub/readiness.ts";
import { isIn, session, sessionFault, tabletFault } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { AttentionStrip } from "../overview/attention-strip.tsx";
import { hubNotices } from "../shell/hub-notices.ts";
import { Icon } from "../ui/icon.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { route } from "../ui/route.ts";
import { minuteOfDay } from "../ui/time-words.ts";
import { ViewParts } from "../views/parts/view-parts.tsx";
import { getView, getViews } from "../views/view-api.ts";
import { useWall } from "./use-wall.ts";

export function KioskApp() {
  useWall();
  return (
    <main class="kiosk" data-kiosk={isIn.value ? "in" : "out"}>
      {isIn.value ? <Wall /> : <NotIn />}
    </main>
  );
}

/** An owner may change the view meanwhile. */
const READ_AGAIN_MS = 60_000;

function Wall() {
  const now = route.value;
  const id = now.page === "view" ? now.id : undefined;
  const view = useSignal<View | undefined>(undefined);
  const reads = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      reads.value += 1;
    }, READ_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const read = useHubRead(
    `the view of the wall ${id ?? ""}`,
    async (abort) => {
      view.value = id === undefined ? (await getViews(abort)).views[0] : await getView(id, abort);
    },
    reads.value,
  );
  usePageTitle(view.value?.name ?? "View");
  const isGone = read.fault.value?.code === "VIEW_UNKNOWN";
  const shown = isGone || (id !== undefined && view.value?.id !== id) ? undefined : view.value;
  return (
    <>
      <header class="kiosk-head">
        <h1>{shown?.name ?? "Aerie"}</h1>
        <Time />
      </header>
      <HubTrouble />
      <AttentionStrip isOnlyShown />
      {shown !== undefined && <ViewParts view={shown} />}
      {shown?.parts.length === 0 && <p class="kiosk-words">This view shows nothing yet.</p>}
      {shown === undefined && (
        <p class="kiosk-words" data-no-view>
          {isGone || read.state.value === "ready"
            ? "There is no such view any more. Make a new link: open another view on a phone or computer, and choose Create tablet link…"
            : "Loading…"}
        </p>
      )}
    </>
  );
}

const Time = () => <time>{useComputed(() => minuteOfDay(shownNowMs.value))}</time>;

/** The same words as on every page, without buttons. */
function HubTrouble() {
  const [worst] = hubNotices({
    freshness: freshness.value,
    readiness: readiness.value,
    subscribeFault: subscribeFault.value,
    isOpenToAll: false,
    isUnclaimed: false,
    hasNewBuild: false,
    clockOffsetMs: 0,
    skipped: 0,
  });
  if (worst === undefined) return null;
  return (
    <p class="kiosk-trouble" role="alert">
      <Icon name={worst.icon} /> <b>{worst.lead}</b> {worst.more}
    </p>
  );
}

function NotIn() {
  usePageTitle(undefined);
  const words = sessionFault.value?.message;
  if (session.value === undefined) {
    return (
      <div class="kiosk-words" role="status">
        <h1>Aerie</h1>
        <p>{words === undefined ? "Connecting to the hub…" : `${words}. Retrying…`}</p>
      </div>
    );
  }
  return (
    <div class="kiosk-words" role="status">
      <h1>This tablet needs a new link</h1>
      <p>{tabletFault.value?.message ?? "Its link was revoked, or this browser has no link yet"}.</p>
      <ol>
        <li>On a phone or computer, open Aerie and sign in as its owner.</li>
        <li>
          Open the view, and choose <b>Create tablet link…</b>
        </li>
        <li>Scan the code with this tablet.</li>
      </ol>
    </div>
  );
}
