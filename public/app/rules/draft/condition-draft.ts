/** One condition as its form has it, made from a condition and read back; pure. */
import type { SimpleCondition } from "../../../../src/contract/alerts.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { type Duration, durationOf, numberIn, secondsOf } from "../../ui/duration.ts";

/** What it is about: one metric, the device as a whole, or every metric of a class. */
export type Subject =
  | { readonly kind: "metric"; readonly metric: string }
  | { readonly kind: "device" }
  | { readonly kind: "class"; readonly deviceClass: string };

export const VERBS = {
  metric: ["above", "below", "outside", "equals", "rises", "falls", "silent"],
  device: ["silent", "offline", "late"],
  class: ["below", "above"],
} as const;
export type Verb = (typeof VERBS)[Subject["kind"]][number];

export const VERB_WORDS: Readonly<Record<Verb, string>> = {
  above: "is above",
  below: "is below",
  outside: "is outside of",
  equals: "is",
  rises: "rises faster than",
  falls: "falls faster than",
  silent: "sends nothing for",
  offline: "is offline",
  late: "is offline or late",
};

export interface ConditionDraft {
  readonly subject: Subject;
  readonly verb: Verb;
  /** The threshold, or the lower end of a range, or how much it changes. */
  readonly bound: string;
  readonly upper: string;
  /** Empty: it is over at the threshold. */
  readonly clear: string;
  /** Of `clear` from the threshold, as long as nobody has entered another `clear`: it moves along with the threshold. */
  readonly gap: number | undefined;
  readonly value: string;
  /** `sends nothing for`: a time, or so many of the device's usual intervals, and `time` at least, where it is not empty. */
  readonly silence: "time" | "intervals";
  readonly time: Duration;
  readonly intervals: string;
  readonly regular: boolean;
  /** `changes faster`: for so much time, measured over so much. */
  readonly per: Duration;
  readonly over: Duration;
}

const EMPTY: ConditionDraft = {
  subject: { kind: "device" },
  verb: "offline",
  bound: "",
  upper: "",
  clear: "",
  gap: undefined,
  value: "true",
  silence: "time",
  time: durationOf(600),
  intervals: "5",
  regular: false,
  per: durationOf(3_600),
  over: durationOf(600),
};

export const emptyCondition = (subject: Subject): ConditionDraft => withSubject(EMPTY, subject);

/** The verb stays where the new subject has it. */
export function withSubject(draft: ConditionDraft, subject: Subject): ConditionDraft {
  const verbs: readonly Verb[] = VERBS[subject.kind];
  const verb = verbs.includes(draft.verb) ? draft.verb : (verbs[0] ?? "offline");
  return { ...draft, subject, verb };
}

export const withVerb = (draft: ConditionDraft, verb: Verb): ConditionDraft => movedAlong({ ...draft, verb });

export const withBound = (draft: ConditionDraft, bound: string): ConditionDraft => movedAlong({ ...draft, bound });

export const withClear = (draft: ConditionDraft, clear: string): ConditionDraft => ({
  ...draft,
  clear,
  gap: undefined,
});

/** Otherwise a lower threshold than the suggested one would contradict a field that nobody looks at. */
function movedAlong(draft: ConditionDraft): ConditionDraft {
  const { verb, gap } = draft;
  if (gap === undefined) return draft;
  if (verb === "outside") return { ...draft, clear: text(gap) };
  const threshold = numberIn(draft.bound);
  if (threshold === undefined || (verb !== "above" && verb !== "below")) return draft;
  const clear = verb === "above" ? threshold - gap : threshold + gap;
  return { ...draft, clear: text(rounded(clear)) };
}

/** Without the noise of binary fractions. */
const rounded = (value: number): number => Number(value.toPrecision(12));

const text = (number: number | undefined): string => (number === undefined ? "" : String(number));

export function draftOf(condition: SimpleCondition): ConditionDraft {
  switch (condition.kind) {
    case "above":
    case "below": {
      const { kind, metric, threshold, clear } = condition;
      const subject = { kind: "metric", metric } as const;
      const gap = clear === undefined ? undefined : rounded(Math.abs(threshold - clear));
      return { ...EMPTY, subject, verb: kind, bound: text(threshold), clear: text(clear), gap };
    }
    case "outside": {
      const { metric, low, high, margin } = condition;
      const subject = { kind: "metric", metric } as const;
      return { ...EMPTY, subject, verb: "outside", bound: text(low), upper: text(high), clear: text(margin) };
    }
    case "equals": {
      const subject = { kind: "metric", metric: condition.metric } as const;
      return { ...EMPTY, subject, verb: "equals", value: String(condition.value) };
    }
    case "rate":
      return rateDraft(condition);
    case "noData":
      return silenceDraft(condition);
    case "presence":
      return { ...EMPTY, verb: condition.state };
    case "class": {
      const { deviceClass, above, below } = condition;
      const subject = { kind: "class", deviceClass } as const;
      return { ...EMPTY, subject, verb: below === undefined ? "above" : "below", bound: text(below ?? above) };
    }
  }
}

function rateDraft({ metric, above, below, perS, overS }: SimpleCondition & { kind: "rate" }): ConditionDraft {
  const times = { per: durationOf(perS), over: durationOf(overS) };
  const isFall = above === undefined && below !== undefined && below < 0;
  const bound = isFall ? text(-below) : text(above ?? below);
  return { ...EMPTY, ...times, subject: { kind: "metric", metric }, verb: isFall ? "falls" : "rises", bound };
}

