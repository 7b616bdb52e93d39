/** Parses and evaluates a template as the tests of this folder do: one call, one answer. */
import type { Evaluated } from "../../../../src/core/expression/evaluate.ts";
import { evaluateTemplate } from "../../../../src/core/expression/evaluate-template.ts";
import { parseTemplate } from "../../../../src/core/expression/parse-template.ts";

const NAMES = new Set(["value", "value_json"]);

/** A template is not understood: `12: the filter "x" is not supported`. */
export function parseFault(template: string): string {
  const parsed = parseTemplate(template, { isName: (name) => NAMES.has(name) });
  return parsed.ok ? "understood" : `${parsed.at}: ${parsed.reason}`;
}

/** `json`: of the payload; the payload itself is `value`. */
export function evaluated(template: string, value: string, json?: unknown, left = 1_000): Evaluated {
  const parsed = parseTemplate(template, { isName: (name) => NAMES.has(name) });
  if (!parsed.ok) throw new Error(`${template}: ${parsed.at}: ${parsed.reason}`);
  const lookUp = (name: string): unknown => (name === "value" ? value : json);
  return evaluateTemplate(parsed.value, { lookUp, budget: { left } });
}

/** The value, or `no value`, or `failed: reason`. */
export function madeBy(template: string, json: unknown, value = JSON.stringify(json)): unknown {
  const found = evaluated(template, value, json);
  if (found.kind === "value") return found.value;
  return found.kind === "absent" ? "no value" : `failed: ${found.reason}`;
}
