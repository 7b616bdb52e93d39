/** Brings a message to the sessions that want it, and keeps what is retained. Knows no connection and no packet. */
import type { Clock, JournalEntry } from "../core/ports.ts";
import type { Matching, ShareGroup, Target } from "./matching.ts";
import { targetOf } from "./matching.ts";
import type { Message, Qos } from "./packets/packet.ts";
import { keptOf, type Publication, publicationOf } from "./publication.ts";
import type { Retained } from "./retained.ts";
import type { Wish } from "./session/delivery.ts";
import type { Session } from "./session/session.ts";

export interface RetainedLimits {
  readonly maxRetained: number;
  readonly maxRetainedBytes: number;
}

export interface RouterOptions {
  readonly clock: Clock;
  readonly matching: Matching<Session>;
  readonly retained: Retained;
  readonly limits: RetainedLimits;
  /** Through Aedes, which calls `retain` and `route` before it returns. */
  readonly publish: (message: Message) => void;
  readonly onRetainedRefused: (topic: string, publisher: string | undefined) => void;
}

export interface Routed {
  /** Somebody subscribed to it. */
  readonly matched: boolean;
  /** To be durable before the publisher is told that it may forget the message. */
  readonly entries: JournalEntry[];
}

export interface Router {
  /** Delivered and retained when this returns. */
  publish(message: Message, publisher: Session | undefined): Routed;
  /** A message of a shared subscription whose member is gone: another one gets it. */
  hand(filter: string, publication: Publication, entries: JournalEntry[]): void;
  /** For Aedes. */
  retain(message: Message): void;
  /** For Aedes. */
  route(message: Message): void;
}

const NOT_MATCHED: Routed = { matched: false, entries: [] };

export function createRouter(options: RouterOptions): Router {
  const { clock, matching, retained, limits, onRetainedRefused } = options;
  /** The message that is in Aedes' hands; what Aedes says of itself comes between, with a message of its own. */
  let current: { message: Message; publisher: Session | undefined; publication: Publication | undefined } | undefined;
  let routed: { matched: boolean; entries: JournalEntry[] } = { matched: false, entries: [] };

  function publish(message: Message, publisher: Session | undefined): Routed {
    // Nobody wants it: it need not go through anything.
    if (!message.retain) {
      const { targets, shares } = matching.match(message.topic);
      if (targets.length === 0 && shares.length === 0) return NOT_MATCHED;
    }
    const outer = { current, routed };
    current = { message, publisher, publication: undefined };
    routed = { matched: false, entries: [] };
    try {
      options.publish(message);
      return routed;
    } finally {
      ({ current, routed } = outer);
    }
  }

  function publicationFor(message: Message): Publication {
    if (current?.message !== message) return publicationOf(message, undefined, clock.monotonicMs());
    current.publication ??= publicationOf(message, current.publisher?.clientId, clock.monotonicMs());
    return current.publication;
  }

  function retain(message: Message): void {
    const { topic } = message;
    // [MQTT-3.3.1-6, -7]: an empty one is not kept, and takes the former away
    if (message.payload.length === 0) {
      if (retained.delete(topic)) routed.entries.push({ of: "retained", topic, value: undefined });
      return;
    }
    const publication = publicationFor(message);
    const former = retained.get(topic);
    const isOver =
      (former === undefined && retained.count >= limits.maxRetained) ||
      retained.bytes + publication.bytes - (former?.bytes ?? 0) > limits.maxRetainedBytes;
    if (isOver) return onRetainedRefused(topic, publication.publisher);
    retained.set(publication);
    const times = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    routed.entries.push({ of: "retained", topic, value: keptOf(publication, times) });
  }

  function route(message: Message): void {
    const { targets, shares } = matching.match(message.topic);
    if (targets.length === 0 && shares.length === 0) return;
    routed.matched = true;
    const publisher = current?.message === message ? current.publisher : undefined;
    const publication = publicationFor(message);
    for (const target of targets) deliver(target, publication, publisher, routed.entries);
    for (const group of shares) deliverToOne(group, publication, routed.entries);
  }

  function hand(filter: string, publication: Publication, entries: JournalEntry[]): void {
    const group = matching.share(filter);
    if (group !== undefined) deliverToOne(group, publication, entries);
  }

  return { publish, hand, retain, route };
}

function deliver(
  whole: Target<Session>,
  publication: Publication,
  publisher: Session | undefined,
  entries: JournalEntry[],
): void {
  // [MQTT-3.8.3-3] its own messages do not come back by the subscriptions that say so
  const target = whole.hasNoLocal && whole.session === publisher ? withoutNoLocal(whole) : whole;
  if (target === undefined) return;
  target.session.outbound.deliver(wishOf(target, publication, undefined), entries);
}

function withoutNoLocal({ session, subscriptions }: Target<Session>): Target<Session> | undefined {
  const others = subscriptions.filter(({ noLocal }) => !noLocal);
  return others.length === 0 ? undefined : targetOf(session, others);
}

function wishOf(target: Target<Session>, publication: Publication, share: string | undefined): Wish {
  return {
    publication,
    qos: Math.min(target.qos, publication.qos) as Qos, // [MQTT-3.8.4-8]
    retain: target.retainAsPublished && publication.retain, // [MQTT-3.3.1-12, -13]
    subscriptionIds: target.subscriptionIds,
    share,
  };
}

/** In turn, and to one who is connected where there is one. [MQTT 4.8.2] */
function deliverToOne(group: ShareGroup<Session>, publication: Publication, entries: JournalEntry[]): void {
  const { members } = group;
  const member = nextOf(group, ({ session }) => session.outbound.isConnected) ?? nextOf(group, mayKeep);
  if (member === undefined) return;
  group.next = (members.indexOf(member) + 1) % members.length;
  member.session.outbound.deliver(wishOf(member, publication, group.filter), entries);
}

const mayKeep = ({ session, qos }: Target<Session>): boolean => session.isDurable && qos > 0;

function nextOf(
  { members, next }: ShareGroup<Session>,
  isFit: (member: Target<Session>) => boolean,
): Target<Session> | undefined {
  for (let step = 0; step < members.length; step++) {
    const member = members[(next + step) % members.length];
    if (member !== undefined && isFit(member)) return member;
  }
  return undefined;
}
