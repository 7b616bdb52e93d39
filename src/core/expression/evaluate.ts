/**
 * Evaluates expressions. A path that is absent makes no value, and so does everything that needs it. What an author gives instead
 * (`x if x is defined else y`, `default(y)`, `a or b`) counts where it is looked up, too; a constant does not: a message that holds
 * only some of the values must not make zeros of the others.
 */
import { applyFilter } from "./filters.ts";
import { createRun, MAX_MADE_TEXT, type Run, type StepBudget, stepsFor } from "./run.ts";
import type { Arithmetic, Comparison, Node, Test } from "./syntax.ts";
import { ABSENT, elementOf, isEqual, isObject, isTrue, numberOf, orderOf, textOf, type Value } from "./value.ts";

export type Evaluated =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly reason: string };

export interface EvaluationOptions {
  /** JSON; undefined: there is none of this name. */
  readonly lookUp: (name: string) => unknown;
  readonly budget: StepBudget;
}

const NO_VALUE: Evaluated = { kind: "absent" };

export const evaluateExpression = (node: Node, options: EvaluationOptions): Evaluated =>
  evaluatedBy((run) => evaluate(node, run), options);

export function evaluatedBy(compute: (run: Run) => Value, { lookUp, budget }: EvaluationOptions): Evaluated {
  const run = createRun(lookUp, budget);
  const value = compute(run);
  const reason = run.failure();
  if (reason !== undefined) return { kind: "failed", reason };
  return value === ABSENT || value === null || value === undefined ? NO_VALUE : { kind: "value", value };
}

/** What a condition says. */
export interface Judgement {
  readonly value: Value;
  readonly isTrue: boolean;
  /** It asked whether something is there, which it is not. */
  readonly isByAbsence: boolean;
}

export function evaluate(node: Node, run: Run): Value {
  if (!run.pay(1)) return ABSENT;
  switch (node.kind) {
    case "literal":
      return node.value;
    case "name":
      return run.lookUp(node.name);
    case "list":
      return all(node.items, run);
    case "access":
      return withBoth(node.of, node.key, run, elementOf);
    case "get":
      return got(node, run);
    case "sign": {
      const of = evaluate(node.of, run);
      return of === ABSENT || of === null ? ABSENT : negated(of, node.sign, run);
    }
    case "arithmetic":
      return withBoth(node.left, node.right, run, (left, right) => calculated(node.operator, left, right, run));
    case "comparison":
    case "not":
    case "logic":
    case "test": {
      const judged = judge(node, run);
      return judged === undefined || judged.isByAbsence ? ABSENT : judged.value;
    }
    case "conditional": {
      const judged = judge(node.condition, run);
      const branch = judged?.isTrue ? node.yes : node.no;
      return judged === undefined || branch === undefined ? ABSENT : instead(branch, judged.isByAbsence, run);
    }
    case "filter":
      return filtered(node, run);
    case "call": {
      const values = all(node.args, run);
      return Array.isArray(values) && !values.includes(null) ? node.of(values, run) : ABSENT;
    }
  }
}

/** Something that was asked for is absent: a constant does not count instead. */
const instead = (node: Node, isByAbsence: boolean, run: Run): Value =>
  isByAbsence && node.isConstant ? ABSENT : evaluate(node, run);

function all(items: readonly Node[], run: Run): Value {
  const values = items.map((item) => evaluate(item, run));
  return values.includes(ABSENT) ? ABSENT : values;
}

function withBoth(a: Node, b: Node, run: Run, make: (a: Value, b: Value) => Value): Value {
  const left = evaluate(a, run);
  if (left === ABSENT) return ABSENT;
  const right = evaluate(b, run);
  return right === ABSENT ? ABSENT : make(left, right);
}

function got({ of, key, otherwise }: Extract<Node, { kind: "get" }>, run: Run): Value {
  const found = withBoth(of, key, run, elementOf);
  return found !== ABSENT || otherwise === undefined ? found : instead(otherwise, true, run);
}

function filtered({ filter, of, more }: Extract<Node, { kind: "filter" }>, run: Run): Value {
  const value = evaluate(of, run);
  if (value !== ABSENT)
    return applyFilter(
      filter,
      value,
      more.map((each) => () => evaluate(each, run)),
      run,
    );
  const [otherwise] = more;
  const hasDefault = filter === "default" || filter === "float" || filter === "int";
  return hasDefault && otherwise !== undefined ? instead(otherwise, true, run) : ABSENT;
}

