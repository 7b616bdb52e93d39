/** Delivers a message to the sessions that subscribed to it, and keeps retained messages. */
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
  /** Through Aedes, which passes the routing on to `retain` and `route` before it returns. */
  readonly publish: (routing: Routing) => void;
  readonly onRetainedRefused: (topic: string, publisher: string | undefined) => void;
}

/** What `publish` found out. */
export interface Routed {
  /** Somebody subscribed to it. */
  readonly isMatched: boolean;
  /** It was noted in the journal, and must be on disk before its publisher gets the acknowledgement. */
  readonly isNoted: boolean;
}

/**
 * One message on its way through Aedes, with what the router must know of it. It is passed on with the message, so that
 * a message that is published while another one is routed, such as Aedes' own under $SYS, has nothing of the other.
 */
export interface Routing {
  readonly message: Message;
  /** Undefined: the hub itself. */
  readonly publisher: Subscriber | undefined;
  /** Made when the first needs it. */
  publication: Publication | undefined;
  isMatched: boolean;
  isNoted: boolean;
}

export const routingOf = (message: Message, publisher: Subscriber | undefined): Routing => ({
  message,
  publisher,
  publication: undefined,
  isMatched: false,
  isNoted: false,
});

export interface Router {
  /** Delivered and retained when this returns. */
  publish(message: Message, publisher: Subscriber | undefined): Routed;
  /** Delivers a message of a shared subscription to another member, after the session that had it ended. */
  redistribute(filter: string, publication: Publication): void;
  /** For Aedes. */
  retain(routing: Routing): void;
  /** For Aedes. */
  route(routing: Routing): void;
  /** Somebody subscribed to it. */
  isWanted(topic: string): boolean;
  /** Of the newest message. */
  serial(): number;
}

const NOT_WANTED: Routed = { isMatched: false, isNoted: false };

export function createRouter(options: RouterOptions): Router {
  const { time, matching, retained, limits, journal, onRetainedRefused } = options;
  let serial = 0;

  function publish(message: Message, publisher: Subscriber | undefined): Routed {
    // Nobody wants it: it need not go through anything.
    if (!message.retain && !isWanted(message.topic)) return NOT_WANTED;
    const routing = routingOf(message, publisher);
    options.publish(routing);
    return routing;
  }

  function isWanted(topic: string): boolean {
    const { targets, shares } = matching.match(topic);
    return targets.length > 0 || shares.length > 0;
  }

  function publicationFor(routing: Routing): Publication {
    const { message, publisher } = routing;
    routing.publication ??= publicationOf(message, publisher?.clientId, ++serial, time.nowMs());
    return routing.publication;
  }

  function retain(routing: Routing): void {
    const { topic, payload } = routing.message;
    // [MQTT-3.3.1-6, -7]: an empty one is not kept, and takes the former away
    if (payload.length === 0) return removeRetained(routing);
    const publication = publicationFor(routing);
    const former = retained.get(topic);
    const isOver =
      (former === undefined && retained.count >= limits.maxRetained) ||
      retained.bytes + publication.bytes - (former?.bytes ?? 0) > limits.maxRetainedBytes;
    if (isOver) {
      removeRetained(routing); // what it was to replace is wrong by now
      return onRetainedRefused(topic, publication.publisher);
    }
    retained.set(publication);
    journal.note({ of: "retained", topic, value: keptOf(publication) });
    routing.isNoted = true;
  }

  function removeRetained(routing: Routing): void {
    const { topic } = routing.message;
    if (!retained.delete(topic)) return;
    journal.note({ of: "retained", topic, value: undefined });
    routing.isNoted = true;
  }

  function route(routing: Routing): void {
    const { targets, shares } = matching.match(routing.message.topic);
    if (targets.length === 0 && shares.length === 0) return;
    routing.isMatched = true;
    const publication = publicationFor(routing);
    for (const target of targets) if (deliver(target, publication, routing.publisher)) routing.isNoted = true;
    for (const group of shares) if (deliverToOne(group, publication)) routing.isNoted = true;
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
