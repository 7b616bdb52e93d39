/** The topic of a mapping, `home/{device}/{metric}`: read, compared with topics, and with other patterns. */

export type Level =
  | { readonly kind: "literal"; readonly text: string }
  /** `+`: one level that does not matter. */
  | { readonly kind: "any"; readonly several: false }
  /** One level or, with `several`, one and more. */
  | { readonly kind: "device" | "metric"; readonly several: boolean };

export interface TopicPattern {
  /** Not empty; at most one of them takes several levels. */
  readonly levels: readonly Level[];
}

/** What the placeholders stand for in one topic. */
export interface Captured {
  readonly device: readonly string[];
  readonly metric: readonly string[];
}

export type ParsedPattern =
  | { readonly ok: true; readonly value: TopicPattern }
  | { readonly ok: false; readonly message: string };

const MAX_LEVELS = 32;
const PLACEHOLDER = /^\{(device|metric)(\+?)\}$/;
/** What a topic cannot have, and what is left of a placeholder that is written in another way. */
const NOT_LITERAL = /[+#{}\p{Cc}]/u;

/** What follows asks a board to do something, and is no reading of it. */
const COMMANDS: ReadonlySet<string> = new Set("set get cmd cmnd command commands rpc request".split(" "));

export const isCommandLevel = (level: string): boolean => COMMANDS.has(level.toLowerCase());

export function parsePattern(text: string): ParsedPattern {
  const parts = text.split("/");
  if (parts.length > MAX_LEVELS) return wrong(`expected at most ${MAX_LEVELS} levels`);
  const levels: Level[] = [];
  for (const part of parts) {
    const level = levelOf(part);
    if (level === undefined) {
      return wrong(
        `${JSON.stringify(part.slice(0, 40))}: a level is a name, +, {device}, {device+}, {metric} or {metric+}`,
      );
    }
    levels.push(level);
  }
  const [first] = levels;
  if (first?.kind === "literal" && first.text.startsWith("$"))
    return wrong("topics that begin with $ are the broker's own");
  if (levels.filter(isSeveral).length > 1) return wrong("only one of {device+} and {metric+} can take several levels");
  if (!levels.some((level) => level.kind === "literal" && level.text !== "")) {
    return wrong("a level at least must be a name: this would read every topic of that length");
  }
  return { ok: true, value: { levels } };
}

const wrong = (message: string): ParsedPattern => ({ ok: false, message });

function levelOf(part: string): Level | undefined {
  if (part === "+") return { kind: "any", several: false };
  const [, name, plus] = PLACEHOLDER.exec(part) ?? [];
  if (name === "device" || name === "metric") return { kind: name, several: plus === "+" };
  return NOT_LITERAL.test(part) ? undefined : { kind: "literal", text: part };
}

const isSeveral = (level: Level): boolean => level.kind !== "literal" && level.several;

/** Whether a level that a placeholder stands for may be this. */
const isTaken = (text: string): boolean => text !== "" && !isCommandLevel(text);

function fits(level: Level, text: string): boolean {
  if (level.kind === "literal") return level.text === text;
  return level.kind === "any" || isTaken(text);
}

/** Undefined: the topic is not of this pattern. */
export function matchTopic({ levels }: TopicPattern, topic: readonly string[]): Captured | undefined {
  const spare = topic.length - levels.length;
  if (spare < 0 || (spare > 0 && !levels.some(isSeveral))) return undefined;
  const captured: { device: string[]; metric: string[] } = { device: [], metric: [] };
  let at = 0;
  for (const level of levels) {
    const end = at + 1 + (isSeveral(level) ? spare : 0);
    for (; at < end; at++) {
      const text = topic[at] ?? "";
      if (!fits(level, text)) return undefined;
      if (level.kind === "device" || level.kind === "metric") captured[level.kind].push(text);
    }
  }
  return captured;
}

/** Whether some topic is of both. */
export function overlap({ levels: a }: TopicPattern, { levels: b }: TopicPattern): boolean {
  // Most differ there.
  if (a[0] === undefined || b[0] === undefined || !meet(a[0], b[0])) return false;
  const seen = new Set<number>();
  function from(i: number, j: number): boolean {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return left === right;
    const state = i * (MAX_LEVELS + 1) + j;
    if (seen.has(state)) return false;
    seen.add(state);
    if (!meet(left, right)) return false;
    return from(i + 1, j + 1) || (isSeveral(left) && from(i, j + 1)) || (isSeveral(right) && from(i + 1, j));
  }
  return from(0, 0);
}

function meet(left: Level, right: Level): boolean {
  if (left.kind === "literal") return fits(right, left.text);
  return right.kind !== "literal" || fits(left, right.text);
}

/** The names before the first placeholder: the device of a pattern that has none. */
export function literalDevice({ levels }: TopicPattern, isMetricInTopic: boolean): string[] {
  const first = levels.findIndex(({ kind }) => kind !== "literal");
  const names = namesOf(levels.slice(0, first < 0 ? levels.length : first));
  const isLastMetric = first < 0 && isMetricInTopic && names.length > 1;
  return isLastMetric ? names.slice(0, -1) : names;
}

/** The last name: the metric of a pattern that has none. */
export const literalMetric = ({ levels }: TopicPattern): string => namesOf(levels).at(-1) ?? "value";

const namesOf = (levels: readonly Level[]): string[] =>
  levels.flatMap((level) => (level.kind === "literal" && level.text !== "" ? [level.text] : []));

export const has = ({ levels }: TopicPattern, kind: Level["kind"]): boolean =>
  levels.some((level) => level.kind === kind);

/** Topics of this pattern, whatever their names are. */
export function examplesOf({ levels }: TopicPattern): string[] {
  const fill = (name: (level: Level) => string): string =>
    levels.map((level) => (level.kind === "literal" ? level.text : name(level))).join("/");
  return [fill(() => "x"), fill((level) => (isSeveral(level) ? "x/x" : "x")), fill(() => "0")];
}
