/** Finds what is known of a topic: exact topics in a map, those with wildcards in a tree of levels. */

export interface TopicEntry<Use> {
  readonly uses: Set<Use>;
}

export interface TopicIndex<Use> {
  /** True: another topic is known now. A use beyond the bound is left out. */
  add(filter: string, use: Use): boolean;
  /** True: nothing is known of the topic any more. */
  remove(filter: string, use: Use): boolean;
  match(topic: string): TopicEntry<Use>[];
}

interface Level<Use> {
  readonly below: Map<string, Level<Use>>;
  entry: TopicEntry<Use> | undefined;
}

/** Uses of one topic: a message of it must not cost more than so many evaluations. */
export const MAX_USES = 1_024;
const MAX_LEVELS = 32;
export const MAX_TOPIC_CHARS = 1_024;
/** Levels that are looked at for one topic. */
const MAX_VISITS = 10_000;

/** A topic, or a filter that names at least one level: `#` alone is no topic of a device. [MQTT 5.0, 4.7.1] */
export function isTopicFilter(filter: string): boolean {
  if (filter === "" || filter.length > MAX_TOPIC_CHARS || filter.startsWith("$")) return false;
  const levels = filter.split("/", MAX_LEVELS + 1);
  if (levels.length > MAX_LEVELS) return false;
  if (filter.includes("\0") || levels.every((level) => WILD.has(level) || level === "")) return false;
  return levels.every((level, index) => isLevel(level, index === levels.length - 1));
}

const WILD: ReadonlySet<string> = new Set(["+", "#"]);

const isLevel = (level: string, isLast: boolean): boolean =>
  level === "+" || (level === "#" && isLast) || !/[+#]/.test(level);

export const hasWildcard = (filter: string): boolean => /[+#]/.test(filter);

export function createTopicIndex<Use>(): TopicIndex<Use> {
  const exact = new Map<string, TopicEntry<Use>>();
  const top: Level<Use> = { below: new Map(), entry: undefined };

  function add(filter: string, use: Use): boolean {
    const level = hasWildcard(filter) ? levelOf(filter) : undefined;
    const present = level === undefined ? exact.get(filter) : level.entry;
    if (present !== undefined) {
      if (present.uses.size < MAX_USES) present.uses.add(use);
      return false;
    }
    const entry = { uses: new Set([use]) };
    if (level === undefined) exact.set(filter, entry);
    else level.entry = entry;
    return true;
  }

  function remove(filter: string, use: Use): boolean {
    const entry = hasWildcard(filter) ? wayTo(filter).at(-1)?.entry : exact.get(filter);
    if (entry === undefined) return false;
    entry.uses.delete(use);
    if (entry.uses.size > 0) return false;
    if (hasWildcard(filter)) removeWild(filter);
    else exact.delete(filter);
    return true;
  }

  function levelOf(filter: string): Level<Use> {
    let level = top;
    for (const name of filter.split("/")) {
      const next: Level<Use> = level.below.get(name) ?? { below: new Map(), entry: undefined };
      level.below.set(name, next);
      level = next;
    }
    return level;
  }

  /** From the top to its level; empty: there is none. */
  function wayTo(filter: string): Level<Use>[] {
    const way: Level<Use>[] = [top];
    for (const name of filter.split("/")) {
      const next = way.at(-1)?.below.get(name);
      if (next === undefined) return [];
      way.push(next);
    }
    return way;
  }

  /** With the levels that lead to nothing any more. */
  function removeWild(filter: string): void {
    const names = filter.split("/");
    const way = wayTo(filter);
    const last = way.at(-1);
    if (last !== undefined) last.entry = undefined;
    for (let depth = names.length; depth > 0; depth--) {
      const level = way[depth];
      if (level === undefined || level.entry !== undefined || level.below.size > 0) return;
      way[depth - 1]?.below.delete(names[depth - 1] ?? "");
    }
  }

  function match(topic: string): TopicEntry<Use>[] {
    const found: TopicEntry<Use>[] = [];
    const plain = exact.get(topic);
    if (plain !== undefined) found.push(plain);
    if (top.below.size === 0 || topic.startsWith("$")) return found;
    const names = topic.split("/");
    let levels: Level<Use>[] = [top];
    let visits = 0;
    for (let depth = 0; depth <= names.length && levels.length > 0 && visits < MAX_VISITS; depth++) {
      const next: Level<Use>[] = [];
      const name = names[depth];
      for (const level of levels) {
        visits += 1;
        // `a/#` matches `a`, too. [MQTT-4.7.1-2]
        const rest = level.below.get("#")?.entry;
        if (rest !== undefined) found.push(rest);
        if (name === undefined) {
          if (level.entry !== undefined) found.push(level.entry);
          continue;
        }
        const [same, any] = [level.below.get(name), level.below.get("+")];
        if (same !== undefined && !WILD.has(name)) next.push(same);
        if (any !== undefined) next.push(any);
      }
      levels = next;
    }
    return found;
  }

  return { add, remove, match };
}
