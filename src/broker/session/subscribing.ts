/** SUBSCRIBE and UNSUBSCRIBE: what is granted, what is kept, and which retained messages follow. Sends nothing itself. */
import { REASON } from "../../contract/reason-codes.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import { reasonCodeOf } from "../../contract/refusals.ts";
import type { Clock, JournalEntry } from "../../core/ports.ts";
import type { Matching } from "../matching.ts";
import type { Qos, SubscribePacket, SubscribeWish, UnsubscribePacket } from "../packets/packet.ts";
import { levelCount } from "../packets/topic-rules.ts";
import type { Publication } from "../publication.ts";
import type { Retained } from "../retained.ts";
import type { Wish } from "./delivery.ts";
import { keptSubscriptionOf, type Session } from "./session.ts";

export interface SubscribingOptions {
  readonly clock: Clock;
  readonly matching: Matching<Session>;
  readonly retained: Retained;
  readonly maxSubscriptions: number;
  readonly maxTopicBytes: number;
  readonly maxTopicLevels: number;
  readonly onRefused: (session: Session, filter: string, code: RefusalCode) => void;
}

export interface Subscribed {
  /** One for each filter: the granted QoS, or why not. [MQTT-3.9.3-1] */
  readonly reasonCodes: readonly number[];
  /** To be durable before SUBACK. */
  readonly entries: readonly JournalEntry[];
  /** Retained messages that follow SUBACK. */
  readonly retained: readonly Wish[];
}

export interface Subscribing {
  subscribe(session: Session, packet: SubscribePacket): Subscribed;
  unsubscribe(session: Session, packet: UnsubscribePacket): Omit<Subscribed, "retained">;
}

export function createSubscribing(options: SubscribingOptions): Subscribing {
  const { clock, matching, retained, maxSubscriptions, maxTopicBytes, maxTopicLevels, onRefused } = options;

  function subscribe(session: Session, { wishes, subscriptionId }: SubscribePacket): Subscribed {
    const entries: JournalEntry[] = [];
    const found = new Map<Publication, Wish>();
    const reasonCodes = wishes.map((wish) => {
      const code = refusalOf(session, wish.filter);
      if (code !== undefined) {
        onRefused(session, wish.filter, code);
        return reasonCodeOf(code);
      }
      const isNew = grant(session, wish, subscriptionId, entries);
      if (mayBeSent(wish, isNew)) collect(wish, subscriptionId, found);
      return wish.qos;
    });
    return { reasonCodes, entries, retained: [...found.values()] };
  }

  function refusalOf(session: Session, filter: string): RefusalCode | undefined {
    // Topics of our own are nobody's; $SYS may be read.
    if (filter.startsWith("$") && !filter.startsWith("$SYS/") && !filter.startsWith("$share/")) {
      return "SUBSCRIPTION_DENIED";
    }
    if (Buffer.byteLength(filter) > maxTopicBytes || levelCount(filter) > maxTopicLevels) return "TOPIC_TOO_LONG";
    const { subscriptions } = session;
    return subscriptions.size >= maxSubscriptions && !subscriptions.has(filter) ? "TOO_MANY_SUBSCRIPTIONS" : undefined;
  }

  /** True where there was none of that filter; one that was there is replaced. [MQTT-3.8.4-3] */
  function grant(
    session: Session,
    { filter, qos, noLocal, retainAsPublished }: SubscribeWish,
    subscriptionId: number | undefined,
    entries: JournalEntry[],
  ): boolean {
    const isNew = !session.subscriptions.has(filter);
    const subscription = { session, filter, qos, noLocal, retainAsPublished, subscriptionId };
    session.subscriptions.set(filter, subscription);
    matching.add(subscription);
    if (session.isDurable) {
      const value = keptSubscriptionOf(subscription);
      entries.push({ of: "subscription", clientId: session.clientId, filter, value });
    }
    return isNew;
  }

  /** What several filters of one packet match is sent once, by all of them. */
  function collect(wish: SubscribeWish, subscriptionId: number | undefined, found: Map<Publication, Wish>): void {
    const nowMs = clock.monotonicMs();
    for (const topic of retained.topicsOf(wish.filter)) {
      const publication = retained.get(topic);
      if (publication === undefined || (publication.expiresMs ?? Number.POSITIVE_INFINITY) <= nowMs) continue;
      const qos = Math.min(wish.qos, publication.qos) as Qos;
      const former = found.get(publication)?.qos ?? 0;
      const subscriptionIds = subscriptionId === undefined ? [] : [subscriptionId];
      found.set(publication, { publication, qos: Math.max(qos, former) as Qos, retain: true, subscriptionIds });
    }
  }

  function unsubscribe(session: Session, { filters }: UnsubscribePacket): Omit<Subscribed, "retained"> {
    const entries: JournalEntry[] = [];
    const reasonCodes = filters.map((filter) => {
      if (!session.subscriptions.delete(filter)) return REASON.noSubscriptionExisted;
      matching.remove(session, filter);
      if (session.isDurable) entries.push({ of: "subscription", clientId: session.clientId, filter, value: undefined });
      return REASON.success;
    });
    return { reasonCodes, entries };
  }

  return { subscribe, unsubscribe };
}

/** Retain Handling [MQTT-3.3.1-9, -10, -11]; none for shared subscriptions [MQTT 4.8.2]. */
function mayBeSent({ filter, retainHandling }: SubscribeWish, isNew: boolean): boolean {
  if (filter.startsWith("$share/") || retainHandling === 2) return false;
  return retainHandling === 0 || isNew;
}
