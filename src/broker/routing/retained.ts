/** The retained message of each topic, found by filter without a scan. The caller bounds it and makes it durable. */
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import { leftMsOf, type Publication } from "./publication.ts";

export interface Retained {
  get(topic: string): Publication | undefined;
  set(publication: Publication): void;
  delete(topic: string): boolean;
  /** Topics that match, in no order. */
  topicsOf(filter: string): string[];
  readonly count: number;
  /** Of messages and of the index. */
  readonly bytes: number;
  /** Topics whose messages have expired; the messages are deleted. */
  takeExpired(time: Pick<TrustedTime, "sinceMs">): string[];
}

interface Node {
  topic: string | undefined;
  children: Map<string, Node> | undefined;
}

/** What a level of a topic costs in the index. */
const NODE_BYTES = 256;

export function createRetained(): Retained {
  const messages = new Map<string, Publication>();
  const expiring = new Set<string>();
  const root: Node = { topic: undefined, children: undefined };
  let bytes = 0;

  function set(publication: Publication): void {
    const former = messages.get(publication.topic);
    const { topic } = publication;
    if (former === undefined) bytes += NODE_BYTES * put(root, topic);
    bytes += publication.bytes - (former?.bytes ?? 0);
    messages.set(topic, publication);
    if (publication.expiry === undefined) expiring.delete(topic);
    else expiring.add(topic);
  }

  function remove(topic: string): boolean {
    const former = messages.get(topic);
    if (former === undefined) return false;
    bytes -= former.bytes;
    messages.delete(topic);
    expiring.delete(topic);
    bytes -= NODE_BYTES * removePath(root, topic);
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
    takeExpired: (time) => {
      const isExpired = (publication: Publication | undefined): boolean =>
        publication === undefined || (leftMsOf(publication, time) ?? 1) <= 0;
      const gone = [...expiring].filter((topic) => isExpired(messages.get(topic)));
      for (const topic of gone) remove(topic);
      return gone;
    },
  };
}

/** Answers how many levels were added. */
function put(root: Node, topic: string): number {
  let node = root;
  let made = 0;
  for (const level of topic.split("/")) {
    node.children ??= new Map();
    let child = node.children.get(level);
    if (child === undefined) {
      child = { topic: undefined, children: undefined };
      node.children.set(level, child);
      made++;
    }
    node = child;
  }
  node.topic = topic;
  return made;
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
  const last = path.at(-1);
  if (last !== undefined) last.topic = undefined;
  let gone = 0;
  for (let depth = levels.length; depth > 0; depth--) {
    const node = path[depth];
    if (node === undefined || node.topic !== undefined || (node.children?.size ?? 0) > 0) break;
    path[depth - 1]?.children?.delete(levels[depth - 1] ?? "");
    gone++;
  }
  return gone;
}

function collect(node: Node, levels: readonly string[], depth: number, found: string[]): void {
  const level = levels[depth];
  if (level === undefined) {
    if (node.topic !== undefined) found.push(node.topic);
    return;
  }
  if (level === "#") return collectAll(node, depth === 0, found);
  if (level !== "+") {
    const child = node.children?.get(level);
    if (child !== undefined) collect(child, levels, depth + 1, found);
    return;
  }
  for (const [name, child] of node.children ?? []) {
    if (!isReserved(name, depth)) collect(child, levels, depth + 1, found);
  }
}

/** `#` stands for its parent level too. [MQTT 4.7.1.2] */
function collectAll(node: Node, isFirstLevel: boolean, found: string[]): void {
  if (node.topic !== undefined) found.push(node.topic);
  for (const [name, child] of node.children ?? []) {
    if (!(isFirstLevel && name.startsWith("$"))) collectAll(child, false, found);
  }
}

/** [MQTT-4.7.2-1] */
const isReserved = (level: string, depth: number): boolean => depth === 0 && level.startsWith("$");
