/** One condition of a rule, as a sentence of fields: what, how, how much. */

import { Check, Select, Text, TimeField } from "../ui/form-fields.tsx";
import { booleanWords, type Metric, metricKind, metricLabel, metricUnit } from "../ui/value-words.ts";
import {
  type ConditionDraft,
  type DraftField,
  type Faults,
  type Subject,
  VERB_WORDS,
  VERBS,
  type Verb,
  withBound,
  withSubject,
  withVerb,
} from "./draft/condition-draft.ts";
import type { KnownDevices } from "./draft/known-devices.ts";

interface ConditionProps {
  readonly draft: ConditionDraft;
  readonly known: KnownDevices;
  readonly faults: Faults<DraftField>;
  readonly change: (draft: ConditionDraft) => void;
}

export function ConditionFields({ draft, known, faults, change }: ConditionProps) {
  const { subject, verb } = draft;
  return (
    <div class="condition" data-verb={verb}>
      <SubjectField {...{ draft, known, faults, change }} />
      <Select
        label="Condition"
        isBare
        value={verb}
        choices={verbsOf(subject, known).map((each) => [each, wordsOf(each, subject)] as const)}
        change={(next) => change(withVerb(draft, next))}
      />
      <Amounts {...{ draft, known, faults, change }} />
    </div>
  );
}

/** Nothing is above true. */
function verbsOf(subject: Subject, known: KnownDevices): readonly Verb[] {
  if (subject.kind !== "metric") return VERBS[subject.kind];
  return known.kindOf(subject.metric) === "number" ? VERBS.metric : (["equals", "silent"] as const);
}

const wordsOf = (verb: Verb, subject: Subject): string =>
  verb === "silent" && subject.kind === "metric" ? "does not come for" : VERB_WORDS[verb];

const DEVICE = "device";
const OTHER = "other";

function SubjectField({ draft, known, faults, change }: ConditionProps) {
  const { subject } = draft;
  const isOther = subject.kind === "metric" && !known.metrics.includes(subject.metric);
  const word =
    subject.kind === "device"
      ? DEVICE
      : subject.kind === "class"
        ? `class ${subject.deviceClass}`
        : isOther
          ? OTHER
          : `metric ${subject.metric}`;
  const choices: (readonly [string, string])[] = [
    ...metricChoices(known),
    [DEVICE, "the device"],
    ...known.classes.map((each) => [`class ${each}`, `every ${each.replaceAll("_", " ")}`] as const),
    [OTHER, "another metric…"],
  ];
  const choose = (next: string) => {
    const [kind, name = ""] = next.split(/ (.*)/);
    if (kind === "metric") return change(fitted(withSubject(draft, { kind: "metric", metric: name }), known));
    if (kind === "class") return change(withSubject(draft, { kind: "class", deviceClass: name }));
    change(withSubject(draft, next === DEVICE ? { kind: "device" } : { kind: "metric", metric: "" }));
  };
  return (
    <>
      <Select label="What" isBare value={word} choices={choices} change={choose} />
      {isOther && (
        <Text
          label="Name of the metric"
          isBare
          placeholder="name of the metric"
          value={subject.metric}
          maxLength={64}
          fault={faults.metric}
          change={(metric) => change({ ...draft, subject: { kind: "metric", metric } })}
        />
      )}
    </>
  );
}

/** With the name of the metric where boards of several families use one label: `Temperature (air.temperature)`. */
function metricChoices({ metrics, describe }: KnownDevices): (readonly [string, string])[] {
  const labels = metrics.map((metric) => metricLabel(describe(metric)));
  return metrics.map((metric, index) => {
    const label = labels[index] ?? metric;
    const isShared = labels.filter((each) => each === label).length > 1;
    return [`metric ${metric}`, isShared ? `${label} (${metric})` : label];
  });
}

/** A boolean has no threshold, and a number no yes. */
function fitted(draft: ConditionDraft, known: KnownDevices): ConditionDraft {
  const verbs = verbsOf(draft.subject, known);
  return verbs.includes(draft.verb) ? draft : { ...draft, verb: verbs[0] ?? "silent" };
}