function silenceDraft(condition: SimpleCondition & { kind: "noData" }): ConditionDraft {
  const { metric, afterS, intervals, regular } = condition;
  return {
    ...EMPTY,
    subject: metric === undefined ? { kind: "device" } : { kind: "metric", metric },
    verb: "silent",
    silence: intervals === undefined ? "time" : "intervals",
    time: afterS === undefined && intervals !== undefined ? { amount: "", unit: "min" } : durationOf(afterS ?? 600),
    intervals: text(intervals ?? 5),
    regular: regular === true,
  };
}

export type DraftField = "bound" | "upper" | "clear" | "value" | "metric" | "time" | "intervals" | "per" | "over";
export type Faults<Field extends string> = Partial<Record<Field, string>>;

export type ReadCondition =
  | { readonly ok: true; readonly condition: SimpleCondition }
  | { readonly ok: false; readonly faults: Faults<DraftField> };

const NUMBER = "Enter a number.";
const TIME = "Enter a time of at least one second.";
const METRIC = /^[A-Za-z_][A-Za-z0-9._-]{0,63}$/;

const refused = (faults: Faults<DraftField>): ReadCondition => ({ ok: false, faults });
const made = (condition: SimpleCondition): ReadCondition => ({ ok: true, condition });

/** `kindOf`: what values of the metric are, so that `true` can be told from the text `true`. */
export function readCondition(draft: ConditionDraft, kindOf: (metric: string) => ValueKind): ReadCondition {
  const { subject, verb } = draft;
  if (subject.kind === "metric" && !METRIC.test(subject.metric)) return refused({ metric: "Choose a metric." });
  if (verb === "offline" || verb === "late") return made({ kind: "presence", state: verb });
  if (verb === "silent") return readSilence(draft);
  if (subject.kind === "device") return refused({ metric: "Choose a metric." });
  if (verb === "equals") return readEquals(draft, kindOf);
  const bound = numberIn(draft.bound);
  if (bound === undefined) return refused({ bound: NUMBER });
  if (subject.kind === "class") {
    const { deviceClass } = subject;
    return made({ kind: "class", deviceClass, ...(verb === "below" ? { below: bound } : { above: bound }) });
  }
  if (verb === "rises" || verb === "falls") return readRate(draft, subject.metric, bound);
  return verb === "outside" ? readRange(draft, subject.metric, bound) : readBound(draft, subject.metric, bound);
}

export type ValueKind = "number" | "boolean" | "text";

function readEquals({ subject, value }: ConditionDraft, kindOf: (metric: string) => ValueKind): ReadCondition {
  if (subject.kind !== "metric") return refused({ metric: "Choose a metric." });
  const { metric } = subject;
  const kind = kindOf(metric);
  const number = numberIn(value);
  if (kind === "number" && number === undefined) return refused({ value: NUMBER });
  if (value === "") return refused({ value: "Enter the value." });
  const typed: MetricValue = kind === "boolean" ? value === "true" : kind === "number" ? (number ?? 0) : value;
  return made({ kind: "equals", metric, value: typed });
}

function readBound({ verb, clear }: ConditionDraft, metric: string, threshold: number): ReadCondition {
  const over = clear.trim() === "" ? undefined : numberIn(clear);
  if (clear.trim() !== "" && over === undefined) return refused({ clear: NUMBER });
  const kind = verb === "below" ? "below" : "above";
  if (over !== undefined && (kind === "above" ? over > threshold : over < threshold)) {
    return refused({ clear: `It must not be ${kind} ${threshold}: it would be over while it still fires.` });
  }
  return made({ kind, metric, threshold, ...(over !== undefined && { clear: over }) });
}

function readRange({ upper, clear }: ConditionDraft, metric: string, low: number): ReadCondition {
  const high = numberIn(upper);
  if (high === undefined) return refused({ upper: NUMBER });
  if (high <= low) return refused({ upper: "The upper end must be above the lower end." });
  const margin = clear.trim() === "" ? undefined : numberIn(clear);
  if (clear.trim() !== "" && (margin === undefined || margin < 0)) return refused({ clear: NUMBER });
  if (margin !== undefined && margin * 2 >= high - low) {
    return refused({ clear: "Nothing is left between the two ends: it would never be over." });
  }
  return made({ kind: "outside", metric, low, high, ...(margin !== undefined && { margin }) });
}

function readRate({ verb, per, over }: ConditionDraft, metric: string, amount: number): ReadCondition {
  const [perS, overS] = [secondsOf(per), secondsOf(over)];
  if (perS === undefined || perS < 1) return refused({ per: TIME });
  if (overS === undefined || overS < 1) return refused({ over: TIME });
  if (amount <= 0) return refused({ bound: "Enter a number above zero." });
  return made({ kind: "rate", metric, perS, overS, ...(verb === "falls" ? { below: -amount } : { above: amount }) });
}

function readSilence({ subject, silence, time, intervals, regular }: ConditionDraft): ReadCondition {
  const about = {
    kind: "noData" as const,
    ...(subject.kind === "metric" && { metric: subject.metric }),
    ...(regular && { regular: true as const }),
  };
  if (silence === "time") {
    const afterS = secondsOf(time);
    return afterS === undefined || afterS < 1 ? refused({ time: TIME }) : made({ ...about, afterS });
  }
  const many = numberIn(intervals);
  if (many === undefined || many < 1) return refused({ intervals: "Enter a number of at least 1." });
  const leastS = time.amount.trim() === "" ? undefined : secondsOf(time);
  if (time.amount.trim() !== "" && (leastS === undefined || leastS < 1)) return refused({ time: TIME });
  return made({ ...about, intervals: many, ...(leastS !== undefined && { afterS: leastS }) });
}
