/** The functions that an expression of a derived metric has: what a call of each becomes. */
import type { Run } from "../expression/run.ts";
import type { Callable, FunctionSyntax, Node } from "../expression/syntax.ts";
import { numberOf, type Value } from "../expression/value.ts";
import { absoluteHumidity, dewPoint, heatIndex, seaLevelPressure, vpd } from "./air.ts";
import { nameOfTerm, parsePeriod, type Term } from "./terms.ts";

export interface FunctionOptions {
  /** `metric('pump-1')` names this metric; false: it is the name of none. */
  readonly onMetric: (name: string) => boolean;
  readonly onTerm: (term: Term) => void;
}

/** Of `min` and `max`. */
const MOST_ARGUMENTS = 16;

export function createFunctions({ onMetric, onTerm }: FunctionOptions): ReadonlyMap<string, FunctionSyntax> {
  const term = (kind: "previous" | "delta" | "rate"): FunctionSyntax =>
    ofMetric(kind, 1, (metric) => ({ kind, metric }));

  function ofMetric(name: string, count: number, make: (metric: string, args: readonly Node[]) => Term | string) {
    return (args: readonly Node[]): Node | string => {
      const metric = metricOf(args[0]);
      if (args.length !== count) return `${name} needs ${count} value${count === 1 ? "" : "s"} in brackets`;
      if (metric === undefined) return `${name} needs the name of a metric`;
      const made = make(metric, args);
      if (typeof made === "string") return made;
      onTerm(made);
      return nameNode(nameOfTerm(made));
    };
  }

  const average = ofMetric("average", 2, (metric, [, period]) => {
    const text = period?.kind === "literal" ? period.value : undefined;
    const overMs = typeof text === "string" ? parsePeriod(text) : undefined;
    return overMs === undefined
      ? "average needs a time such as '15m': s, m or h, at most a day"
      : ofPeriod(metric, overMs);
  });

  return new Map<string, FunctionSyntax>([
    ["if", conditional],
    ["metric", (args) => named(args, onMetric)],
    ["previous", term("previous")],
    ["delta", term("delta")],
    ["rate", term("rate")],
    ["average", average],
    ["round", (args) => filter("round", args, 2)],
    ["abs", (args) => filter("abs", args, 1)],
    ...[...CALCULATIONS].map(([name, made]) => [name, call(name, made)] as const),
  ]);
}

const ofPeriod = (metric: string, overMs: number): Term => ({ kind: "average", metric, overMs });

interface Calculation {
  readonly least: number;
  readonly most: number;
  readonly of: (...values: number[]) => number;
  /** Why it has no value where it has none. */
  readonly fault: string;
}

const of = (count: number, calculate: Calculation["of"], fault: string): Calculation => ({
  least: count,
  most: count,
  of: calculate,
  fault,
});

const AIR = "the humidity is not above 0, or a value is out of all bounds";

const CALCULATIONS: ReadonlyMap<string, Calculation> = new Map([
  ["min", { least: 1, most: MOST_ARGUMENTS, of: Math.min, fault: "" }],
  ["max", { least: 1, most: MOST_ARGUMENTS, of: Math.max, fault: "" }],
  ["floor", of(1, Math.floor, "")],
  ["ceil", of(1, Math.ceil, "")],
  ["sqrt", of(1, Math.sqrt, "the number is below 0")],
  ["exp", of(1, Math.exp, "the number is too large")],
  ["ln", of(1, Math.log, "the number is not above 0")],
  ["log10", of(1, Math.log10, "the number is not above 0")],
  ["dewPoint", of(2, dewPoint, AIR)],
  ["absoluteHumidity", of(2, absoluteHumidity, AIR)],
  ["vpd", of(2, vpd, AIR)],
  ["heatIndex", of(2, heatIndex, AIR)],
  ["seaLevelPressure", of(3, seaLevelPressure, "the pressure is not above 0, or a value is out of all bounds")],
]);

function call(name: string, { least, most, of: calculate, fault }: Calculation): FunctionSyntax {
  const compute: Callable = (values, run) => calculated(values, run, name, calculate) ?? run.fail(`${name}: ${fault}`);
  return (args) => {
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `${least} to ${most}`;
      return `${name} needs ${wanted} value${wanted === "1" ? "" : "s"} in brackets, not ${args.length}`;
    }
    return { kind: "call", of: compute, args, isConstant: isConstant(args) };
  };
}

/** Undefined: there is none. */
function calculated(values: readonly Value[], run: Run, name: string, calculate: Calculation["of"]): Value {
  const numbers: number[] = [];
  for (const value of values) {
    const number = numberOf(value);
    if (number === undefined) return run.fail(`${name} needs a number: use float(…) for a text`);
    numbers.push(number);
  }
  const result = calculate(...numbers);
  return Number.isFinite(result) ? result : undefined;
}

const conditional: FunctionSyntax = (args) => {
  const [condition, yes, no, ...more] = args;
  if (condition === undefined || yes === undefined || no === undefined || more.length > 0) {
    return "if needs 3 values in brackets: a condition, and what is so with it and without it";
  }
  return { kind: "conditional", condition, yes, no, isConstant: isConstant(args) };
};

function filter(name: "round" | "abs", args: readonly Node[], most: number): Node | string {
  const [value, ...more] = args;
  if (value === undefined || args.length > most) {
    return `${name} needs ${most === 1 ? "1 value" : `1 to ${most} values`} in brackets`;
  }
  return { kind: "filter", filter: name, of: value, more, isConstant: isConstant(args) };
}

function named(args: readonly Node[], onMetric: (name: string) => boolean): Node | string {
  const name = args.length === 1 && args[0]?.kind === "literal" ? args[0].value : undefined;
  if (typeof name !== "string") return "metric needs a name in quotes";
  return onMetric(name) ? nameNode(name) : `${JSON.stringify(name)} is not the name of a metric`;
}

const nameNode = (name: string): Node => ({ kind: "name", name, isConstant: false });

const metricOf = (node: Node | undefined): string | undefined =>
  node?.kind === "name" && !node.name.includes(" ") ? node.name : undefined;

const isConstant = (nodes: readonly Node[]): boolean => nodes.every((node) => node.isConstant);
