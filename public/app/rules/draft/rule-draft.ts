/** A rule as its form has it, made from a rule and read back; pure. */
import type {
  ActiveTimes,
  Condition,
  HubTrouble,
  RuleFields,
  Scope,
  Severity,
} from "../../../../src/contract/alerts.ts";
import { type Duration, durationOf, secondsOf } from "../../ui/duration.ts";
import {
  type ConditionDraft,
  type DraftField,
  draftOf,
  emptyCondition,
  type Faults,
  readCondition,
  type ValueKind,
} from "./condition-draft.ts";

type Family = NonNullable<Scope["families"]>[number];
export type ChannelChoice = "all" | readonly string[];

export interface RuleDraft {
  readonly name: string;
  readonly enabled: boolean;
  readonly severity: Severity;
  /** `hub`: the hub itself; then conditions and scope are not asked for. */
  readonly about: "devices" | "hub";
  readonly hub: readonly HubTrouble[];
  readonly scope: "all" | "devices" | "families";
  readonly devices: readonly string[];
  readonly families: readonly Family[];
  readonly join: "all" | "any";
  readonly conditions: readonly ConditionDraft[];
  readonly forTime: Duration;
  readonly keepFiring: Duration;
  /** `usual`: as often as its severity says. */
  readonly repeat: "usual" | "never" | "every";
  readonly repeatEvery: Duration;
  readonly channels: ChannelChoice;
  readonly escalates: boolean;
  readonly escalateAfter: Duration;
  readonly escalateTo: ChannelChoice;
  readonly message: string;
  readonly runbook: string;
  readonly hasTimes: boolean;
  readonly times: ActiveTimes;
  readonly preset: string | undefined;
}

/** In seconds; as the contract says. */
export const USUAL_REPEAT_S: Readonly<Record<Severity, number>> = { critical: 900, warning: 14_400, info: 0 };

export const EMPTY_DRAFT: RuleDraft = {
  name: "",
  enabled: true,
  severity: "warning",
  about: "devices",
  hub: [],
  scope: "all",
  devices: [],
  families: [],
  join: "all",
  conditions: [emptyCondition({ kind: "device" })],
  forTime: durationOf(0),
  keepFiring: durationOf(0),
  repeat: "usual",
  repeatEvery: durationOf(3_600),
  channels: "all",
  escalates: false,
  escalateAfter: durationOf(900),
  escalateTo: "all",
  message: "",
  runbook: "",
  hasTimes: false,
  times: { from: "08:00", to: "20:00" },
  preset: undefined,
};

export function draftOfRule(fields: RuleFields): RuleDraft {
  const { name, enabled, severity, scope, condition, forS, keepFiringS, repeatS, escalate, channels } = fields;
  return {
    ...EMPTY_DRAFT,
    ...conditionsOf(condition),
    name,
    enabled,
    severity,
    scope: scope.devices !== undefined ? "devices" : scope.families !== undefined ? "families" : "all",
    devices: scope.devices ?? [],
    families: scope.families ?? [],
    forTime: durationOf(forS),
    keepFiring: durationOf(keepFiringS),
    repeat: repeatS === undefined ? "usual" : repeatS === 0 ? "never" : "every",
    repeatEvery: durationOf(repeatS === undefined || repeatS === 0 ? 3_600 : repeatS),
    channels,
    escalates: escalate !== undefined,
    escalateAfter: durationOf(escalate?.afterS ?? 900),
    escalateTo: escalate?.channels ?? "all",
    message: fields.message ?? "",
    runbook: fields.runbook ?? "",
    hasTimes: fields.activeTimes !== undefined,
    times: fields.activeTimes ?? EMPTY_DRAFT.times,
    preset: fields.preset,
  };
}

function conditionsOf(condition: Condition): Partial<RuleDraft> {
  if (condition.kind === "hub") return { about: "hub", hub: condition.what };
  if ("of" in condition) {
    return { join: condition.kind, conditions: condition.of.map(draftOf) };
  }
  return { conditions: [draftOf(condition)] };
}

