/** The inspector page: what the hub refused, from whom and why. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Refusal } from "../../../src/contract/refusal.ts";
import { getRefusals } from "../hub/api.ts";
import { watchLive } from "../hub/link.ts";
import { watchRefusals } from "../hub/live.ts";
import { MAX_ROWS, mergeRefusals, type Refused } from "../hub/refused.ts";
import { solvedMarks } from "../hub/solved-marks.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { goToQuery, query } from "../ui/route.ts";
import { fullTime } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { CauseCard, SolvedCauses } from "./cause-card.tsx";
import { type Cause, causesOf } from "./causes.ts";
import { InspectorTabs } from "./inspector-tabs.tsx";

export function Inspector() {
  const refused = useSignal<Refused | undefined>(undefined);
  const since = useRef<Refusal[]>([]);
  usePageTitle("Inspector");
  useEffect(() => {
    watchLive([]); // no readings are shown here
    return watchRefusals((refusals) => {
      since.current.push(...refusals);
      if (refused.peek() !== undefined) refused.value = mergeRefusals(refused.value, refusals);
    });
  }, []);
  const read = useHubRead("refusals", async (abort) => {
    since.current = [];
    const answer = await getRefusals(abort);
    refused.value = mergeRefusals(answer, since.current);
  });
  return (
    <>
      <h1>Inspector</h1>
      <InspectorTabs here="refusals" />
      <p class="lead">What the hub refused, from whom and why, and what helps.</p>
      <ReadNote what="The refusals could not be read." read={read} />
      {refused.value === undefined ? (
        read.state.value === "loading" && <p class="quiet">Loading refusals…</p>
      ) : (
        <Refusals refused={refused.value} />
      )}
    </>
  );
}

type Show = "all" | Cause["kind"];
const SHOWN: readonly { show: Show; words: string }[] = [
  { show: "all", words: "All" },
  { show: "connection", words: "Connections" },
  { show: "message", words: "Messages" },
];

function Refusals({ refused }: { refused: Refused }) {
  const { open, solved } = causesOf(refused, solvedMarks.value);
  const asked = new URLSearchParams(query.value).get("show");
  const show = SHOWN.find((each) => each.show === asked)?.show ?? "all";
  const of = (kind: Show, causes: readonly Cause[]) => causes.filter((cause) => kind === "all" || cause.kind === kind);
  const since = fullTime(Date.parse(refused.since));
  if (open.length + solved.length === 0) return <p class="empty">Nothing was refused since {since}.</p>;
  return (
    <>
      <fieldset class="counters">
        <legend class="sr-only">Show refusals of</legend>
        {SHOWN.map((each) => (
          <button
            key={each.show}
            type="button"
            class={of(each.show, open).length === 0 ? "counter counter-zero" : "counter"}
            aria-pressed={each.show === show}
            onClick={() => goToQuery(each.show === "all" ? "" : `show=${each.show}`)}
          >
            <span class="counter-word">{each.words}</span>{" "}
            <span class="counter-number">{countWords(of(each.show, open).length)}</span>
          </button>
        ))}
      </fieldset>
      {of(show, open).length === 0 && (
        <p class="empty">Nothing {show === "all" ? "" : "of this kind "}is refused now.</p>
      )}
      <div class="causes">
        {of(show, open).map((cause) => (
          <CauseCard key={cause.code} cause={cause} refused={refused} />
        ))}
      </div>
      <SolvedCauses causes={of(show, solved)} refused={refused} />
      <p class="quiet">
        Counted since {since}.{refused.rejections.length >= MAX_ROWS && ` The hub lists the ${MAX_ROWS} newest kinds.`}
      </p>
    </>
  );
}
