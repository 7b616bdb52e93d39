/**
 * What is wrong with the hub, or between page and hub, above the data: lost, silent, updates left out, clocks apart, a new version.
 */
import { clockOffsetMs } from "../hub/clock.ts";
import type { Freshness } from "../hub/freshness.ts";
import { connectNow, freshness, newBuild, skipped, subscribeFault } from "../hub/link.ts";
import { session } from "../hub/session.ts";
import { Icon } from "../ui/icon.tsx";
import { durationWords, timeOfDay } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { ReadinessNotes } from "./readiness-notes.tsx";

const CLOCKS_APART_MS = 60_000;

export function HubNotes() {
  return (
    <div class="hub-notes">
      <div role="status" class="banner">
        <StaleBanner now={freshness.value} />
      </div>
      {session.value?.auth === "off-and-public" && <OpenToAll />}
      <ReadinessNotes />
      <Notes />
    </div>
  );
}

function OpenToAll() {
  return (
    <div class="note note-bad" data-note="open">
      <Icon name="warning" />
      <p>
        <strong>This hub runs without accounts.</strong> Everybody who can reach it can see and change everything
        (AERIE_AUTH=off-and-public). To change that, restart it with AERIE_AUTH=on.
      </p>
    </div>
  );
}

function StaleBanner({ now }: { now: Freshness }) {
  if (now.kind !== "lost" && now.kind !== "silent") return null;
  const time = timeOfDay(now.sinceMs);
  return (
    <div class="note note-warn" data-banner={now.kind}>
      <Icon name="warning" />
      <p>
        <strong>
          {now.kind === "lost"
            ? `Connection lost at ${time}.`
            : `Connected, but the hub has sent nothing since ${time}.`}
        </strong>{" "}
        The values below are from before. Trying again…
      </p>
      <button type="button" onClick={connectNow}>
        Try now
      </button>
    </div>
  );
}

function Notes() {
  const apartMs = Math.round(clockOffsetMs.value / 1_000) * 1_000;
  return (
    <>
      {newBuild.value && (
        <div class="note" role="status">
          <p>The hub has a new version of this page.</p>
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      )}
      {subscribeFault.value !== undefined && (
        <div class="note note-warn" role="status">
          <Icon name="warning" />
          <p>
            The hub does not send live values to this page <code>{subscribeFault.value}</code>. Trying again…
          </p>
        </div>
      )}
      {Math.abs(apartMs) > CLOCKS_APART_MS && (
        <div class="note" data-note="clock">
          <Icon name="clock" />
          <p>
            The clock of your computer or phone is {durationWords(Math.abs(apartMs))}{" "}
            {apartMs > 0 ? "behind" : "ahead of"} the hub's clock. The times on this page are the hub's. Set the clock
            that is wrong.
          </p>
        </div>
      )}
      {skipped.value > 0 && (
        <p class="note" data-note="dropped">
          This page could not keep up and skipped {countWords(skipped.value)} live updates. Nothing is lost: the charts
          load them from the hub.
        </p>
      )}
    </>
  );
}
