/** Reads an expression as Jinja writes it, in a fixed subset: what is not in it is named, never guessed. */
import { parsePrimary } from "./parse-primary.ts";
import { createSource, type Source } from "./source.ts";
import type { Arithmetic, Comparison, ComparisonStep, ExpressionOptions, Node, Parsed } from "./syntax.ts";

const END = /\s*$/y;
const IF = /if\b/y;
const ELSE = /else\b/y;
const OR = /or\b/y;
const AND = /and\b/y;
const NOT = /not\b/y;
/** Not a `-` or `%` that belongs to the end of a tag. */
const SUM = /(?:\+|-(?!\}\}|%\}))/y;
const PRODUCT = /(?:\/\/|\/|\*(?!\*)|%(?!\}))/y;
const POWER = /\*\*/y;
const SIGN = /[+-]/y;
const CONCATENATION = /~/y;
const COMPARISON = /(?:==|!=|<=|>=|<|>|in\b|not\s+in\b)/y;

/** All of `text` is one expression. */
export function parseExpression(text: string, options: ExpressionOptions): Parsed<Node> {
  const source = createSource(text);
  const value = source.failure() === undefined ? createExpressionParser(source, options)() : undefined;
  if (value !== undefined && source.takeHere(END) === undefined) source.fail("something else follows the expression");
  const failure = source.failure();
  if (failure !== undefined) return failure;
  return value === undefined ? { ok: false, at: source.at(), reason: "it is no expression" } : { ok: true, value };
}

/** Undefined: the source knows why. */
export type ParseNode = () => Node | undefined;

/** Reads the expression at the source's position, and stops behind it. The levels are Jinja's, each calls the one that binds tighter. */
export function createExpressionParser(source: Source, options: ExpressionOptions): ParseNode {
  /** `a if b else c` */
  function conditional(): Node | undefined {
    if (!source.enter()) return undefined;
    let yes = disjunction();
    while (yes !== undefined && source.take(IF) !== undefined) {
      const condition = disjunction();
      const no: Node | undefined = source.take(ELSE) === undefined ? undefined : conditional();
      if (condition === undefined || source.failure() !== undefined) return undefined;
      const isConstant = condition.isConstant && yes.isConstant && no?.isConstant !== false;
      yes = counted({ kind: "conditional", condition, yes, no, isConstant });
    }
    source.leave();
    return yes;
  }

  /** A row of operands with operators between them, from the left. */
  function row(
    operand: ParseNode,
    operator: RegExp,
    join: (operator: string, left: Node, right: Node) => Node,
  ): ParseNode {
    return () => {
      let left = operand();
      while (left !== undefined) {
        const found = source.take(operator);
        if (found === undefined) return left;
        const right = operand();
        left = right === undefined ? undefined : counted(join(found, left, right));
      }
      return undefined;
    };
  }

  function counted(node: Node): Node | undefined {
    return source.count() ? node : undefined;
  }

  /** `not a` */
  function negation(): Node | undefined {
    if (source.take(NOT) === undefined) return comparison();
    if (!source.enter()) return undefined;
    const of = negation();
    source.leave();
    return of && counted({ kind: "not", of, isConstant: of.isConstant });
  }

  function comparison(): Node | undefined {
    const first = sum();
    const steps: ComparisonStep[] = [];
    while (first !== undefined) {
      const found = source.take(COMPARISON);
      if (found === undefined) break;
      const to = sum();
      if (to === undefined || !source.count()) return undefined;
      steps.push({ operator: comparisonOf(found), to });
    }
    if (first === undefined || steps.length === 0) return first;
    const isConstant = first.isConstant && steps.every(({ to }) => to.isConstant);
    return { kind: "comparison", first, steps, isConstant };
  }

  /** `-a`; a filter binds tighter than arithmetic, and looser than a sign. */
  function signed(): Node | undefined {
    const sign = source.take(SIGN);
    const operand = sign === undefined ? primary.value() : unfiltered();
    if (operand === undefined || sign === undefined) return operand && primary.filtered(operand);
    const isNegative = sign === "-";
    const node = counted({ kind: "sign", sign: isNegative ? "-" : "+", of: operand, isConstant: operand.isConstant });
    return node && primary.filtered(node);
  }

  function unfiltered(): Node | undefined {
    const sign = source.take(SIGN);
    if (sign === undefined) return primary.value();
    if (!source.enter()) return undefined;
    const of = unfiltered();
    source.leave();
    return of && counted({ kind: "sign", sign: sign === "-" ? "-" : "+", of, isConstant: of.isConstant });
  }

  const arithmetic = (operator: string, left: Node, right: Node): Node => ({
    kind: "arithmetic",
    operator: arithmeticOf(operator),
    left,
    right,
    isConstant: left.isConstant && right.isConstant,
  });
  const logic =
    (operator: "and" | "or") =>
    (_: string, left: Node, right: Node): Node => ({
      kind: "logic",
      operator,
      left,
      right,
      isConstant: left.isConstant && right.isConstant,
    });
  const primary = parsePrimary(source, { ...options, inner: conditional, counted });
  const power = row(signed, POWER, arithmetic);
  const product = row(power, PRODUCT, arithmetic);
  const concatenation = row(product, CONCATENATION, arithmetic);
  const sum = row(concatenation, SUM, arithmetic);
  const conjunction = row(negation, AND, logic("and"));
  const disjunction = row(conjunction, OR, logic("or"));
  return conditional;
}

function arithmeticOf(text: string): Arithmetic {
  switch (text) {
    case "-":
    case "*":
    case "/":
    case "//":
    case "%":
    case "**":
    case "~":
      return text;
    default:
      return "+";
  }
}

function comparisonOf(text: string): Comparison {
  switch (text) {
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "in":
    case "==":
      return text;
    default:
      return "not in"; // with any white space between
  }
}