/** Undefined: no value, as of a comparison with something absent. */
export function judge(node: Node, run: Run): Judgement | undefined {
  if (!run.pay(1)) return undefined;
  switch (node.kind) {
    case "not": {
      const of = judge(node.of, run);
      return of && truth(!of.isTrue, of.isByAbsence);
    }
    case "logic":
      return judgeLogic(node, run);
    case "test":
      return judgeTest(node.test, node.isNegated, evaluate(node.of, run), run);
    case "comparison":
      return compared(node, run);
    default: {
      const value = evaluate(node, run);
      return value === ABSENT ? undefined : { value, isTrue: isTrue(value), isByAbsence: false };
    }
  }
}

const truth = (isTrue: boolean, isByAbsence = false): Judgement => ({ value: isTrue, isTrue, isByAbsence });

function judgeLogic({ operator, left, right }: Extract<Node, { kind: "logic" }>, run: Run): Judgement | undefined {
  const first = judge(left, run);
  if (first === undefined) return operator === "or" && !right.isConstant ? judge(right, run) : undefined;
  if (first.isTrue === (operator === "or")) return first;
  const second = judge(right, run);
  return second && first.isByAbsence ? { ...second, isByAbsence: true } : second;
}

function judgeTest(test: Test, isNegated: boolean, value: Value, run: Run): Judgement | undefined {
  if (run.hasFailed()) return undefined;
  if (test === "defined") return truth((value !== ABSENT) !== isNegated, value === ABSENT);
  if (value === ABSENT) return undefined;
  return truth((test === "none" ? value === null : typeof value === test) !== isNegated);
}

function compared({ first, steps }: Extract<Node, { kind: "comparison" }>, run: Run): Judgement | undefined {
  let left = evaluate(first, run);
  for (const { operator, to } of steps) {
    if (left === ABSENT) return undefined;
    const right = evaluate(to, run);
    if (right === ABSENT) return undefined;
    const isMember = operator === "in" || operator === "not in" ? isIn(left, right, run) : undefined;
    const isSo = isMember === undefined ? holds(operator, left, right, run) : isMember === (operator === "in");
    if (isSo === undefined || run.hasFailed()) return undefined;
    if (isMember === false && isObject(right)) return truth(isSo, true);
    if (!isSo) return truth(false);
    left = right;
  }
  return truth(true);
}

function isIn(value: Value, of: Value, run: Run): boolean {
  if (typeof of === "string") return run.pay(stepsFor(of)) && typeof value === "string" && of.includes(value);
  if (Array.isArray(of)) return run.pay(of.length) && of.some((each) => isEqual(each, value) === true);
  return isObject(of) && typeof value === "string" && Object.hasOwn(of, value);
}

/** Undefined: no value, or it has failed. */
function holds(operator: Comparison, left: Value, right: Value, run: Run): boolean | undefined {
  if (operator === "==" || operator === "!=") {
    const isSame = isEqual(left, right);
    if (isSame === undefined) run.fail("lists and objects cannot be compared");
    return isSame === undefined ? undefined : isSame === (operator === "==");
  }
  if (left === null || right === null) return undefined;
  const order = orderOf(left, right);
  if (order === undefined) {
    run.fail("a text and a number have no order");
    return undefined;
  }
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

function negated(of: Value, sign: "-" | "+", run: Run): Value {
  const number = numberOf(of);
  if (number === undefined) return run.fail("a text has no sign");
  return sign === "-" ? 0 - number : number;
}

function calculated(operator: Arithmetic, left: Value, right: Value, run: Run): Value {
  if (left === null || right === null) return ABSENT;
  if (operator === "~" || (operator === "+" && typeof left === "string" && typeof right === "string")) {
    const made = `${textOf(left) ?? ""}${textOf(right) ?? ""}`;
    return run.pay(stepsFor(made)) && made.length <= MAX_MADE_TEXT ? made : run.fail("the text is too long");
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return run.fail("a text is no number: use the filter float");
  const number = numeric(operator, a, b);
  return Number.isFinite(number) ? number : run.fail(b === 0 ? "division by zero" : "the number is too large");
}

/** Division and remainder as in Python: down, with the sign of the divisor. */
function numeric(operator: Exclude<Arithmetic, "~">, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a - b * Math.floor(a / b);
    case "**":
      return a ** b;
  }
}
