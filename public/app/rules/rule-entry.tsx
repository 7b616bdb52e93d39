/** One rule in the list: its sentence, whether it fires, its switch, and how it is changed and deleted. */
import { useSignal } from "@preact/signals";
import type { Rule } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { deleteRule, putRule } from "../hub/alert-api.ts";
import { alerts, isFiring } from "../hub/alert-state.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { OnSwitch } from "../ui/on-switch.tsx";
import { ruleHref } from "../ui/route.ts";
import { countWords } from "../ui/value-words.ts";
import { channelsWords, type Names, ruleWords } from "./draft/rule-words.ts";

interface EntryProps {
  readonly rule: Rule;
  readonly channels: readonly ChannelAnswer[];
  readonly known: Names;
  readonly changed: () => Promise<void>;
}

export function RuleEntry({ rule, channels, known, changed }: EntryProps) {
  const isAsking = useSignal(false);
  const busy = useSignal(false);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);
  const work = async (what: string, task: () => Promise<unknown>) => {
    busy.value = true;
    fault.value = undefined;
    try {
      await task();
      await changed();
    } catch (thrown) {
      fault.value = { what, fault: toFault(thrown) };
    }
    busy.value = false;
  };
  const { id, ...fields } = rule;
  const turn = () => work("The rule was not changed.", () => putRule(id, { ...fields, enabled: !rule.enabled }));
  const isOwner = reaches("owner");
  return (
    <li class={`rule severity-${rule.severity}${rule.enabled ? "" : " rule-off"}`} data-rule={id}>
      <div class="rule-about">
        <p class="rule-name">
          <Icon name={rule.severity} />
          <span class="sr-only">{rule.severity}: </span>
          <strong>{rule.name}</strong>
          <Firing ruleId={id} />
        </p>
        <p class="rule-words">{ruleWords(rule, known)}</p>
        <p class="quiet">{channelsWords(rule, (channel) => channels.find((each) => each.id === channel)?.name)}</p>
      </div>
      <div class="buttons">
        {isOwner ? (
          <OnSwitch name={rule.name} isOn={rule.enabled} isBusy={busy.value} turn={() => void turn()} />
        ) : (
          <span class="quiet">{rule.enabled ? "on" : "off"}</span>
        )}
        {isOwner && !isAsking.value && (
          <>
            <a class="button-link" href={ruleHref(id)} aria-label={`Change ${rule.name}`}>
              Change
            </a>
            <button type="button" aria-label={`Delete ${rule.name}`} onClick={() => (isAsking.value = true)}>
              Delete…
            </button>
          </>
        )}
        {isAsking.value && (
          <span class="buttons" role="alert">
            <span>Its alerts end; the log stays.</span>
            <button
              type="button"
              class="danger"
              disabled={busy.value}
              onClick={() => void work("The rule was not deleted.", () => deleteRule(id))}
            >
              Delete
            </button>
            <button type="button" onClick={() => (isAsking.value = false)}>
              Keep
            </button>
          </span>
        )}
      </div>
      {fault.value !== undefined && <FaultNote {...fault.value} />}
    </li>
  );
}

function Firing({ ruleId }: { ruleId: string }) {
  const count = [...alerts.value.values()].filter((alert) => alert.ruleId === ruleId && isFiring(alert)).length;
  if (count === 0) return null;
  return <span class="rule-firing">{count === 1 ? "fires" : `${countWords(count)} fire`}</span>;
}