export type RuleField =
  | "name"
  | "hub"
  | "devices"
  | "families"
  | "forTime"
  | "keepFiring"
  | "repeatEvery"
  | "escalateAfter"
  | "runbook"
  | `${number}.${DraftField}`;

export type ReadRule =
  | { readonly ok: true; readonly fields: RuleFields }
  | { readonly ok: false; readonly faults: Faults<RuleField> };

const TIME = "Enter a time.";

export function readRule(draft: RuleDraft, kindOf: (metric: string) => ValueKind): ReadRule {
  const faults: Faults<RuleField> = {};
  const { name, enabled, severity, repeat } = draft;
  if (name.trim() === "") faults.name = "Give it a name.";
  const scope = readScope(draft, faults);
  const condition = draft.about === "hub" ? readHub(draft, faults) : readConditions(draft, kindOf, faults);
  const seconds = (field: "forTime" | "keepFiring" | "repeatEvery" | "escalateAfter", least: number): number => {
    const found = secondsOf(draft[field]);
    if (found === undefined || found < least) faults[field] = TIME;
    return found ?? 0;
  };
  const forS = seconds("forTime", 0);
  const keepFiringS = seconds("keepFiring", 0);
  const repeatS = repeat === "usual" ? undefined : repeat === "never" ? 0 : seconds("repeatEvery", 1);
  const afterS = draft.escalates ? seconds("escalateAfter", 1) : 0;
  const runbook = draft.runbook.trim();
  if (runbook !== "" && !/^https?:\/\/\S+$/.test(runbook))
    faults.runbook = "Enter an address that begins with https://";
  if (condition === undefined || Object.keys(faults).length > 0) return { ok: false, faults };
  const fields: RuleFields = {
    name: name.trim(),
    enabled,
    severity,
    scope,
    condition,
    forS,
    keepFiringS,
    ...(repeatS !== undefined && { repeatS }),
    ...(draft.escalates && { escalate: { afterS, channels: channelsOf(draft.escalateTo) } }),
    channels: channelsOf(draft.channels),
    ...(draft.message.trim() !== "" && { message: draft.message.trim() }),
    ...(runbook !== "" && { runbook }),
    ...(draft.hasTimes && { activeTimes: draft.times }),
    ...(draft.preset !== undefined && { preset: draft.preset }),
  };
  return { ok: true, fields };
}

const channelsOf = (choice: ChannelChoice): RuleFields["channels"] => (choice === "all" ? "all" : [...choice]);

function readScope({ about, scope, devices, families }: RuleDraft, faults: Faults<RuleField>): Scope {
  if (about === "hub" || scope === "all") return { all: true };
  if (scope === "devices") {
    if (devices.length === 0) faults.devices = "Choose at least one device.";
    return { devices: [...devices] };
  }
  if (families.length === 0) faults.families = "Choose at least one family.";
  return { families: [...families] };
}

function readHub({ hub }: RuleDraft, faults: Faults<RuleField>): Condition | undefined {
  if (hub.length > 0) return { kind: "hub", what: [...hub] };
  faults.hub = "Choose at least one.";
  return undefined;
}

function readConditions(
  { conditions, join }: RuleDraft,
  kindOf: (metric: string) => ValueKind,
  faults: Faults<RuleField>,
): Condition | undefined {
  const read = conditions.map((each) => readCondition(each, kindOf));
  const good = read.flatMap((each) => (each.ok ? [each.condition] : []));
  for (const [index, each] of read.entries()) {
    if (each.ok) continue;
    for (const [field, message] of Object.entries(each.faults)) faults[`${index}.${field as DraftField}`] = message;
  }
  const [only] = good;
  if (good.length < conditions.length || only === undefined) return undefined;
  return good.length === 1 ? only : { kind: join, of: good };
}

/** Whether the form shows all of the rule: saved unchanged, it would be the same. */
export function isWhollyShown(fields: RuleFields, kindOf: (metric: string) => ValueKind): boolean {
  const read = readRule(draftOfRule(fields), kindOf);
  return read.ok && sorted(read.fields) === sorted(fields);
}

/** The same whatever the order of the fields. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
