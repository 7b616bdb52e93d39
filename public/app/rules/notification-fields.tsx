/** Of a rule: where its alerts are sent, how often they are repeated, who is notified next, and what the message says. */
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { secondsWords } from "../ui/duration.ts";
import { Check, Checks, Segments, Text, TimeField } from "../ui/form-fields.tsx";
import { alertsHref } from "../ui/route.ts";
import type { Faults } from "./draft/condition-draft.ts";
import { type ChannelChoice, type RuleDraft, type RuleField, USUAL_REPEAT_S } from "./draft/rule-draft.ts";

interface NotificationProps {
  readonly draft: RuleDraft;
  readonly channels: readonly ChannelAnswer[];
  readonly faults: Faults<RuleField>;
  readonly change: (part: Partial<RuleDraft>) => void;
}

export function NotificationFields({ draft, channels, faults, change }: NotificationProps) {
  const usual = USUAL_REPEAT_S[draft.severity];
  return (
    <>
      <ChannelFields
        legend="Send to"
        channels={channels}
        value={draft.channels}
        change={(next) => change({ channels: next })}
      />
      <Segments
        legend="Repeat until somebody acknowledges"
        choices={[
          [
            "usual",
            usual === 0 ? "Never (usual for info)" : `Every ${secondsWords(usual)} (usual for ${draft.severity})`,
          ],
          ["every", "Every…"],
          ["never", "Never"],
        ]}
        value={draft.repeat}
        change={(repeat) => change({ repeat })}
      />
      {draft.repeat === "every" && (
        <TimeField
          label="Repeat every"
          value={draft.repeatEvery}
          fault={faults.repeatEvery}
          change={(repeatEvery) => change({ repeatEvery })}
        />
      )}
      <Check checked={draft.escalates} change={(escalates) => change({ escalates })}>
        Tell others if nobody acknowledges
      </Check>
      {draft.escalates && (
        <>
          <TimeField
            label="After"
            value={draft.escalateAfter}
            fault={faults.escalateAfter}
            change={(escalateAfter) => change({ escalateAfter })}
          />
          <ChannelFields
            legend="Send to these, too"
            channels={channels}
            value={draft.escalateTo}
            change={(escalateTo) => change({ escalateTo })}
          />
        </>
      )}
      <Text
        label="What to do"
        value={draft.message}
        maxLength={1_000}
        placeholder="Open the window of {device}, close the gas"
        hint="Added to the message. {device}, {metric} and {value} are replaced."
        change={(message) => change({ message })}
      />
      <Text
        label="Page with instructions"
        type="url"
        value={draft.runbook}
        maxLength={500}
        placeholder="https://…"
        fault={faults.runbook}
        change={(runbook) => change({ runbook })}
      />
    </>
  );
}

interface ChannelProps {
  readonly legend: string;
  readonly channels: readonly ChannelAnswer[];
  readonly value: ChannelChoice;
  readonly change: (value: ChannelChoice) => void;
}

function ChannelFields({ legend, channels, value, change }: ChannelProps) {
  if (channels.length === 0) {
    return (
      <p class="quiet">
        There is no channel yet, so alerts are shown on this page only.{" "}
        <a href={alertsHref("channels")}>Add a channel</a>
      </p>
    );
  }
  return (
    <>
      <Segments
        legend={legend}
        choices={[
          ["all", "All channels"],
          ["some", "Some of them"],
        ]}
        value={value === "all" ? "all" : "some"}
        change={(word) => change(word === "all" ? "all" : channels.map(({ id }) => id))}
      />
      {value !== "all" && (
        <Checks
          legend={`${legend}: channels`}
          choices={channels.map(({ id, name }) => [id, name] as const)}
          chosen={value}
          change={change}
        />
      )}
    </>
  );
}
