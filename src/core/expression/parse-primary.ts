/** Reads what stands between the operators of an expression: literals, names, access, filters, tests. */
import type { Source } from "./source.ts";
import type { ExpressionOptions, Filter, FunctionSyntax, Node, Test } from "./syntax.ts";

export interface PrimaryOptions extends ExpressionOptions {
  /** A whole expression: what may stand in brackets. */
  readonly inner: () => Node | undefined;
  /** Undefined: there are too many nodes. */
  readonly counted: (node: Node) => Node | undefined;
}

export interface Primary {
  /** With what follows it without white space between: `value_json.a["b"]`. */
  value(): Node | undefined;
  /** With the filters and tests behind it: `| round(1)`, `is defined`. */
  filtered(node: Node): Node | undefined;
}

const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const NAME = /[A-Za-z_]\w*/y;
const INDEX_OR_NAME = /(?:[A-Za-z_]\w*|\d+)/y;
const OPEN = /\(/y;
const CLOSE = /\)/y;
const OPEN_LIST = /\[/y;
const CLOSE_LIST = /\]/y;
const DOT = /\./y;
const COMMA = /,/y;
const PIPE = /\|/y;
const IS = /is\b/y;
const IS_NOT = /not\b/y;

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "not", "if", "else", "in", "is"]);

/** Name → filter, and the number of arguments that it may have. */
const FILTERS: ReadonlyMap<string, readonly [filter: Filter, most: number]> = new Map([
  ["float", ["float", 1]],
  ["int", ["int", 1]],
  ["round", ["round", 2]],
  ["default", ["default", 2]],
  ["d", ["default", 2]],
  ["upper", ["upper", 0]],
  ["lower", ["lower", 0]],
  ["trim", ["trim", 0]],
  ["abs", ["abs", 0]],
  ["is_defined", ["is_defined", 0]],
  ["is_number", ["is_number", 0]],
  ["tojson", ["tojson", 0]],
  ["to_json", ["tojson", 0]],
  ["string", ["string", 0]],
]);
const FUNCTIONS: ReadonlySet<string> = new Set(["float", "int", "is_number"]);
const TESTS: ReadonlyMap<string, readonly [test: Test, isNegated: boolean]> = new Map([
  ["defined", ["defined", false]],
  ["undefined", ["defined", true]],
  ["none", ["none", false]],
  ["number", ["number", false]],
  ["string", ["string", false]],
]);

const NO_FUNCTIONS: ReadonlyMap<string, FunctionSyntax> = new Map();

