/** Counts messages by topic, with the rate of the last seconds, and arranges topics as a tree. */
import type { MessagesEvent } from "../../../../src/contract/live/watched-messages.ts";

/** Topics that are listed; messages on further ones are counted together. */
export const MAX_TOPICS = 2_000;
const RATE_OVER_MS = 10_000;
/** A rate of the first moments would say little. */
const LEAST_MS = 1_000;

interface Counted {
  count: number;
  /** Within `RATE_OVER_MS`. */
  recent: number;
  /** A message came on it since the filter was chosen. */
  isHeard: boolean;
}

export interface TopicBook {
  readonly topics: Map<string, Counted>;
  onOthers: number;
  /** When the filter was chosen. */
  sinceMs: number;
  windows: { atMs: number; counts: readonly [string, number][] }[];
}

export interface TopicNode {
  /** One level, or several of which each has one below only. */
  readonly name: string;
  /** All levels. */
  readonly path: string;
  readonly count: number;
  readonly perS: number;
  /** Messages come on it, not only below. */
  readonly isTopic: boolean;
  /** A message came on it or below since the filter was chosen. */
  readonly isHeard: boolean;
  readonly children: readonly TopicNode[];
}

export const openTopicBook = (nowMs: number): TopicBook => ({
  topics: new Map(),
  onOthers: 0,
  sinceMs: nowMs,
  windows: [],
});

/** Another filter is chosen: topics and counts stay, rates begin. */
export function noteFilter(book: TopicBook, nowMs: number): void {
  book.sinceMs = nowMs;
  book.windows = [];
  for (const counted of book.topics.values()) Object.assign(counted, { recent: 0, isHeard: false });
}

export function noteTopics(book: TopicBook, { topics, onOthers }: MessagesEvent, nowMs: number): void {
  expire(book, nowMs);
  book.onOthers += onOthers;
  const counts: [string, number][] = [];
  for (const [topic, count] of topics) {
    const known = book.topics.get(topic);
    if (known !== undefined) {
      known.count += count;
      known.recent += count;
      known.isHeard = true;
    } else if (book.topics.size < MAX_TOPICS) book.topics.set(topic, { count, recent: count, isHeard: true });
    else {
      book.onOthers += count;
      continue;
    }
    counts.push([topic, count]);
  }
  book.windows.push({ atMs: nowMs, counts });
}

/** What came longer ago than rates are about. */
function expire(book: TopicBook, nowMs: number): void {
  const isOld = ({ atMs }: { atMs: number }) => nowMs - atMs >= RATE_OVER_MS;
  for (const { counts } of book.windows.filter(isOld)) {
    for (const [topic, count] of counts) {
      const known = book.topics.get(topic);
      if (known !== undefined) known.recent -= count;
    }
  }
  book.windows = book.windows.filter((window) => !isOld(window));
}

interface Level {
  own: Counted | undefined;
  below: Map<string, Level>;
}

export function treeOf(book: TopicBook, nowMs: number): readonly TopicNode[] {
  expire(book, nowMs);
  const root: Level = { own: undefined, below: new Map() };
  for (const [topic, counted] of book.topics) {
    let level = root;
    for (const name of topic.split("/")) {
      const next: Level = level.below.get(name) ?? { own: undefined, below: new Map() };
      level.below.set(name, next);
      level = next;
    }
    level.own = counted;
  }
  const overS = Math.min(RATE_OVER_MS, Math.max(LEAST_MS, nowMs - book.sinceMs)) / 1_000;
  return nodesOf(root, undefined, overS);
}

const names = new Intl.Collator("en", { numeric: true });

function nodesOf({ below }: Level, path: string | undefined, overS: number): TopicNode[] {
  return [...below]
    .sort(([one], [other]) => names.compare(one, other))
    .map(([name, level]) => nodeOf(name, path === undefined ? name : `${path}/${name}`, level, overS));
}

function nodeOf(name: string, path: string, level: Level, overS: number): TopicNode {
  const [only, ...others] = level.below;
  if (level.own === undefined && only !== undefined && others.length === 0) {
    const [next, lower] = only;
    return nodeOf(`${name}/${next}`, `${path}/${next}`, lower, overS);
  }
  const children = nodesOf(level, path, overS);
  const sum = (of: (node: TopicNode) => number): number => children.reduce((total, node) => total + of(node), 0);
  return {
    name,
    path,
    count: (level.own?.count ?? 0) + sum(({ count }) => count),
    perS: (level.own?.recent ?? 0) / overS + sum(({ perS }) => perS),
    isTopic: level.own !== undefined,
    isHeard: level.own?.isHeard === true || children.some(({ isHeard }) => isHeard),
    children,
  };
}
