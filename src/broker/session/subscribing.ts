/** SUBSCRIBE and UNSUBSCRIBE: what is granted, what is written to the journal, and which retained messages follow. */
import { FIRST_ERROR, REASON } from "../../contract/reason-codes.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import { reasonCodeOf } from "../../contract/refusals.ts";
import { maySubscribe } from "../../core/access/mqtt-access.ts";
import type { Journal } from "../journal/journal.ts";
import type { SubscribePacket, SubscriptionRequest, UnsubscribePacket } from "../packets/packet.ts";
import { filterFault, levelCount } from "../packets/topic-rules.ts";
import type { Matching } from "../routing/matching.ts";
import type { Retained } from "../routing/retained.ts";
import type { RetainedPart, RetainedRun } from "./retained-runs.ts";
import { keptSubscriptionOf, type Session } from "./session.ts";

export interface SubscribingOptions {
  readonly journal: Journal;
  readonly matching: Matching<Session>;
  readonly retained: Retained;
  /** Of the newest message. */
  readonly serial: () => number;
  readonly maxSubscriptions: number;
  readonly maxTopicBytes: number;
  readonly maxTopicLevels: number;
  readonly onRefused: (session: Session, filter: string, code: RefusalCode) => void;
}

export interface Subscribed {
  /** One for each filter: the granted QoS, or why not. [MQTT-3.9.3-1] */
  readonly reasonCodes: readonly number[];
  /** The requests whose retained messages follow SUBACK. */
  readonly toSend: readonly SubscriptionRequest[];
}

export interface Subscribing {
  /** What is granted is noted in the journal. */
  subscribe(session: Session, packet: SubscribePacket): Subscribed;
  /** One reason code for each filter. */
  unsubscribe(session: Session, packet: UnsubscribePacket): number[];
  /** Undefined: with the `waiting` ones that are still to come, more than a client may ask for. */
  retainedFor(
    requests: readonly SubscriptionRequest[],
    subscriptionId: number | undefined,
    waiting: number,
  ): RetainedRun | undefined;
}

/** Of all clients together: enough for 10,000 boards with forty subscriptions each. */
const MAX_SUBSCRIPTION_BYTES = 512 * 1024 * 1024;
/** A client may ask for all retained messages twice, and for some more. */
const SPARE_RETAINED = 10_000;

export function createSubscribing(options: SubscribingOptions): Subscribing {
  const { journal, matching, retained, serial, maxSubscriptions, maxTopicBytes, maxTopicLevels, onRefused } = options;

  function subscribe(session: Session, { requests, subscriptionId }: SubscribePacket): Subscribed {
    const toSend: SubscriptionRequest[] = [];
    // A filter that comes twice in a packet is two subscriptions, and the second replaces the first. [MQTT-3.8.4-4]
    const last = new Map(requests.map((request) => [request.filter, request]));
    const granted = new Map<string, number>();
    for (const request of last.values()) granted.set(request.filter, judge(request));
    const reasonCodes = requests.map(({ filter, qos }) => {
      const code = granted.get(filter) ?? REASON.unspecified;
      return code < FIRST_ERROR ? qos : code;
    });
    return { reasonCodes, toSend };

    function judge(request: SubscriptionRequest): number {
      const code = refusalOf(session, request.filter);
      if (code !== undefined) {
        onRefused(session, request.filter, code);
        return code === "TOPIC_TOO_LONG" ? REASON.topicFilterInvalid : reasonCodeOf(code);
      }
      const isNew = grant(session, request, subscriptionId);
      if (mayBeSent(request, isNew)) toSend.push(request);
      return request.qos;
    }
  }

  function refusalOf(session: Session, filter: string): RefusalCode | undefined {
    if (filterFault(filter) !== undefined) return "FILTER_INVALID";
    // Nobody may subscribe to the broker's own topics, except $SYS.
    if (filter.startsWith("$") && !filter.startsWith("$SYS/") && !filter.startsWith("$share/")) {
      return "SUBSCRIPTION_DENIED";
    }
    if (!maySubscribe(session.who, filter)) return "SUBSCRIPTION_DENIED";
    if (Buffer.byteLength(filter) > maxTopicBytes || levelCount(filter) > maxTopicLevels) return "TOPIC_TOO_LONG";
    const { subscriptions } = session;
    if (matching.bytes > MAX_SUBSCRIPTION_BYTES) return "TOO_MANY_SUBSCRIPTIONS";
    return subscriptions.size >= maxSubscriptions && !subscriptions.has(filter) ? "TOO_MANY_SUBSCRIPTIONS" : undefined;
  }

  /** True: the filter is new; else its subscription was replaced. [MQTT-3.8.4-3] */
  function grant(
    session: Session,
    { filter, qos, noLocal, retainAsPublished }: SubscriptionRequest,
    subscriptionId: number | undefined,
  ): boolean {
    const isNew = !session.subscriptions.has(filter);
    const subscription = { session, filter, qos, noLocal, retainAsPublished, subscriptionId };
    session.subscriptions.set(filter, subscription);
    matching.add(subscription);
    if (session.isDurable) {
      const value = keptSubscriptionOf(subscription);
      journal.note({ of: "subscription", clientId: session.clientId, filter, value });
    }
    return isNew;
  }

  /** What several filters of one packet match is sent once, with the highest QoS. */
  function retainedFor(
    requests: readonly SubscriptionRequest[],
    subscriptionId: number | undefined,
    waiting: number,
  ): RetainedRun | undefined {
    const subscriptionIds = subscriptionId === undefined ? [] : [subscriptionId];
    const parts: RetainedPart[] = [];
    let left = 2 * retained.count + SPARE_RETAINED - waiting;
    for (const { filter, qos } of [...requests].sort((a, b) => b.qos - a.qos)) {
      const matches = retained.find(filter);
      left -= matches.count;
      if (left < 0) return undefined;
      parts.push({ matches, qos, subscriptionIds });
    }
    return { parts, serial: serial() };
  }

  function unsubscribe(session: Session, { filters }: UnsubscribePacket): number[] {
    return filters.map((filter) => {
      if (filterFault(filter) !== undefined) return REASON.topicFilterInvalid;
      if (!session.subscriptions.delete(filter)) return REASON.noSubscriptionExisted;
      matching.remove(session, filter);
      if (session.isDurable) {
        journal.note({ of: "subscription", clientId: session.clientId, filter, value: undefined });
      }
      return REASON.success;
    });
  }

  return {
    subscribe,
    unsubscribe,
    retainedFor,
  };
}

/** Retain Handling [MQTT-3.3.1-9, -10, -11]; none for shared subscriptions [MQTT 4.8.2]. */
function mayBeSent({ filter, retainHandling }: SubscriptionRequest, isNew: boolean): boolean {
  if (filter.startsWith("$share/") || retainHandling === 2) return false;
  return retainHandling === 0 || isNew;
}
