/** Finds the sessions that a message goes to. Knows filters and topics; knows nothing of sockets, queues or packets. */

import type { Qos } from "./packets/packet.ts";
import { parseShare } from "./packets/topic-rules.ts";

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
  /** Place of the member that is asked first the next time. */
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
}

interface Node<Session> {
  readonly children: Map<string, Node<Session>>;
  readonly here: Map<Session, Subscription<Session>>;
  readonly shares: Map<string, MutableGroup<Session>>;
}

interface MutableGroup<Session> extends ShareGroup<Session> {
  members: Target<Session>[];
}

/** Topics whose matches are remembered: boards publish to the same ones again and again. */
const MAX_REMEMBERED = 20_000;
const NOTHING: Matches<never> = { targets: [], shares: [] };

export function createMatching<Session>(): Matching<Session> {
  const root = emptyNode<Session>();
  const remembered = new Map<string, Matches<Session>>();

  function add(subscription: Subscription<Session>): void {
    remembered.clear();
    const share = parseShare(subscription.filter);
    const node = nodeAt(root, share?.filter ?? subscription.filter);
    if (share === undefined) return void node.here.set(subscription.session, subscription);
    const known = node.shares.get(share.group);
    const group = known ?? { filter: subscription.filter, members: [], next: 0 };
    if (known === undefined) node.shares.set(share.group, group);
    const member = targetOf(subscription.session, [subscription]);
    const place = group.members.findIndex(({ session }) => session === subscription.session);
    if (place === -1) group.members.push(member);
    else group.members[place] = member;
  }

  function remove(session: Session, filter: string): void {
    remembered.clear();
    const share = parseShare(filter);
    const path = pathTo(root, share?.filter ?? filter);
    const node = path?.at(-1)?.node;
    if (path === undefined || node === undefined) return;
    if (share === undefined) node.here.delete(session);
    else removeMember(node, share.group, session);
    prune(path);
  }

  function match(topic: string): Matches<Session> {
    const known = remembered.get(topic);
    if (known !== undefined) return known;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    const matches = search(root, topic);
    remembered.set(topic, matches);
    return matches;
  }

  function share(filter: string): ShareGroup<Session> | undefined {
    const parsed = parseShare(filter);
    return parsed && pathTo(root, parsed.filter)?.at(-1)?.node.shares.get(parsed.group);
  }

  return { add, remove, match, share };
}

const emptyNode = <Session>(): Node<Session> => ({ children: new Map(), here: new Map(), shares: new Map() });

const isEmpty = <Session>({ children, here, shares }: Node<Session>): boolean =>
  children.size === 0 && here.size === 0 && shares.size === 0;

function nodeAt<Session>(root: Node<Session>, filter: string): Node<Session> {
  let node = root;
  for (const level of filter.split("/")) {
    let child = node.children.get(level);
    if (child === undefined) {
      child = emptyNode();
      node.children.set(level, child);
    }
    node = child;
  }
  return node;
}

interface Step<Session> {
  readonly level: string;
  readonly node: Node<Session>;
}

/** The root first; undefined where there is no such node. */
function pathTo<Session>(root: Node<Session>, filter: string): Step<Session>[] | undefined {
  const path: Step<Session>[] = [{ level: "", node: root }];
  let node = root;
  for (const level of filter.split("/")) {
    const child = node.children.get(level);
    if (child === undefined) return undefined;
    path.push({ level, node: child });
    node = child;
  }
  return path;
}

/** Nodes that hold nothing any more are taken away. */
function prune<Session>(path: readonly Step<Session>[]): void {
  for (let place = path.length - 1; place > 0; place--) {
    const step = path[place];
    if (step === undefined || !isEmpty(step.node)) return;
    path[place - 1]?.node.children.delete(step.level);
  }
}

function removeMember<Session>(node: Node<Session>, name: string, session: Session): void {
  const group = node.shares.get(name);
  if (group === undefined) return;
  const place = group.members.findIndex((member) => member.session === session);
  if (place === -1) return;
  group.members.splice(place, 1);
  if (group.next > place) group.next--;
  if (group.members.length === 0) node.shares.delete(name);
}

function search<Session>(root: Node<Session>, topic: string): Matches<Session> {
  const bySession = new Map<Session, Subscription<Session>[]>();
  const shares: ShareGroup<Session>[] = [];
  const take = ({ here, shares: groups }: Node<Session>): void => {
    for (const [session, subscription] of here) {
      const known = bySession.get(session);
      if (known === undefined) bySession.set(session, [subscription]);
      else known.push(subscription);
    }
    shares.push(...groups.values());
  };
  // [MQTT-4.7.2-1] a wildcard at the first level does not match a topic that begins with $
  walk(root, topic.split("/"), 0, topic.startsWith("$"), take);
  if (bySession.size === 0 && shares.length === 0) return NOTHING;
  return { targets: [...bySession].map(([session, subscriptions]) => targetOf(session, subscriptions)), shares };
}

function walk<Session>(
  node: Node<Session>,
  levels: readonly string[],
  depth: number,
  isReserved: boolean,
  take: (node: Node<Session>) => void,
): void {
  const wildcards = !(isReserved && depth === 0);
  if (wildcards) {
    const rest = node.children.get("#"); // also its parent level [MQTT 4.7.1.2]
    if (rest !== undefined) take(rest);
  }
  const level = levels[depth];
  if (level === undefined) return take(node);
  const exact = node.children.get(level);
  if (exact !== undefined) walk(exact, levels, depth + 1, isReserved, take);
  const any = wildcards ? node.children.get("+") : undefined;
  if (any !== undefined) walk(any, levels, depth + 1, isReserved, take);
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
