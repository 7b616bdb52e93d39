/** The retained message of each topic, found by filter without a scan. Bounded by whoever sets it; stores nothing durably. */
import type { Publication } from "./publication.ts";

export interface Retained {
  get(topic: string): Publication | undefined;
  set(publication: Publication): void;
  delete(topic: string): boolean;
  /** Topics that match, in no order. */
  topicsOf(filter: string): string[];
  readonly count: number;
  readonly bytes: number;
  /** Every message there is; what is deleted meanwhile is left out. */
  all(): Iterable<Publication>;
}

interface Node {
  topic: string | undefined;
  readonly children: Map<string, Node>;
}

export function createRetained(): Retained {
  const messages = new Map<string, Publication>();
  const root: Node = { topic: undefined, children: new Map() };
  let bytes = 0;

  function set(publication: Publication): void {
    const former = messages.get(publication.topic);
    if (former === undefined) nodeOf(root, publication.topic).topic = publication.topic;
    bytes += publication.bytes - (former?.bytes ?? 0);
    messages.set(publication.topic, publication);
  }

  function remove(topic: string): boolean {
    const former = messages.get(topic);
    if (former === undefined) return false;
    bytes -= former.bytes;
    messages.delete(topic);
    forget(root, topic.split("/"), 0);
    return true;
  }

  function topicsOf(filter: string): string[] {
    if (!/[+#]/.test(filter)) return messages.has(filter) ? [filter] : [];
    const found: string[] = [];
    collect(root, filter.split("/"), 0, found);
    return found;
  }

  return {
    get: (topic) => messages.get(topic),
    set,
    delete: remove,
    topicsOf,
    get count() {
      return messages.size;
    },
    get bytes() {
      return bytes;
    },
    all: () => messages.values(),
  };
}

function nodeOf(root: Node, topic: string): Node {
  let node = root;
  for (const level of topic.split("/")) {
    let child = node.children.get(level);
    if (child === undefined) {
      child = { topic: undefined, children: new Map() };
      node.children.set(level, child);
    }
    node = child;
  }
  return node;
}

/** True where the node holds nothing any more. */
function forget(node: Node, levels: readonly string[], depth: number): boolean {
  const level = levels[depth];
  if (level === undefined) node.topic = undefined;
  else {
    const child = node.children.get(level);
    if (child !== undefined && forget(child, levels, depth + 1)) node.children.delete(level);
  }
  return node.topic === undefined && node.children.size === 0;
}

function collect(node: Node, levels: readonly string[], depth: number, found: string[]): void {
  const level = levels[depth];
  if (level === undefined) {
    if (node.topic !== undefined) found.push(node.topic);
    return;
  }
  if (level === "#") return collectAll(node, depth === 0, found);
  if (level !== "+") {
    const child = node.children.get(level);
    if (child !== undefined) collect(child, levels, depth + 1, found);
    return;
  }
  for (const [name, child] of node.children) {
    if (!isReserved(name, depth)) collect(child, levels, depth + 1, found);
  }
}

/** `#` stands for its parent level too. [MQTT 4.7.1.2] */
function collectAll(node: Node, isFirstLevel: boolean, found: string[]): void {
  if (node.topic !== undefined) found.push(node.topic);
  for (const [name, child] of node.children) {
    if (!(isFirstLevel && name.startsWith("$"))) collectAll(child, false, found);
  }
}

/** [MQTT-4.7.2-1] */
const isReserved = (level: string, depth: number): boolean => depth === 0 && level.startsWith("$");
