/** Finds the sessions whose subscriptions match a topic. */

import type { Qos } from "../packets/packet.ts";
import { parseShare } from "../packets/topic-rules.ts";

export interface Subscription<Session> {
  readonly session: Session;
  /** As it was subscribed to, `$share/<group>/` included. */
  readonly filter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId: number | undefined;
}

/** One session, and all of its subscriptions that match: it gets one copy. [MQTT-3.3.5-1] */
export interface Target<Session> {
  readonly session: Session;
  readonly subscriptions: readonly Subscription<Session>[];
  /** The greatest of them. [MQTT-3.3.4-2] */
  readonly qos: Qos;
  readonly retainAsPublished: boolean;
  readonly subscriptionIds: readonly number[];
  readonly hasNoLocal: boolean;
}

/** Members of one shared subscription; each message goes to one of them. */
export interface ShareGroup<Session> {
  /** `$share/<group>/<filter>` */
  readonly filter: string;
  readonly members: readonly Target<Session>[];
  /** Index of the member that is asked first the next time. */
  next: number;
}

export interface Matches<Session> {
  readonly targets: readonly Target<Session>[];
  readonly shares: readonly ShareGroup<Session>[];
}

export interface Matching<Session> {
  /** Replaces the subscription of that session and filter. */
  add(subscription: Subscription<Session>): void;
  remove(session: Session, filter: string): void;
  match(topic: string): Matches<Session>;
  share(filter: string): ShareGroup<Session> | undefined;
  /** What all subscriptions together hold in memory, about. */
  readonly bytes: number;
}

interface Node<Session> {
  children: Map<string, Node<Session>> | undefined;
  here: Map<Session, Target<Session>> | undefined;
  shares: Map<string, MutableGroup<Session>> | undefined;
}

interface MutableGroup<Session> extends ShareGroup<Session> {
  members: Target<Session>[];
}

/** Matches are remembered, since boards publish to the same topics again and again: so many targets in all. */
const MAX_REMEMBERED_TARGETS = 500_000;
const MAX_REMEMBERED_TOPICS = 50_000;
/** Rough: a level of the tree; a subscription with its target, which two maps refer to. */
const NODE_BYTES = 256;
const SUBSCRIPTION_BYTES = 640;
const bytesOf = (filter: string): number => SUBSCRIPTION_BYTES + 2 * filter.length;

const NOTHING: Matches<never> = { targets: [], shares: [] };

export function createMatching<Session>(): Matching<Session> {
  const root = emptyNode<Session>();
  const remembered = new Map<string, Matches<Session>>();
  let rememberedTargets = 0;
  let bytes = 0;

  function clearMatches(): void {
    remembered.clear();
    rememberedTargets = 0;
  }

  function add(subscription: Subscription<Session>): void {
    clearMatches();
    const share = parseShare(subscription.filter);
    const node = nodeAt(share?.filter ?? subscription.filter);
    const target = targetOf(subscription.session, [subscription]);
    if (share === undefined) {
      node.here ??= new Map();
      if (!node.here.has(subscription.session)) bytes += bytesOf(subscription.filter);
      node.here.set(subscription.session, target);
      return;
    }
    node.shares ??= new Map();
    const known = node.shares.get(share.group);
    const group = known ?? { filter: subscription.filter, members: [], next: 0 };
    if (known === undefined) node.shares.set(share.group, group);
    const index = group.members.findIndex(({ session }) => session === subscription.session);
    if (index !== -1) group.members[index] = target;
    else {
      group.members.push(target);
      bytes += bytesOf(subscription.filter);
    }
  }

  function remove(session: Session, filter: string): void {
    clearMatches();
    const share = parseShare(filter);
    const path = pathTo(root, share?.filter ?? filter);
    const node = path?.at(-1)?.node;
    if (path === undefined || node === undefined) return;
    const wasThere = share === undefined ? node.here?.delete(session) : removeMember(node, share.group, session);
    if (wasThere === true) bytes -= bytesOf(filter);
    bytes -= prune(path) * NODE_BYTES;
  }

  function match(topic: string): Matches<Session> {
    const known = remembered.get(topic);
    if (known !== undefined) return known;
    const matches = search(root, topic);
    rememberedTargets += matches.targets.length;
    if (rememberedTargets > MAX_REMEMBERED_TARGETS || remembered.size >= MAX_REMEMBERED_TOPICS) {
      clearMatches();
      rememberedTargets = matches.targets.length;
    }
    remembered.set(topic, matches);
    return matches;
  }

  function share(filter: string): ShareGroup<Session> | undefined {
    const parsed = parseShare(filter);
    return parsed && pathTo(root, parsed.filter)?.at(-1)?.node.shares?.get(parsed.group);
  }

  function nodeAt(filter: string): Node<Session> {
    let node = root;
    for (const level of filter.split("/")) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (child === undefined) {
        child = emptyNode();
        node.children.set(level, child);
        bytes += NODE_BYTES;
      }
      node = child;
    }
    return node;
  }

  return {
    add,
    remove,
    match,
    share,
    get bytes() {
      return bytes;
    },
  };
}

