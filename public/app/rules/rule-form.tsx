/** The form of a rule, in plain words: when, for how long, on which devices, how bad. The rest is folded. */
import type { ComponentChildren } from "preact";
import type { Severity } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { Checks, Segments, Text, TimeField } from "../ui/form-fields.tsx";
import { ConditionFields } from "./condition-fields.tsx";
import { type ConditionDraft, type DraftField, emptyCondition, type Faults } from "./draft/condition-draft.ts";
import type { KnownDevices } from "./draft/known-devices.ts";
import type { RuleDraft, RuleField } from "./draft/rule-draft.ts";
import { HUB_WORDS } from "./draft/rule-words.ts";
import { FineFields } from "./fine-fields.tsx";
import { NotificationFields } from "./notification-fields.tsx";
import { ScopeFields } from "./scope-fields.tsx";

const MOST_CONDITIONS = 4;

export interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly known: KnownDevices;
  readonly channels: readonly ChannelAnswer[];
  /** Shown once somebody has tried to save. */
  readonly faults: Faults<RuleField>;
  /** What it is called where no name is given. */
  readonly nameOfItself: string;
  readonly change: (part: Partial<RuleDraft>) => void;
  readonly submit: () => void;
  readonly children: ComponentChildren;
}

const SEVERITIES: readonly (readonly [Severity, string])[] = [
  ["info", "Info"],
  ["warning", "Warning"],
  ["critical", "Critical"],
];

const MEANINGS: Readonly<Record<Severity, string>> = {
  info: "Said once, and not repeated.",
  warning: "Repeated every 4 hours until somebody acknowledges.",
  critical: "Repeated every 15 minutes until somebody acknowledges. For danger.",
};

export function RuleForm(props: RuleFormProps) {
  const { draft, known, channels, faults, nameOfItself, change, submit, children } = props;
  return (
    <form
      class="rule-form"
      aria-label="Rule"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {draft.about === "hub" ? <HubFields {...props} /> : <DeviceFields {...props} />}
      <Segments
        legend="How bad is it"
        choices={SEVERITIES}
        value={draft.severity}
        change={(severity) => change({ severity })}
      />
      <p class="quiet">{MEANINGS[draft.severity]}</p>
      <Text
        label="Name"
        value={draft.name}
        placeholder={nameOfItself}
        fault={faults.name}
        change={(name) => change({ name })}
      />
      <details class="rule-more" data-more="notifications">
        <summary>Where it is sent, and how often</summary>
        <NotificationFields {...{ draft, channels, faults, change }} />
      </details>
      {draft.about === "devices" && (
        <details class="rule-more" data-more="fine" open={faultsIn(faults, "clear")}>
          <summary>When it is over, and at which times it may fire</summary>
          <FineFields {...{ draft, known, faults, change }} />
        </details>
      )}
      {children}
    </form>
  );
}

const faultsIn = (faults: Faults<RuleField>, field: DraftField): boolean =>
  Object.keys(faults).some((key) => key.endsWith(`.${field}`));

function DeviceFields({ draft, known, faults, change }: RuleFormProps) {
  const { conditions, join } = draft;
  const set = (index: number, next: ConditionDraft) =>
    change({ conditions: conditions.map((each, at) => (at === index ? next : each)) });
  const [first] = known.metrics;
  return (
    <>
      <fieldset class="conditions">
        <legend>Tell me when</legend>
        {conditions.map((each, index) => (
          <div key={index} class="condition-line">
            {index > 0 && <span class="condition-word">{join === "all" ? "and" : "or"}</span>}
            <ConditionFields
              draft={each}
              known={known}
              faults={faultsOf(faults, index)}
              change={(next) => set(index, next)}
            />
            {conditions.length > 1 && (
              <button
                type="button"
                class="link-button"
                aria-label={`Remove condition ${index + 1}`}
                onClick={() => change({ conditions: conditions.filter((_, at) => at !== index) })}
              >
                Remove
              </button>
            )}
          </div>
        ))}
        <div class="condition-tools">
          {conditions.length > 1 && (
            <Segments
              legend="It fires when"
              choices={[
                ["all", "all of them hold"],
                ["any", "one of them holds"],
              ]}
              value={join}
              change={(next) => change({ join: next })}
            />
          )}
          {conditions.length < MOST_CONDITIONS && (
            <button
              type="button"
              class="link-button"
              onClick={() =>
                change({
                  conditions: [
                    ...conditions,
                    emptyCondition(first === undefined ? { kind: "device" } : { kind: "metric", metric: first }),
                  ],
                })
              }
            >
              Add a condition
            </button>
          )}
        </div>
      </fieldset>
      <TimeField
        label="It must hold for"
        value={draft.forTime}
        fault={faults.forTime}
        change={(forTime) => change({ forTime })}
        hint="0: it fires at once."
      />
      <ScopeFields {...{ draft, known, faults, change }} />
    </>
  );
}

function HubFields({ draft, faults, change }: RuleFormProps) {
  return (
    <Checks
      legend="Tell me when, of this hub,"
      choices={Object.entries(HUB_WORDS) as [keyof typeof HUB_WORDS, string][]}
      chosen={draft.hub}
      fault={faults.hub}
      change={(hub) => change({ hub })}
    />
  );
}

function faultsOf(faults: Faults<RuleField>, index: number): Faults<DraftField> {
  const start = `${index}.`;
  return Object.fromEntries(
    Object.entries(faults).flatMap(([key, message]) =>
      key.startsWith(start) ? [[key.slice(start.length), message]] : [],
    ),
  );
}
