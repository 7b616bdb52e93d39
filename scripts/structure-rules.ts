/** The size rules of the source and its retired words (docs/glossary.md), as findings over sources. */
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

function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const field in node) {
    const value = node[field];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

function parse(file: string, text: string): Node {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: cannot be parsed: ${errors[0]?.message}`);
  return program as unknown as Node;
}

interface NamedFunction {
  readonly name: string;
  readonly node: Node;
}

const IDENTIFIER = /^(Identifier|PrivateIdentifier|JSXIdentifier)$/;

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

interface Findings {
  /** Own lines: without those of the named functions in it. */
  readonly functions: readonly Size[];
  readonly identifiers: ReadonlySet<string>;
}

const read = new Map<string, Findings>();

/** Of each text once: parsing it takes longer than all else here. */
function findingsIn(file: string, text: string): Findings {
  const known = read.get(text);
  if (known !== undefined) return known;
  const functions: Size[] = [];
  const identifiers = new Set<string>();
  /** Answers how many lines belong to named functions in it. */
  const walk = (node: Node): number => {
    if (IDENTIFIER.test(node.type)) identifiers.add(String(node["name"]));
    let below = 0;
    eachChild(node, (child) => {
      below += walk(child);
    });
    const named = namedFunction(node);
    if (named === undefined) return below;
    const lines = lineCount(text.slice(node.start, node.end));
    functions.push({ size: lines - below, where: `${file}:${lineCount(text.slice(0, node.start))} ${named.name}` });
    return lines;
  };
  walk(parse(file, text));
  const findings = { functions, identifiers };
  read.set(text, findings);
  return findings;
}

export const functionSizes = (sources: Sources): Size[] =>
  largestFirst([...sources].flatMap(([file, text]) => findingsIn(file, text).functions));

/** What is larger than the rules allow, in words. */
export function sizeFaults(sources: Sources): string[] {
  const over = (sizes: readonly Size[], most: number, unit: string): string[] =>
    sizes.filter(({ size }) => size > most).map(({ size, where }) => `${where}: ${size} ${unit}, at most ${most}`);
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
  /** `file identifier`s in which it is the field's own word, or a name on the wire or in the store, which stays. */
  readonly allowed?: RegExp;
}

/** `place` of a device: where its owner says it stands. Stored and sent under this name. */
const DEVICE_PLACE = [
  "public/app/(device|hub|overview)/.* place$",
  "src/contract/(readings|rest|fleet/.*)\\.ts place$",
  "src/core/(devices|fleet)/.* place$",
  "src/core/alerts/presets/preset-devices\\.ts place$",
  "src/core/ports/(readings-store|stored-device)\\.ts place$",
  "src/core/(outbox/replay|transfer/migration)\\.ts place$",
  "src/http/routes/device.* place$",
  "src/store/.*/(documents|devices|load-devices|device-table|sqlite-store|writer-thread)\\.ts place$",
  "src/store/sqlite/(sqlite-store|writer-thread)\\.ts place$",
];

/** Fields `place` of refusals in REST, and of deliveries in the stores. */
const NAMED_PLACE = [
  "(contract/refusal|core/limits/refusals)\\.ts place$",
  "faulty-payload\\.tsx place$",
  "(broker-documents|broker-journal|outbox-entry|load-journal)\\.ts (place|by_client_and_place)$",
];

/** Words of our own, which readers had to learn. Each is a part of an identifier: `outletOf` → `outlet`, `of`. */
const RETIRED: readonly RetiredWord[] = [
  { word: /^voices?$/, instead: "response writer" },
  { word: /^outlets?$/, instead: "publish writer" },
  // A room of a house, whose air the benchmark simulates.
  { word: /^rooms?$/, instead: "byte budget, space", allowed: /^bench\/history\/|^src\/live\// },
  { word: /^wish(es|ed)?$/, instead: "query, request, options" },
  {
    word: /^place[sd]?$/,
    instead: "index, position, order, location",
    allowed: new RegExp([...DEVICE_PLACE, ...NAMED_PLACE].join("|")),
  },
  { word: /^lanes?$/, instead: "serial queue" },
  { word: /^placing$/, instead: "id assignment" },
  { word: /^(life|lives)$/, instead: "generation", allowed: /^src\/store\/mongo\/.* (life|belowLife)$/ },
  { word: /^claims$/, instead: "what they are" },
  { word: /^pieces?$/, instead: "part, chunk", allowed: /^src\/store\/sqlite\/tables\// },
  // Error codes, and a property of zod's schemas.
  { word: /^shapes?$/, instead: "format, schema", allowed: /_WRONG_SHAPE$|src\/contract\/access\.ts/ },
  { word: /^processors?$/, instead: "cpu" },
  { word: /^hand(ed|over)?$/, instead: "transfer, redistribute" },
  // The field of `GET /api/refusals`, which its former name has, too.
  { word: /^rejections?$/, instead: "refusal", allowed: / rejections$/ },
  { word: /^strangers?$/, instead: "unknown device, unauthenticated client" },
  { word: /^deaf$/, instead: "unavailable" },
  { word: /^told$/, instead: "notified" },
  { word: /^believed?$/, instead: "trusted" },
  // A field between the command line and the hub.
  { word: /^(forget|forgets|forgot|forgotten|forgetter)$/, instead: "delete, expire", allowed: / forgotten$/ },
  { word: /^whose$/, instead: "a noun" },
];

const wordsOf = (identifier: string): string[] =>
  identifier
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_$#]+/)
    .map((word) => word.toLowerCase());

/** Identifiers with a retired word, each once a file, in words. */
export function retiredWords(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    [...findingsIn(file, text).identifiers].flatMap((identifier) => {
      const words = wordsOf(identifier);
      return RETIRED.filter(
        ({ word, allowed }) => words.some((each) => word.test(each)) && allowed?.test(`${file} ${identifier}`) !== true,
      ).map(({ instead }) => `${file}: ${identifier} has a retired word: say ${instead}`);
    }),
  );
}