const emptyNode = <Session>(): Node<Session> => ({ children: undefined, here: undefined, shares: undefined });

const isEmpty = <Session>({ children, here, shares }: Node<Session>): boolean =>
  (children?.size ?? 0) === 0 && (here?.size ?? 0) === 0 && (shares?.size ?? 0) === 0;

interface Step<Session> {
  readonly level: string;
  readonly node: Node<Session>;
}

/** The root first; undefined where there is no such node. */
function pathTo<Session>(root: Node<Session>, filter: string): Step<Session>[] | undefined {
  const path: Step<Session>[] = [{ level: "", node: root }];
  let node = root;
  for (const level of filter.split("/")) {
    const child = node.children?.get(level);
    if (child === undefined) return undefined;
    path.push({ level, node: child });
    node = child;
  }
  return path;
}

/** Nodes that hold nothing any more are taken away; answers how many. */
function prune<Session>(path: readonly Step<Session>[]): number {
  let pruned = 0;
  for (let index = path.length - 1; index > 0; index--) {
    const step = path[index];
    if (step === undefined || !isEmpty(step.node)) break;
    path[index - 1]?.node.children?.delete(step.level);
    pruned++;
  }
  return pruned;
}

function removeMember<Session>(node: Node<Session>, name: string, session: Session): boolean {
  const group = node.shares?.get(name);
  const index = group?.members.findIndex((member) => member.session === session) ?? -1;
  if (group === undefined || index === -1) return false;
  group.members.splice(index, 1);
  if (group.next > index) group.next--;
  if (group.members.length === 0) node.shares?.delete(name);
  return true;
}

function search<Session>(root: Node<Session>, topic: string): Matches<Session> {
  const found: Node<Session>[] = [];
  // [MQTT-4.7.2-1] a wildcard at the first level does not match a topic that begins with $
  walk(root, topic.split("/"), 0, topic.startsWith("$"), found);
  const shares: ShareGroup<Session>[] = [];
  // Most have one subscription that matches: its target is the one made when it came.
  const bySession = new Map<Session, Target<Session>>();
  const several = new Map<Session, Subscription<Session>[]>();
  for (const { here, shares: groups } of found) {
    for (const [session, target] of here ?? []) {
      const first = bySession.get(session);
      const more = several.get(session);
      if (first === undefined) bySession.set(session, target);
      else if (more === undefined) several.set(session, [...first.subscriptions, ...target.subscriptions]);
      else more.push(...target.subscriptions);
    }
    for (const group of groups?.values() ?? []) shares.push(group);
  }
  for (const [session, subscriptions] of several) bySession.set(session, targetOf(session, subscriptions));
  return bySession.size === 0 && shares.length === 0 ? NOTHING : { targets: [...bySession.values()], shares };
}

/** The nodes whose filters match. */
function walk<Session>(
  node: Node<Session>,
  levels: readonly string[],
  depth: number,
  isReserved: boolean,
  found: Node<Session>[],
): void {
  const { children } = node;
  const wildcards = !(isReserved && depth === 0);
  const rest = wildcards ? children?.get("#") : undefined; // also its parent level [MQTT 4.7.1.2]
  if (rest !== undefined) found.push(rest);
  const level = levels[depth];
  if (level === undefined) return void found.push(node);
  const exact = children?.get(level);
  if (exact !== undefined) walk(exact, levels, depth + 1, isReserved, found);
  const any = wildcards ? children?.get("+") : undefined;
  if (any !== undefined) walk(any, levels, depth + 1, isReserved, found);
}

/** What the session gets by these subscriptions of its own. */
export function targetOf<Session>(session: Session, subscriptions: readonly Subscription<Session>[]): Target<Session> {
  return {
    session,
    subscriptions,
    qos: Math.max(...subscriptions.map(({ qos }) => qos)) as Qos,
    retainAsPublished: subscriptions.some(({ retainAsPublished }) => retainAsPublished),
    subscriptionIds: subscriptions.flatMap(({ subscriptionId }) => subscriptionId ?? []),
    hasNoLocal: subscriptions.some(({ noLocal }) => noLocal),
  };
}
