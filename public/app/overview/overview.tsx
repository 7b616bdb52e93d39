/** The overview page: every device as a card, with search, filter and pages of a hundred. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type HubFault, toFault } from "../hub/api.ts";
import { epoch, readAgainSoon } from "../hub/epoch.ts";
import { watchLive } from "../hub/link.ts";
import { unknownDevices } from "../hub/live.ts";
import { reaches } from "../hub/session.ts";
import { type HubRead, useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { countWords } from "../ui/value-words.ts";
import { DeviceCard } from "./device-card.tsx";
import {
  hubTotal,
  loadedIds,
  nextCursor,
  type PresenceFilter,
  partLoaded,
  presenceFilter,
  readList,
  readMore,
  search,
  shown,
  total,
} from "./device-list.ts";
import { FirstSteps } from "./first-steps.tsx";
import { OverviewTools } from "./overview-tools.tsx";

/** Up to this many devices the page subscribes to all of them; beyond, to those that it shows. */
const HEAR_ALL_UP_TO = 200;
/** The hub's limit of one subscription. */
const MAX_SUBSCRIBED = 1_000;

export function Overview() {
  const read = useHubRead(`devices matching ${search.value}`, readList);
  usePageTitle("Overview");
  useLiveDevices();

  return (
    <>
      <h1>Overview</h1>
      <OverviewTools />
      <ReadNote what="The devices could not be read." read={read} />
      <LazyOffers />
      <Devices read={read} />
      <MoreDevices />
    </>
  );
}

/** Once there is a device. What is unknown makes the page read again, and may be what a preset waits for. */
function LazyOffers() {
  if ((hubTotal.value ?? 0) === 0 || !reaches("owner")) return null;
  return <LazyPage load={ruleOffers} props={ELSEWHERE} isQuiet />;
}

const ELSEWHERE = { isElsewhere: true };
const ruleOffers = async () => (await import("../rules/rule-offers.tsx")).RuleOffers;

/** Subscribes to what is on screen, and reads the list again when unknown devices appear. */
function useLiveDevices(): void {
  useSignalEffect(() => {
    const few = (hubTotal.value ?? 0) <= HEAR_ALL_UP_TO;
    watchLive(few || loadedIds.value.length > MAX_SUBSCRIBED ? undefined : loadedIds.value);
  });
  const seen = useRef(unknownDevices.peek());
  useSignalEffect(() => {
    if (unknownDevices.value === seen.current) return;
    seen.current = unknownDevices.value;
    // With a search or with more pages to come, an unknown device was most likely left out on purpose.
    if (search.peek() === "" && nextCursor.peek() === null) readAgainSoon();
  });
}

function Devices({ read }: { read: HubRead }) {
  if (read.state.value === "loading" && loadedIds.value.length === 0) return <p class="quiet">Loading devices…</p>;
  if (read.state.value === "failed" && loadedIds.value.length === 0) return null;
  if (loadedIds.value.length === 0 && search.value === "") return <FirstSteps />;
  if (shown.value.length === 0) return <NothingMatches />;
  return (
    <ul class="devices" aria-label="Devices">
      {shown.value.map((device) => (
        <DeviceCard key={device.id} device={device} />
      ))}
    </ul>
  );
}

function NothingMatches() {
  const words = search.value;
  const filter = presenceFilter.value;
  return (
    <div class="empty">
      <p>{nothingText(words, filter, partLoaded.value)}</p>
      <button
        type="button"
        onClick={() => {
          search.value = "";
          presenceFilter.value = "all";
        }}
      >
        Show all devices
      </button>
    </div>
  );
}

function nothingText(words: string, filter: PresenceFilter, part: string | undefined): string {
  const device = filter === "all" ? "device" : `${filter} device`;
  const among = part === undefined ? "" : ` ${part}`;
  return words === "" ? `There is no ${device}${among}.` : `No ${device} matches “${words}”${among}.`;
}

function MoreDevices() {
  const busy = useSignal<AbortController | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  // A new reading of the list supersedes the next page of the old one.
  useEffect(() => {
    busy.peek()?.abort();
    busy.value = undefined;
  }, [epoch.value, search.value]);

  const load = async () => {
    const abort = new AbortController();
    busy.value = abort;
    fault.value = undefined;
    await readMore(abort.signal).catch((thrown: unknown) => {
      if (!abort.signal.aborted) fault.value = toFault(thrown);
    });
    if (busy.peek() === abort) busy.value = undefined;
  };

  if (nextCursor.value === null || total.value === undefined) return null;
  return (
    <div class="more">
      {fault.value !== undefined && <FaultNote what="The next devices could not be read." fault={fault.value} />}
      <p class="quiet">
        {countWords(loadedIds.value.length)} of {countWords(total.value)} devices
      </p>
      <button type="button" onClick={() => void load()} disabled={busy.value !== undefined}>
        {busy.value === undefined ? "Load more" : "Loading…"}
      </button>
    </div>
  );
}