export function parsePrimary(source: Source, options: PrimaryOptions): Primary {
  const { isName, inner, counted, names = NAME, functions = NO_FUNCTIONS } = options;

  function value(): Node | undefined {
    let node = atom();
    while (node !== undefined) {
      if (source.takeHere(DOT) !== undefined) node = attribute(node);
      else if (source.takeHere(OPEN_LIST) !== undefined) node = element(node);
      else return node;
    }
    return undefined;
  }

  function atom(): Node | undefined {
    const text = source.take(NUMBER);
    if (text !== undefined) return literal(Number(text));
    const quoted = source.take(STRING);
    if (quoted !== undefined) return literal(unquoted(quoted));
    if (source.take(OPEN) !== undefined) return bracketed();
    if (source.take(OPEN_LIST) !== undefined) return list(CLOSE_LIST, "]", []);
    const name = source.take(names);
    if (name !== undefined && functions.has(name) && source.takeHere(OPEN) !== undefined) return ownCall(name);
    if (name === undefined || KEYWORDS.has(name)) {
      source.moveTo(source.at() - (name?.length ?? 0));
      return source.fail(shownHere("a value belongs here"));
    }
    const known = LITERALS.get(name);
    if (known !== undefined) return literal(known);
    return named(name);
  }

  const literal = (value: string | number | boolean | null): Node | undefined =>
    counted({ kind: "literal", value, isConstant: true });

  function named(name: string): Node | undefined {
    const at = source.at() - name.length;
    if (source.takeHere(OPEN) !== undefined) return call(name, at);
    if (!isName(name)) return source.fail(`${JSON.stringify(name)} is not known here`, at);
    return counted({ kind: "name", name, isConstant: false });
  }

  /** `if(a, b, c)`, where the language has it. */
  function ownCall(name: string): Node | undefined {
    const at = source.at() - name.length - 1;
    const args = source.enter() ? rest(CLOSE, ")") : undefined;
    source.leave();
    if (args === undefined || source.failure() !== undefined) return undefined;
    const node = functions.get(name)?.(args) ?? `${name} is not a function`;
    return typeof node === "string" ? source.fail(node, at) : counted(node);
  }

  /** `float(x, 0)` */
  function call(name: string, at: number): Node | undefined {
    if (!FUNCTIONS.has(name)) return source.fail(`the function ${JSON.stringify(name)} is not supported`, at);
    const [of, ...more] = rest(CLOSE, ")") ?? [];
    if (source.failure() !== undefined) return undefined;
    return of === undefined ? source.fail(`${name} needs a value`, at) : filterNode(name, at, of, more);
  }

  /** `(a)`, or a list: `(a, b)` */
  function bracketed(): Node | undefined {
    if (source.take(CLOSE) !== undefined) return counted({ kind: "list", items: [], isConstant: true });
    const first = inner();
    if (first === undefined || source.take(CLOSE) !== undefined) return first;
    if (source.take(COMMA) === undefined) return source.fail(shownHere('")" is missing'));
    return list(CLOSE, ")", [first]);
  }

  function list(close: RegExp, word: string, first: readonly Node[]): Node | undefined {
    const more = rest(close, word);
    if (more === undefined) return undefined;
    const items = [...first, ...more];
    return counted({ kind: "list", items, isConstant: items.every(({ isConstant }) => isConstant) });
  }

  /** Expressions with commas between them, up to the end of the brackets. */
  function rest(close: RegExp, word: string): Node[] | undefined {
    const nodes: Node[] = [];
    while (source.take(close) === undefined) {
      const node = inner();
      if (node === undefined) return undefined;
      nodes.push(node);
      if (source.take(COMMA) !== undefined) continue;
      return source.take(close) === undefined ? source.fail(shownHere(`"${word}" is missing`)) : nodes;
    }
    return nodes;
  }

  /** `of.name`, `of.0`, `of.get("name")` */
  function attribute(of: Node): Node | undefined {
    const at = source.at();
    const name = source.takeHere(INDEX_OR_NAME);
    if (name === undefined) return source.fail(shownHere("a name belongs here"));
    if (source.takeHere(OPEN) !== undefined) return method(of, name, at);
    const key = literal(/^\d/.test(name) ? Number(name) : name);
    return key && counted({ kind: "access", of, key, isConstant: of.isConstant });
  }

  function method(of: Node, name: string, at: number): Node | undefined {
    if (name !== "get") return source.fail(`the method ${JSON.stringify(name)} is not supported`, at);
    const [key, otherwise, ...more] = rest(CLOSE, ")") ?? [];
    if (source.failure() !== undefined) return undefined;
    if (key === undefined || more.length > 0) return source.fail("get needs one or two values", at);
    const isConstant = of.isConstant && key.isConstant && otherwise?.isConstant !== false;
    return counted({ kind: "get", of, key, otherwise, isConstant });
  }

  /** `of["name"]`, `of[0]` */
  function element(of: Node): Node | undefined {
    const key = inner();
    if (key === undefined) return undefined;
    if (source.take(CLOSE_LIST) === undefined) return source.fail(shownHere('"]" is missing'));
    return counted({ kind: "access", of, key, isConstant: of.isConstant && key.isConstant });
  }

  function filtered(node: Node): Node | undefined {
    let of: Node | undefined = node;
    while (of !== undefined) {
      if (source.take(PIPE) !== undefined) of = filter(of);
      else if (source.take(IS) !== undefined) of = test(of);
      else return of;
    }
    return undefined;
  }

  function filter(of: Node): Node | undefined {
    const name = source.take(NAME);
    if (name === undefined) return source.fail(shownHere("the name of a filter belongs here"));
    const at = source.at() - name.length;
    const more = source.takeHere(OPEN) === undefined ? [] : rest(CLOSE, ")");
    return more && filterNode(name, at, of, more);
  }

  function filterNode(name: string, at: number, of: Node, more: readonly Node[]): Node | undefined {
    const [filter, most] = FILTERS.get(name) ?? [];
    if (filter === undefined || most === undefined) {
      return source.fail(`the filter ${JSON.stringify(name)} is not supported`, at);
    }
    if (more.length > most) return source.fail(`${name} has too many values in brackets`, at);
    const isConstant = of.isConstant && more.every((each) => each.isConstant);
    return counted({ kind: "filter", filter, of, more, isConstant });
  }

  function test(of: Node): Node | undefined {
    const isNot = source.take(IS_NOT) !== undefined;
    const name = source.take(NAME);
    const [test, isOpposite] = TESTS.get(name ?? "") ?? [];
    if (test === undefined) {
      return source.fail(`the test ${JSON.stringify(name ?? "")} is not supported`, source.at() - (name?.length ?? 0));
    }
    return counted({ kind: "test", test, isNegated: isNot !== isOpposite, of, isConstant: of.isConstant });
  }

  function shownHere(what: string): string {
    const next = source.text.slice(source.at()).trimStart().slice(0, 20);
    return next === "" ? `${what}, and it ends here` : `${what}, not ${JSON.stringify(next)}`;
  }

  return { value, filtered };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\([\s\S])/g, (_, char: string) => ESCAPES[char] ?? char);
