/** The retained message of each topic, found by filter without a scan. The caller bounds it and makes it durable. */
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import { leftMsOf, type Publication } from "./publication.ts";

/** What a topic holds now; undefined: nothing any more. */
export interface RetainedTopic {
  readonly publication: Publication | undefined;
}

/** What matches a filter. */
export interface RetainedMatches {
  readonly count: number;
  /** In no order, and found only as they are asked for: there may be a hundred thousand. What is set meanwhile may be among them. */
  topics(): Generator<RetainedTopic>;
}

export interface Retained {
  get(topic: string): Publication | undefined;
  set(publication: Publication): void;
  delete(topic: string): boolean;
  find(filter: string): RetainedMatches;
  /** In no order. */
  all(): Iterable<Publication>;
  readonly count: number;
  /** Of messages and of the index. */
  readonly bytes: number;
  /** Topics whose messages have expired; the messages are deleted. */
  takeExpired(time: Pick<TrustedTime, "sinceMs">): string[];
}

interface Node {
  publication: Publication | undefined;
  /** Messages of it and of all below. */
  count: number;
  children: Map<string, Node> | undefined;
}

/** What a level of a topic costs in the index. */
const NODE_BYTES = 256;

export function createRetained(): Retained {
  /** Those with a message. */
  const nodes = new Map<string, Node>();
  const expiring = new Set<string>();
  const root: Node = { publication: undefined, count: 0, children: undefined };
  let bytes = 0;

  function set(publication: Publication): void {
    const { topic } = publication;
    let node = nodes.get(topic);
    if (node === undefined) {
      const added = add(root, topic);
      node = added.node;
      nodes.set(topic, node);
      bytes += NODE_BYTES * added.levels;
    }
    bytes += publication.bytes - (node.publication?.bytes ?? 0);
    node.publication = publication;
    if (publication.expiry === undefined) expiring.delete(topic);
    else expiring.add(topic);
  }

  function remove(topic: string): boolean {
    const node = nodes.get(topic);
    if (node === undefined) return false;
    bytes -= node.publication?.bytes ?? 0;
    node.publication = undefined;
    nodes.delete(topic);
    expiring.delete(topic);
    bytes -= NODE_BYTES * removePath(root, topic);
    return true;
  }

  function find(filter: string): RetainedMatches {
    const found: Found = { nodes: [], trees: [] };
    if (/[+#]/.test(filter)) collect(root, filter.split("/"), 0, found);
    else {
      const node = nodes.get(filter);
      if (node !== undefined) found.nodes.push(node);
    }
    const count = found.trees.reduce((sum, tree) => sum + tree.count, found.nodes.length);
    return { count, topics: () => topicsIn(found) };
  }

  return {
    get: (topic) => nodes.get(topic)?.publication,
    set,
    delete: remove,
    find,
    all: function* () {
      for (const { publication } of nodes.values()) if (publication !== undefined) yield publication;
    },
    get count() {
      return nodes.size;
    },
    get bytes() {
      return bytes;
    },
    takeExpired: (time) => {
      const isExpired = (publication: Publication | undefined): boolean =>
        publication === undefined || (leftMsOf(publication, time) ?? 1) <= 0;
      const gone = [...expiring].filter((topic) => isExpired(nodes.get(topic)?.publication));
      for (const topic of gone) remove(topic);
      return gone;
    },
  };
}

/** Its node, and how many levels were added for it. */
function add(root: Node, topic: string): { node: Node; levels: number } {
  let node = root;
  let levels = 0;
  for (const level of topic.split("/")) {
    node.children ??= new Map();
    let child = node.children.get(level);
    if (child === undefined) {
      child = { publication: undefined, count: 0, children: undefined };
      node.children.set(level, child);
      levels++;
    }
    node.count++;
    node = child;
  }
  node.count++;
  return { node, levels };
}

/** Answers how many levels were removed. */
function removePath(root: Node, topic: string): number {
  const levels = topic.split("/");
  const path = [root];
  for (const level of levels) {
    const next = path.at(-1)?.children?.get(level);
    if (next === undefined) return 0;
    path.push(next);
  }
  for (const node of path) node.count--;
  let gone = 0;
  for (let depth = levels.length; depth > 0; depth--) {
    const node = path[depth];
    if (node === undefined || node.count > 0) break;
    path[depth - 1]?.children?.delete(levels[depth - 1] ?? "");
    gone++;
  }
  return gone;
}

interface Found {
  readonly nodes: Node[];
  /** Each with all below. */
  readonly trees: Node[];
}

function collect(node: Node, levels: readonly string[], depth: number, found: Found): void {
  const level = levels[depth];
  if (level === undefined) {
    if (node.publication !== undefined) found.nodes.push(node);
  } else if (level === "#") {
    // `#` stands for its parent level too. [MQTT 4.7.1.2]
    if (depth > 0) found.trees.push(node);
    else for (const [name, child] of node.children ?? []) if (!isReserved(name, depth)) found.trees.push(child);
  } else if (level === "+") {
    for (const [name, child] of node.children ?? []) {
      if (!isReserved(name, depth)) collect(child, levels, depth + 1, found);
    }
  } else {
    const child = node.children?.get(level);
    if (child !== undefined) collect(child, levels, depth + 1, found);
  }
}

function* topicsIn({ nodes, trees }: Found): Generator<RetainedTopic> {
  yield* nodes;
  for (const tree of trees) {
    if (tree.publication !== undefined) yield tree;
    const open = [childrenOf(tree)];
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const { done, value: node } = last.next();
      if (done === true) open.pop();
      else {
        if (node.publication !== undefined) yield node;
        if (node.children !== undefined) open.push(childrenOf(node));
      }
    }
  }
}

const NO_CHILDREN = new Map<string, Node>();

/** As in any iteration of a map, what is deleted meanwhile is left out. */
const childrenOf = ({ children = NO_CHILDREN }: Node): Iterator<Node, undefined> => children.values();

/** [MQTT-4.7.2-1] */
const isReserved = (level: string, depth: number): boolean => depth === 0 && level.startsWith("$");
