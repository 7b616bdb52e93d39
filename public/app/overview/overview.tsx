/** The overview: what is wrong, how many devices are in which state, and all devices, of which the hub decides the order. */
import { useEffect } from "preact/hooks";
import { alertsRead, alertsReading } from "../hub/alert-state.ts";
import { fleetCounts } from "../hub/fleet-state.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { isNarrow } from "../preferences/narrow.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { LazyPage } from "../ui/lazy-page.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { countWords } from "../ui/value-words.ts";
import { AttentionStrip } from "./attention-strip.tsx";
import { DeviceWindow } from "./device-window.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { followFleet } from "./list/follow-fleet.ts";
import { askedFor, choice, choose, type Layout, type ListChoice, NO_FILTERS } from "./list/list-choice.ts";
import { isOfChoice, list, listFor, readList } from "./list/list-reader.ts";
import { STATE_WORDS } from "./list/list-words.ts";
import { OverviewTools } from "./overview-tools.tsx";
import { selected } from "./selection/selected-devices.ts";
import { readSimulation, SimulatedBoards } from "./simulated-boards.tsx";

/** Up to so many devices are cards, unless somebody chooses. */
const CARDS_UP_TO = 60;

export function Overview() {
  const read = useHubRead(`devices ${askedFor.value}`, readList, 0, false);
  usePageTitle("Overview");
  const simulationRead = useHubRead("simulation", readSimulation, 0, false);
  useEffect(followFleet, []);
  const isPhone = isNarrow.value;
  const all = fleetCounts.value?.all;
  const layout: Layout = isPhone ? "table" : (choice.value.layout ?? ((all ?? 0) > CARDS_UP_TO ? "table" : "cards"));
  // What is wrong is above the list: both come together, so that the list does not move.
  const isReady =
    list.value !== undefined && alertsRead.value !== "loading" && simulationRead.state.value !== "loading";
  const isEmpty = isReady && all === 0;
  const isUnknown = read.state.value === "failed" && !isOfChoice.value;
  return (
    <>
      <h1 class="sr-only">Overview</h1>
      <ReadNote what="The alerts could not be read." read={alertsReading} />
      {isReady && <AttentionStrip />}
      {isReady && <SimulatedBoards />}
      {!isEmpty && <OverviewTools layout={layout} busy={read.busy} />}
      <ReadNote what="The devices could not be read." read={read} />
      {!isReady && read.state.value === "loading" && <p class="quiet">Loading devices…</p>}
      {isEmpty && <FirstSteps />}
      {isReady && !isEmpty && !isUnknown && <Devices layout={layout} isPhone={isPhone} />}
      {selected.value !== undefined && !isEmpty && <LazyPage load={selectionBar} props={NOTHING} isQuiet />}
      {isReady && !isEmpty && reaches("owner") && <LazyPage load={ruleOffers} props={ELSEWHERE} isQuiet />}
    </>
  );
}

const NOTHING = {};
const selectionBar = async () => (await import("./selection/selection-bar.tsx")).SelectionBar;
const ELSEWHERE = { isElsewhere: true };
const ruleOffers = async () => (await import("../rules/rule-offers.tsx")).RuleOffers;

function Devices({ layout, isPhone }: { layout: Layout; isPhone: boolean }) {
  const now = list.value;
  if (now === undefined) return null;
  if (now.ids.length === 0 && !isOfChoice.value) return null;
  return (
    <>
      {now.ids.length === 0 ? (
        <NothingMatches />
      ) : (
        <DeviceWindow key={`${layout} ${isPhone} ${listFor.value}`} list={now} layout={layout} isPhone={isPhone} />
      )}
      {now.groupsLeftOut > 0 && (
        <p class="quiet">{countWords(now.groupsLeftOut)} more groups are not shown. Search, or choose another group.</p>
      )}
    </>
  );
}

function NothingMatches() {
  return (
    <div class="empty">
      <p>{nothingWords(choice.value)}</p>
      <button type="button" onClick={() => choose(NO_FILTERS)}>
        Show all devices
      </button>
    </div>
  );
}

function nothingWords({ state, search, tag, place, family }: ListChoice): string {
  if (state === "normal" || [tag, place, family].some((filter) => filter !== undefined))
    return search === "" ? "No device matches these filters." : `No device matches these filters and “${search}”.`;
  const { is } = STATE_WORDS[state ?? "all"];
  return search === "" ? `No device is ${is}.` : `No device that matches “${search}” is ${is}.`;
}
