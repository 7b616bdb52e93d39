/** The size rules of the source and its retired words (docs/glossary.md), as findings over sources. Reads no file. */
import { parseSync } from "vite";

/** Path from the project's root, with `/`, to text. */
export type Sources = ReadonlyMap<string, string>;

export interface Size {
  /** Files in a folder, or lines. */
  readonly size: number;
  /** A folder, a file, or `file:line name` of a function. */
  readonly where: string;
}

export const MOST_FILES = 20;
export const MOST_FILE_LINES = 300;
export const MOST_FUNCTION_LINES = 70;

/** Files and functions (`file name`) that may be longer, each with the reason. */
const MAY_BE_LONGER: Readonly<Record<string, string>> = {
  "src/cli/run-command.ts createProgram": "the table of commands and their options",
  "src/http/routes/access-routes.ts accessRoutes": "a table of routes",
};

/** A factory's inner functions share its variables: it is bounded by its file. */
const FACTORY = /^(create|open)[A-Z]/;

const largestFirst = (sizes: readonly Size[]): Size[] => [...sizes].sort((a, b) => b.size - a.size);

export function folderSizes(files: Iterable<string>): Size[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return largestFirst([...counts].map(([where, size]) => ({ size, where })));
}

const lineCount = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

export const fileSizes = (sources: Sources): Size[] =>
  largestFirst([...sources].map(([where, text]) => ({ size: lineCount(text), where })));

/** A node of the syntax tree (ESTree). */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Partial<Node>).type === "string";

const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

const parsed = new Map<string, Node>();

/** Each text once: parsing takes longer than all else here. */
function parse(file: string, text: string): Node {
  const before = parsed.get(text);
  if (before !== undefined) return before;
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: cannot be parsed: ${errors[0]?.message}`);
  const node = program as unknown as Node;
  parsed.set(text, node);
  return node;
}

interface NamedFunction {
  readonly name: string;
  readonly node: Node;
}

const isFunction = (value: unknown): value is Node => isNode(value) && /^(Arrow)?Function/.test(value.type);

/** Declarations, methods, and constants or properties that are functions. */
function namedFunction(node: Node): NamedFunction | undefined {
  const named = (id: unknown): NamedFunction | undefined =>
    isNode(id) && typeof id["name"] === "string" ? { name: id["name"], node } : undefined;
  if (node.type === "FunctionDeclaration") return named(node["id"]);
  if (node.type === "VariableDeclarator" && isFunction(node["init"])) return named(node["id"]);
  if (/^(MethodDefinition|Property|PropertyDefinition)$/.test(node.type) && isFunction(node["value"])) {
    return named(node["key"]);
  }
  return undefined;
}

/** Lines of each function without those of the named functions in it. */
export function functionSizes(sources: Sources): Size[] {
  const found: Size[] = [];
  for (const [file, text] of sources) {
    const linesOf = ({ start, end }: Node): number => lineCount(text.slice(start, end));
    /** Answers how many lines belong to named functions below. */
    const walk = (node: Node): number => {
      const below = childrenOf(node).reduce((lines, child) => lines + walk(child), 0);
      const named = namedFunction(node);
      if (named === undefined) return below;
      const lines = linesOf(node);
      found.push({ size: lines - below, where: `${file}:${lineCount(text.slice(0, node.start))} ${named.name}` });
      return lines;
    };
    walk(parse(file, text));
  }
  return largestFirst(found);
}

/** `file:12 name` → `file name` */
const withoutLine = (where: string): string => where.replace(/:\d+ /, " ");

/** What is larger than the rules allow, in words. */
export function sizeFaults(sources: Sources): string[] {
  const over = (sizes: readonly Size[], most: number, unit: string): string[] =>
    sizes
      .filter(({ size, where }) => size > most && MAY_BE_LONGER[withoutLine(where)] === undefined)
      .map(({ size, where }) => `${where}: ${size} ${unit}, at most ${most}`);
  const bounded = functionSizes(sources).filter(({ where }) => !FACTORY.test(where.split(" ")[1] ?? ""));
  return [
    ...over(folderSizes(sources.keys()), MOST_FILES, "files"),
    ...over(fileSizes(sources), MOST_FILE_LINES, "lines"),
    ...over(bounded, MOST_FUNCTION_LINES, "own lines"),
  ];
}

interface RetiredWord {
  readonly word: RegExp;
  readonly instead: string;
  /** Identifiers or files in which it means what the field means by it. */
  readonly allowed?: RegExp;
}

/** Words of our own, which readers had to learn. Each is a part of an identifier: `outletOf` → `outlet`, `of`. */
const RETIRED: readonly RetiredWord[] = [
  { word: /^voices?$/, instead: "response writer" },
  { word: /^outlets?$/, instead: "publish writer" },
  { word: /^rooms?$/, instead: "byte budget, space", allowed: /firmware-sim|bench\/|src\/live\/|metrics\.ts/ },
  { word: /^wish(es|ed)?$/, instead: "query, request, options" },
  { word: /^place[sd]?$/, instead: "index, position, order, location; `place` is where a device stands" },
  { word: /^lanes?$/, instead: "serial queue" },
  { word: /^placing$/, instead: "id assignment" },
  { word: /^(life|lives)$/, instead: "generation" },
  { word: /^claims$/, instead: "what they are" },
  { word: /^pieces?$/, instead: "part, chunk" },
  { word: /^shapes?$/, instead: "format, schema" },
  { word: /^processors?$/, instead: "cpu" },
  { word: /^hand(ed|over)?$/, instead: "transfer, redistribute" },
  { word: /^rejections?$/, instead: "refusal" },
  { word: /^strangers?$/, instead: "unknown device, unauthenticated client" },
  { word: /^deaf$/, instead: "unavailable" },
  { word: /^told$/, instead: "notified" },
  { word: /^believed?$/, instead: "trusted" },
  { word: /^(forget|forgets|forgot|forgotten|forgetter)$/, instead: "delete, expire" },
  { word: /^whose$/, instead: "a noun" },
];

const wordsOf = (identifier: string): string[] =>
  identifier
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_$#]+/)
    .map((word) => word.toLowerCase());

function identifiersOf(file: string, text: string): string[] {
  const found: string[] = [];
  const walk = (node: Node): void => {
    if (/^(Identifier|PrivateIdentifier|JSXIdentifier)$/.test(node.type)) found.push(String(node["name"]));
    for (const child of childrenOf(node)) walk(child);
  };
  walk(parse(file, text));
  return found;
}

/** Identifiers with a retired word, each once a file, in words. */
export function retiredWords(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    [...new Set(identifiersOf(file, text))].flatMap((identifier) => {
      const words = wordsOf(identifier);
      return RETIRED.filter(
        ({ word, allowed }) => words.some((each) => word.test(each)) && allowed?.test(`${file} ${identifier}`) !== true,
      ).map(({ instead }) => `${file}: ${identifier} has a retired word: say ${instead}`);
    }),
  );
}
