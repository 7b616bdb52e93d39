/** Of a rule: when an alert is over, and at which times it may fire. */

import { Check, Checks, Text, TimeField } from "../ui/form-fields.tsx";
import { metricUnit } from "../ui/value-words.ts";
import { type ConditionDraft, type Faults, withClear } from "./draft/condition-draft.ts";
import type { KnownDevices } from "./draft/known-devices.ts";
import type { RuleDraft, RuleField } from "./draft/rule-draft.ts";
import { DAYS } from "./draft/rule-words.ts";

interface FineProps {
  readonly draft: RuleDraft;
  readonly known: KnownDevices;
  readonly faults: Faults<RuleField>;
  readonly change: (part: Partial<RuleDraft>) => void;
}

const CLEARS = {
  above: "Over when it is at or below",
  below: "Over when it is at or above",
  outside: "Over when it is inside by",
};

export function FineFields({ draft, known, faults, change }: FineProps) {
  return (
    <>
      {draft.conditions.map((condition, index) => (
        <ClearField key={index} {...{ draft, known, faults, change, condition, index }} />
      ))}
      <TimeField
        label="Over only after it has been normal for"
        value={draft.keepFiring}
        fault={faults.keepFiring}
        change={(keepFiring) => change({ keepFiring })}
      />
      <Check checked={draft.hasTimes} change={(hasTimes) => change({ hasTimes })}>
        Only at certain times
      </Check>
      {draft.hasTimes && <Times {...{ draft, change }} />}
    </>
  );
}

function ClearField({
  draft,
  known,
  faults,
  change,
  condition,
  index,
}: FineProps & { condition: ConditionDraft; index: number }) {
  const { subject, verb, clear } = condition;
  if (subject.kind !== "metric" || (verb !== "above" && verb !== "below" && verb !== "outside")) return null;
  return (
    <Text
      label={CLEARS[verb]}
      isNumber
      unit={metricUnit(known.describe(subject.metric))}
      value={clear}
      placeholder={verb === "outside" ? "0" : condition.bound}
      fault={faults[`${index}.clear`]}
      hint="A little away from the threshold, so that a value that trembles there does not call twice."
      change={(next) =>
        change({ conditions: draft.conditions.map((each, at) => (at === index ? withClear(each, next) : each)) })
      }
    />
  );
}

function Times({ draft: { times }, change }: Pick<FineProps, "draft" | "change">) {
  const days = times.days ?? [0, 1, 2, 3, 4, 5, 6];
  const set = (part: Partial<RuleDraft["times"]>) => change({ times: { ...times, ...part } });
  return (
    <div class="times">
      <div class="times-clock">
        <Text label="From" type="time" value={times.from} change={(from) => set({ from })} />
        <Text label="To" type="time" value={times.to} change={(to) => set({ to })} />
      </div>
      <Checks
        legend="Days"
        choices={[1, 2, 3, 4, 5, 6, 0].map((day) => [String(day), DAYS[day] ?? ""] as const)}
        chosen={days.map(String)}
        change={(next) => set({ days: next.map(Number).sort((a, b) => a - b) })}
      />
      <p class="quiet">In the hub's time zone. An end before the beginning is on the next day.</p>
    </div>
  );
}
