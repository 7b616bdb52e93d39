/** Delivers a message to the sessions that subscribed to it, and keeps retained messages. */
import type { JournalEntry } from "../../core/ports/broker-state.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import type { Journal } from "../journal/journal.ts";
import type { Message, Qos } from "../packets/packet.ts";
import type { Matching, ShareGroup, Target } from "./matching.ts";
import { targetOf } from "./matching.ts";
import { type DeliveryRequest, keptOf, type Publication, publicationOf } from "./publication.ts";
import type { Retained } from "./retained.ts";

/** A session as the router sees it. */
export interface Subscriber {
  readonly clientId: string;
  /** It outlives its connection. */
  readonly isDurable: boolean;
  readonly outbound: {
    readonly isConnected: boolean;
    /** It could send a message at once. */
    readonly isReady: boolean;
    /** Answers whether the delivery was noted in the journal. */
    deliver(request: DeliveryRequest): boolean;
  };
}

export interface RetainedLimits {
  readonly maxRetained: number;
  readonly maxRetainedBytes: number;
}

export interface RouterOptions {
  readonly time: Pick<TrustedTime, "nowMs">;
  readonly matching: Matching<Subscriber>;
  readonly retained: Retained;
  readonly limits: RetainedLimits;
  readonly journal: Journal;
  /** Through Aedes, which calls `retain` and `route` before it returns. */
  readonly publish: (message: Message) => void;
  readonly onRetainedRefused: (topic: string, publisher: string | undefined) => void;
}

export interface Routed {
  /** Somebody subscribed to it. */
  readonly isMatched: boolean;
  /** It was noted in the journal, and must be on disk before its publisher gets the acknowledgement. */
  readonly isNoted: boolean;
}

export interface Router {
  /** Delivered and retained when this returns. */
  publish(message: Message, publisher: Subscriber | undefined): Routed;
  /** Delivers a message of a shared subscription to another member, after the session that had it ended. */
  redistribute(filter: string, publication: Publication): void;
  /** For Aedes. */
  retain(message: Message): void;
  /** For Aedes. */
  route(message: Message): void;
  /** Somebody subscribed to it. */
  isWanted(topic: string): boolean;
  /** Of the newest message. */
  serial(): number;
}

const NOT_WANTED: Routed = { isMatched: false, isNoted: false };

interface Current {
  readonly message: Message;
  readonly publisher: Subscriber | undefined;
  publication: Publication | undefined;
  isMatched: boolean;
  isNoted: boolean;
}

export function createRouter(options: RouterOptions): Router {
  const { time, matching, retained, limits, journal, onRetainedRefused } = options;
  /** The message that Aedes is routing. Aedes may publish messages about itself meanwhile, which are others. */
  let current: Current | undefined;
  let serial = 0;

  function publish(message: Message, publisher: Subscriber | undefined): Routed {
    // Nobody wants it: it need not go through anything.
    if (!message.retain && !isWanted(message.topic)) return NOT_WANTED;
    const outer = current;
    const mine: Current = { message, publisher, publication: undefined, isMatched: false, isNoted: false };
    current = mine;
    try {
      options.publish(message);
    } finally {
      current = outer;
    }
    return mine;
  }

  function isWanted(topic: string): boolean {
    const { targets, shares } = matching.match(topic);
    return targets.length > 0 || shares.length > 0;
  }

  function publicationFor(message: Message): Publication {
    if (current?.message !== message) return publicationOf(message, undefined, ++serial, time.nowMs());
    current.publication ??= publicationOf(message, current.publisher?.clientId, ++serial, time.nowMs());
    return current.publication;
  }

  function retain(message: Message): void {
    const { topic } = message;
    // [MQTT-3.3.1-6, -7]: an empty one is not kept, and takes the former away
    if (message.payload.length === 0) return removeRetained(topic);
    const publication = publicationFor(message);
    const former = retained.get(topic);
    const isOver =
      (former === undefined && retained.count >= limits.maxRetained) ||
      retained.bytes + publication.bytes - (former?.bytes ?? 0) > limits.maxRetainedBytes;
    if (isOver) {
      removeRetained(topic); // what it was to replace is wrong by now
      return onRetainedRefused(topic, publication.publisher);
    }
    retained.set(publication);
    note({ of: "retained", topic, value: keptOf(publication) });
  }

  function removeRetained(topic: string): void {
    if (retained.delete(topic)) note({ of: "retained", topic, value: undefined });
  }

  function note(entry: JournalEntry): void {
    journal.note(entry);
    if (current !== undefined) current.isNoted = true;
  }

  function route(message: Message): void {
    const { targets, shares } = matching.match(message.topic);
    if (targets.length === 0 && shares.length === 0) return;
    const mine = current?.message === message ? current : undefined;
    const publication = publicationFor(message);
    let isNoted = false;
    for (const target of targets) isNoted = deliver(target, publication, mine?.publisher) || isNoted;
    for (const group of shares) isNoted = deliverToOne(group, publication) || isNoted;
    if (mine === undefined) return;
    mine.isMatched = true;
    mine.isNoted ||= isNoted;
  }

  function redistribute(filter: string, publication: Publication): void {
    const group = matching.share(filter);
    if (group !== undefined) deliverToOne(group, publication);
  }

  return { publish, redistribute, retain, route, isWanted, serial: () => serial };
}

function deliver(whole: Target<Subscriber>, publication: Publication, publisher: Subscriber | undefined): boolean {
  // [MQTT-3.8.3-3] its own messages do not come back by the subscriptions that say so
  const target = whole.hasNoLocal && whole.session === publisher ? withoutNoLocal(whole) : whole;
  return target?.session.outbound.deliver(requestFor(target, publication, undefined)) === true;
}

function withoutNoLocal({ session, subscriptions }: Target<Subscriber>): Target<Subscriber> | undefined {
  const others = subscriptions.filter(({ noLocal }) => !noLocal);
  return others.length === 0 ? undefined : targetOf(session, others);
}

function requestFor(target: Target<Subscriber>, publication: Publication, share: string | undefined): DeliveryRequest {
  return {
    publication,
    qos: Math.min(target.qos, publication.qos) as Qos, // [MQTT-3.8.4-8]
    retain: target.retainAsPublished && publication.retain, // [MQTT-3.3.1-12, -13]
    subscriptionIds: target.subscriptionIds,
    share,
  };
}

/** Members take turns: one that takes it at once, else one that is connected, else one for which it can wait. [MQTT 4.8.2] */
function deliverToOne(group: ShareGroup<Subscriber>, publication: Publication): boolean {
  const { members } = group;
  for (const isFit of FITNESS) {
    for (let step = 0; step < members.length; step++) {
      const index = (group.next + step) % members.length;
      const member = members[index];
      if (member === undefined || !isFit(member)) continue;
      group.next = (index + 1) % members.length;
      return member.session.outbound.deliver(requestFor(member, publication, group.filter));
    }
  }
  return false;
}

const FITNESS: readonly ((member: Target<Subscriber>) => boolean)[] = [
  ({ session }) => session.outbound.isReady,
  ({ session }) => session.outbound.isConnected,
  ({ session, qos }) => session.isDurable && qos > 0,
];
