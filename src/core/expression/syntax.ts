/** What an expression and a template are once they are parsed: the abstract syntax. Types only. */
import type { Run } from "./run.ts";
import type { Value } from "./value.ts";

/** Nothing in it is looked up: it is the same each time. */
interface Constancy {
  readonly isConstant: boolean;
}

export type Node = Constancy & Form;

export type Arithmetic = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "~";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";
export type Test = "defined" | "none" | "number" | "string";
export type Filter =
  | "float"
  | "int"
  | "round"
  | "default"
  | "upper"
  | "lower"
  | "trim"
  | "abs"
  | "is_defined"
  | "is_number"
  | "tojson"
  | "string";

type Form =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "name"; readonly name: string }
  /** `of.key`, `of["key"]`, `of[1]` */
  | { readonly kind: "access"; readonly of: Node; readonly key: Node }
  /** `of.get(key, otherwise)` */
  | { readonly kind: "get"; readonly of: Node; readonly key: Node; readonly otherwise: Node | undefined }
  | { readonly kind: "sign"; readonly sign: "-" | "+"; readonly of: Node }
  | { readonly kind: "arithmetic"; readonly operator: Arithmetic; readonly left: Node; readonly right: Node }
  /** `0 <= x < 10` has two steps. */
  | { readonly kind: "comparison"; readonly first: Node; readonly steps: readonly ComparisonStep[] }
  | { readonly kind: "not"; readonly of: Node }
  | { readonly kind: "logic"; readonly operator: "and" | "or"; readonly left: Node; readonly right: Node }
  /** `of is test`, `of is not test` */
  | { readonly kind: "test"; readonly test: Test; readonly isNegated: boolean; readonly of: Node }
  /** `yes if condition else no` */
  | { readonly kind: "conditional"; readonly condition: Node; readonly yes: Node; readonly no: Node | undefined }
  /** `of(…)`: a function that its language has beside the filters. */
  | { readonly kind: "call"; readonly of: Callable; readonly args: readonly Node[] }
  /** `of | filter(…)`; `float(x)` is the same as `x | float`. */
  | { readonly kind: "filter"; readonly filter: Filter; readonly of: Node; readonly more: readonly Node[] };

/** Of its arguments, which are all there. Fails by `run`. */
export type Callable = (values: readonly Value[], run: Run) => Value;

/** What a call becomes; text: why it cannot be one. */
export type FunctionSyntax = (args: readonly Node[]) => Node | string;

export interface ComparisonStep {
  readonly operator: Comparison;
  readonly to: Node;
}

/** What is between and around `{{ … }}` and `{% … %}`, and those. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly expression: Node }
  | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: Template | undefined };

export interface Branch {
  readonly condition: Node;
  readonly body: Template;
}

export interface Template extends Constancy {
  readonly parts: readonly TemplatePart[];
}

/** Why a text is not understood, and where that begins, from 0. */
export interface NotUnderstood {
  readonly ok: false;
  readonly at: number;
  /** `the filter "timestamp_local" is not supported` */
  readonly reason: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | NotUnderstood;

export interface ExpressionOptions {
  /** Whether this can be looked up when the expression is evaluated. */
  readonly isName: (name: string) => boolean;
  /** How a name is written (sticky); left out: as Jinja has it, where a point takes an element. */
  readonly names?: RegExp;
  /** Functions beside those of Jinja, by name. */
  readonly functions?: ReadonlyMap<string, FunctionSyntax>;
}