function Amounts({ draft, known, faults, change }: ConditionProps) {
  const { subject, verb } = draft;
  const unit = subject.kind === "metric" ? metricUnit(known.describe(subject.metric)) : "";
  const number = (field: "bound" | "upper", label: string, hint?: string) => (
    <Text
      label={label}
      isBare={hint === undefined}
      isNumber
      unit={unit}
      value={draft[field]}
      fault={faults[field]}
      change={(value) => change(field === "bound" ? withBound(draft, value) : { ...draft, [field]: value })}
    />
  );
  switch (verb) {
    case "above":
    case "below":
      return number("bound", "Threshold");
    case "outside":
      return (
        <>
          {number("bound", "Lower end")}
          <span class="condition-word">to</span>
          {number("upper", "Upper end")}
        </>
      );
    case "equals":
      return <ValueField {...{ draft, known, faults, change }} />;
    case "rises":
    case "falls":
      return (
        <>
          {number("bound", "Change")}
          <span class="condition-word">in</span>
          <TimeField
            label="In so long"
            isBare
            value={draft.per}
            fault={faults.per}
            change={(per) => change({ ...draft, per })}
          />
          <span class="condition-word">measured over</span>
          <TimeField
            label="Measured over"
            isBare
            value={draft.over}
            fault={faults.over}
            change={(over) => change({ ...draft, over })}
          />
        </>
      );
    case "silent":
      return <Silence {...{ draft, known, faults, change }} />;
    case "offline":
    case "late":
      return null;
  }
}

/** `detected` and `none` of a flame. */
const booleanChoices = (metric: Metric): readonly (readonly ["true" | "false", string])[] => [
  ["true", booleanWords(metric, true)],
  ["false", booleanWords(metric, false)],
];

function ValueField({ draft, known, faults, change }: ConditionProps) {
  const { subject, value } = draft;
  const metric = known.describe(subject.kind === "metric" ? subject.metric : "");
  const kind = subject.kind === "metric" ? known.kindOf(subject.metric) : "text";
  const set = (next: string) => change({ ...draft, value: next });
  if (kind === "boolean") {
    return (
      <Select
        label="Value"
        isBare
        value={value === "false" ? "false" : "true"}
        choices={booleanChoices(metric)}
        change={set}
      />
    );
  }
  const options = typeof metric === "string" ? undefined : metric.info?.options;
  return (
    <Text
      label="Value"
      isBare
      value={value}
      fault={faults.value}
      change={set}
      isNumber={metricKind(metric, 0) === "number" && kind === "number"}
      {...(options !== undefined && { list: options })}
    />
  );
}

function Silence({ draft, faults, change }: ConditionProps) {
  const isTime = draft.silence === "time";
  return (
    <>
      {!isTime && (
        <Text
          label="Number of intervals"
          isBare
          isNumber
          value={draft.intervals}
          fault={faults.intervals}
          change={(intervals) => change({ ...draft, intervals })}
        />
      )}
      {isTime && (
        <TimeField
          label="For so long"
          isBare
          value={draft.time}
          fault={faults.time}
          change={(time) => change({ ...draft, time })}
        />
      )}
      {!isTime && (
        <>
          <span class="condition-word">of its usual intervals, and at least</span>
          <TimeField
            label="At least"
            isBare
            value={draft.time}
            fault={faults.time}
            change={(time) => change({ ...draft, time })}
          />
        </>
      )}
      <button
        type="button"
        class="link-button"
        onClick={() =>
          change({
            ...draft,
            silence: isTime ? "intervals" : "time",
            ...(isTime && { time: { ...draft.time, amount: "" } }),
          })
        }
      >
        {isTime ? "By its usual interval instead" : "By a time instead"}
      </button>
      <Check checked={draft.regular} change={(regular) => change({ ...draft, regular })}>
        Only boards that have sent regularly for a day
      </Check>
    </>
  );
}
