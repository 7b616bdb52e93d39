/** What makes a definition unusable, by itself or beside the others, and the order in which definitions are computed. */
import type { Scope } from "../../contract/alerts.ts";
import type { Derived, DerivedFields } from "../../contract/derived.ts";
import { type DerivedExpression, readDerived } from "./read-expression.ts";

export interface DefinitionFault {
  /** `taken`: another one computes this metric of some of the devices. `used`: others need it. */
  readonly kind: "invalid" | "taken" | "used";
  readonly field: "metric" | "expression" | "scope";
  readonly message: string;
}

export interface ReadDefinition extends Derived {
  readonly read: DerivedExpression;
}

/** Of one definition with `others` beside it. */
export function readDefinition(
  fields: DerivedFields & { readonly id: string },
  others: readonly ReadDefinition[],
):
  | { readonly ok: true; readonly definition: ReadDefinition }
  | { readonly ok: false; readonly fault: DefinitionFault } {
  const read = readDerived(fields.expression);
  if (!read.ok) return invalid("expression", `character ${read.at + 1}: ${read.reason}`);
  const definition = { ...fields, read };
  const taken = others.find((each) => each.metric === fields.metric && overlap(each.scope, fields.scope));
  if (taken !== undefined) {
    const message = `${fields.metric} is computed already, of some of these devices, as ${taken.expression}`;
    return { ok: false, fault: { kind: "taken", field: "metric", message } };
  }
  const cycle = cycleThrough(definition, others);
  if (cycle !== undefined) return invalid("expression", `it needs itself: ${cycle.join(" → ")}`);
  const unknown = read.metrics.find(
    (name) => name.startsWith("_") && ![definition, ...others].some(({ metric }) => metric === name),
  );
  return unknown === undefined
    ? { ok: true, definition }
    : invalid("expression", `there is no derived metric ${unknown}; add it first`);
}

/** Why a definition cannot go: undefined where no other needs its metric, or one of the same name stays. */
export function usedFault(gone: Derived, others: readonly ReadDefinition[]): DefinitionFault | undefined {
  if (others.some(({ metric }) => metric === gone.metric)) return undefined;
  const user = others.find(({ read }) => read.metrics.includes(gone.metric));
  return user && { kind: "used", field: "metric", message: `${user.metric} is computed from ${gone.metric}` };
}

const invalid = (field: DefinitionFault["field"], message: string) =>
  ({ ok: false, fault: { kind: "invalid", field, message } }) as const;

/** Scopes of the same kind with a device in both. Of different kinds the narrower counts: devices, then families, then all. */
function overlap(one: Scope, other: Scope): boolean {
  return (
    (one.all === true && other.all === true) ||
    haveCommon(one.devices, other.devices) ||
    haveCommon(one.families, other.families)
  );
}

const haveCommon = (some: readonly string[] = [], others: readonly string[] = []): boolean => {
  const known = new Set(others);
  return some.some((each) => known.has(each));
};

/** `_a → _b → _a`; undefined: there is none. By name, whatever the scopes are: new devices may join both. */
function cycleThrough(start: ReadDefinition, others: readonly ReadDefinition[]): readonly string[] | undefined {
  const needs = needsOf([...others, start]);
  const seen = new Set<string>();
  const way: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    way.push(name);
    for (const next of needs.get(name) ?? []) {
      if (next === start.metric) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = visit(next);
      if (found !== undefined) return found;
    }
    way.pop();
    return undefined;
  };
  return visit(start.metric);
}

/** By metric the derived metrics that it is computed from. */
function needsOf(definitions: readonly ReadDefinition[]): Map<string, Set<string>> {
  const needs = new Map<string, Set<string>>();
  for (const { metric, read } of definitions) {
    const of = needs.get(metric) ?? new Set();
    needs.set(metric, of);
    for (const name of read.metrics) if (name.startsWith("_")) of.add(name);
  }
  return needs;
}

/** Each behind those that it is computed from. */
export function inOrder(definitions: readonly ReadDefinition[]): ReadDefinition[] {
  const byMetric = new Map(definitions.map((each) => [each.metric, each]));
  const ordered = new Set<ReadDefinition>();
  const add = (definition: ReadDefinition): void => {
    if (ordered.has(definition)) return;
    for (const name of definition.read.metrics) {
      const needed = byMetric.get(name);
      if (needed !== undefined && needed !== definition) add(needed);
    }
    ordered.add(definition);
  };
  for (const each of definitions) add(each);
  return [...ordered];
}

/** The metric, what is computed from it, and what all of these are computed from. */
export function relatedTo(metric: string, definitions: readonly ReadDefinition[]): Set<string> {
  const needs = needsOf(definitions);
  const users = closure([metric], (name) => [...needs].flatMap(([user, of]) => (of.has(name) ? [user] : [])));
  return closure(users, (name) => [...(needs.get(name) ?? [])]);
}

function closure(from: Iterable<string>, next: (name: string) => readonly string[]): Set<string> {
  const found = new Set(from);
  for (const name of found) for (const each of next(name)) found.add(each);
  return found;
}
