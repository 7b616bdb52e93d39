/** Reads the expression of a derived metric, and finds out which metrics and which earlier readings it needs. */
import { parseExpression } from "../expression/parse-expression.ts";
import type { Node, NotUnderstood } from "../expression/syntax.ts";
import { isDerivedName, isMetricName } from "../model/device-id.ts";
import { createFunctions } from "./functions.ts";
import { nameOfTerm, type Term } from "./terms.ts";

export interface DerivedExpression {
  readonly node: Node;
  /** Every metric that it names, each once. */
  readonly metrics: readonly string[];
  readonly terms: readonly Term[];
  readonly kind: "number" | "boolean" | "text";
}

/** `switch.0.apower`; what has a `-` in it is written as `metric('pump-1')`. */
const NAMES = /[A-Za-z_]\w*(?:\.\w+)*/y;
const METRICS_OF_ONE = 32;

export function readDerived(text: string): ({ readonly ok: true } & DerivedExpression) | NotUnderstood {
  const metrics = new Set<string>();
  const terms = new Map<string, Term>();
  const onMetric = (name: string): boolean => {
    const isOne = isMetricName(name) || isDerivedName(name);
    if (isOne) metrics.add(name);
    return isOne;
  };
  const functions = createFunctions({ onMetric, onTerm: (term) => void terms.set(nameOfTerm(term), term) });
  const parsed = parseExpression(text, { isName: onMetric, names: NAMES, functions });
  if (!parsed.ok) return parsed;
  if (metrics.size === 0) return { ok: false, at: 0, reason: "it names no metric" };
  if (metrics.size > METRICS_OF_ONE) {
    return { ok: false, at: 0, reason: `it names more than ${METRICS_OF_ONE} metrics` };
  }
  return {
    ok: true,
    node: parsed.value,
    metrics: [...metrics],
    terms: [...terms.values()],
    kind: kindOf(parsed.value),
  };
}

/** What it gives as far as that can be said without values. */
function kindOf(node: Node): DerivedExpression["kind"] {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "string" ? "text" : typeof node.value === "boolean" ? "boolean" : "number";
    case "comparison":
    case "not":
    case "test":
      return "boolean";
    case "logic":
      return kindOf(node.left) === kindOf(node.right) ? kindOf(node.left) : "number";
    case "conditional":
      return node.no !== undefined && kindOf(node.yes) !== kindOf(node.no) ? "number" : kindOf(node.yes);
    case "arithmetic":
      return node.operator === "~" ? "text" : "number";
    case "filter":
      return FILTER_KINDS[node.filter] ?? "number";
    default:
      return "number";
  }
}

const FILTER_KINDS: { readonly [filter: string]: DerivedExpression["kind"] } = {
  upper: "text",
  lower: "text",
  trim: "text",
  string: "text",
  tojson: "text",
  is_defined: "boolean",
  is_number: "boolean",
};
