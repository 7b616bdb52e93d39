/** Templates of discovery: what they are given, and what they say about their result. */
import type { Evaluated } from "../../core/expression/evaluate.ts";
import { evaluateTemplate } from "../../core/expression/evaluate-template.ts";
import { parseTemplate } from "../../core/expression/parse-template.ts";
import type { StepBudget } from "../../core/expression/run.ts";
import { MAX_TEXT } from "../../core/expression/source.ts";
import type { Node, Parsed, Template } from "../../core/expression/syntax.ts";
import { setCached } from "../../core/model/bounded-map.ts";

export interface ValueTemplate {
  readonly template: Template;
  /** It makes a number, whatever it is given. */
  readonly isNumeric: boolean;
}

/** A payload, as templates see it. */
export interface TemplateInput {
  readonly text: string;
  /** Undefined: it is no JSON. Asked for only where a template needs it. */
  json(): unknown;
  readonly budget: StepBudget;
}

const NAMES: ReadonlySet<string> = new Set(["value", "value_json"]);
const OPTIONS = { isName: (name: string): boolean => NAMES.has(name) };

/** Many entities have the same. */
const known = new Map<string, Parsed<ValueTemplate>>();
const MAX_KNOWN = 1_000;

export function valueTemplateOf(text: string): Parsed<ValueTemplate> {
  const former = known.get(text);
  if (former !== undefined) return former;
  const parsed = parsedTemplate(text);
  if (text.length <= MAX_TEXT) setCached(known, text, parsed, MAX_KNOWN);
  return parsed;
}

function parsedTemplate(text: string): Parsed<ValueTemplate> {
  const parsed = parseTemplate(text, OPTIONS);
  return parsed.ok ? { ok: true, value: { template: parsed.value, isNumeric: isNumeric(parsed.value) } } : parsed;
}

export const resultOf = ({ template }: ValueTemplate, { text, json, budget }: TemplateInput): Evaluated =>
  evaluateTemplate(template, { lookUp: (name) => (name === "value" ? text : json()), budget });

function isNumeric({ parts }: Template): boolean {
  const outputs = parts.filter((part) => part.kind !== "text" || part.text.trim() !== "");
  const [only, ...others] = outputs;
  return others.length === 0 && only?.kind === "output" && isNumber(only.expression);
}

function isNumber(node: Node): boolean {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "number";
    case "sign":
      return true;
    case "arithmetic":
      return node.operator !== "~" && (node.operator !== "+" || isNumber(node.left) || isNumber(node.right));
    case "filter":
      return ["float", "int", "round", "abs"].includes(node.filter);
    case "conditional":
      return isNumber(node.yes) && (node.no === undefined || isNumber(node.no));
    default:
      return false;
  }
}
