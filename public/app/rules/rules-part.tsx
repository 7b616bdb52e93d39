/** The rules: what is offered, and each as a sentence with its switch. */
import { useSignal } from "@preact/signals";
import type { Rule } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { channelsOrNone, getRules } from "../hub/alert-api.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { ReadNote } from "../ui/fault-note.tsx";
import { Text } from "../ui/form-fields.tsx";
import { newRuleHref } from "../ui/route.ts";
import { countWords } from "../ui/value-words.ts";
import { useKnownDevices } from "./draft/known-devices.ts";
import { ruleWords } from "./draft/rule-words.ts";
import { RuleEntry } from "./rule-entry.tsx";
import { RuleOffers } from "./rule-offers.tsx";

const SHOWN_AT_FIRST = 50;
/** So many are found by eye. */
const SEARCH_FROM = 12;

interface Found {
  readonly rules: readonly Rule[];
  readonly channels: readonly ChannelAnswer[];
}

export function RulesPart() {
  const found = useSignal<Found | undefined>(undefined);
  const { known } = useKnownDevices();
  const look = async (abort?: AbortSignal) => {
    const [{ rules }, channels] = await Promise.all([getRules(abort), channelsOrNone(abort)]);
    found.value = { rules, channels };
  };
  const read = useHubRead("rules", look);
  return (
    <>
      <div class="part-head">
        <p class="lead">A rule watches metrics or devices, and fires when something is wrong.</p>
        {reaches("owner") && (
          <a class="main-link" href={newRuleHref()}>
            New rule
          </a>
        )}
      </div>
      <ReadNote what="The rules could not be read." read={read} />
      {found.value === undefined && read.state.value === "loading" && <p class="quiet">Loading rules…</p>}
      <RuleOffers made={() => void look()} />
      {found.value !== undefined && <Rules {...found.value} known={known} changed={() => look()} />}
      {!reaches("owner") && <p class="quiet">Only an owner can make and change rules.</p>}
    </>
  );
}

interface RulesProps extends Found {
  readonly known: ReturnType<typeof useKnownDevices>["known"];
  readonly changed: () => Promise<void>;
}

function Rules({ rules, channels, known, changed }: RulesProps) {
  const search = useSignal("");
  const most = useSignal(SHOWN_AT_FIRST);
  if (rules.length === 0) return <p class="empty">There is no rule, so nothing is watched.</p>;
  const words = search.value.trim().toLowerCase();
  const matching = rules.filter(
    (rule) => rule.name.toLowerCase().includes(words) || ruleWords(rule, known).toLowerCase().includes(words),
  );
  const shown = matching.slice(0, most.value);
  return (
    <>
      {rules.length >= SEARCH_FROM && (
        <Text
          label="Search rules"
          value={search.value}
          change={(next) => (search.value = next)}
          placeholder="name, metric or device"
        />
      )}
      <ul class="rules" aria-label="Rules">
        {shown.map((rule) => (
          <RuleEntry key={rule.id} {...{ rule, channels, known, changed }} />
        ))}
      </ul>
      {matching.length === 0 && <p class="empty">No rule matches “{search.value}”.</p>}
      {shown.length < matching.length && (
        <p class="more">
          <span class="quiet">
            {countWords(shown.length)} of {countWords(matching.length)} rules
          </span>
          <button type="button" onClick={() => (most.value += SHOWN_AT_FIRST)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}
