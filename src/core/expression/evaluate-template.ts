/** Evaluates templates: a value where a template is one expression, else text. */
import { type Evaluated, type EvaluationOptions, evaluate, evaluatedBy, judge } from "./evaluate.ts";
import { MAX_MADE_TEXT, type Run, stepsFor } from "./run.ts";
import type { Template, TemplatePart } from "./syntax.ts";
import { ABSENT, textOf, type Value } from "./value.ts";

/** Text without white space at its ends. An empty text is no value, as of an `if` that does not hold and has no `else`. */
export const evaluateTemplate = (template: Template, options: EvaluationOptions): Evaluated =>
  evaluatedBy((run) => {
    const value = evaluateParts(template, run);
    const text = typeof value === "string" ? value.trim() : value;
    return text === "" ? ABSENT : text;
  }, options);

function evaluateParts({ parts }: Template, run: Run): Value {
  const made: Value[] = [];
  for (const part of parts) {
    const value = evaluatePart(part, run);
    if (value === ABSENT || run.hasFailed()) return ABSENT;
    const isFiller = part.kind === "text" && part.text.trim() === "";
    if (!isFiller || made.length > 0) made.push(value);
  }
  while (typeof made.at(-1) === "string" && String(made.at(-1)).trim() === "") made.pop();
  return made.length === 1 ? made[0] : joined(made, run);
}

function evaluatePart(part: TemplatePart, run: Run): Value {
  if (!run.pay(1)) return ABSENT;
  switch (part.kind) {
    case "text":
      return part.text;
    case "output":
      return evaluate(part.expression, run);
    case "if": {
      let isByAbsence = false;
      for (const { condition, body } of part.branches) {
        const judged = judge(condition, run);
        if (judged === undefined) return ABSENT;
        isByAbsence ||= judged.isByAbsence;
        if (judged.isTrue) return instead(body, isByAbsence, run);
      }
      return instead(part.otherwise, isByAbsence, run);
    }
  }
}

/** A condition asked for something absent: what is the same each time does not count instead. */
function instead(template: Template | undefined, isByAbsence: boolean, run: Run): Value {
  if (isByAbsence && template?.isConstant !== false) return ABSENT;
  return template === undefined ? "" : evaluateParts(template, run);
}

function joined(values: readonly Value[], run: Run): Value {
  let text = "";
  for (const value of values) {
    const part = textOf(value) ?? "";
    if (!run.pay(stepsFor(part)) || text.length + part.length > MAX_MADE_TEXT) return run.fail("the text is too long");
    text += part;
  }
  return text;
}
