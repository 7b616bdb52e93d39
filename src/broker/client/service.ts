/** Serves the packets of a client that is logged in. */
import { FIRST_ERROR, REASON } from "../../contract/reason-codes.ts";
import { type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import { publishRefusal, publishRight } from "../../core/access/mqtt-access.ts";
import type { Journal } from "../journal/journal.ts";
import type {
  AckPacket,
  ClientPacket,
  DisconnectPacket,
  PublishPacket,
  SubscribePacket,
  SubscriptionRequest,
  UnsubscribePacket,
} from "../packets/packet.ts";
import { parseShare } from "../packets/topic-rules.ts";
import type { AedesCore } from "../routing/aedes-core.ts";
import type { Session } from "../session/session.ts";
import type { Subscribing } from "../session/subscribing.ts";
import { topicRefusal } from "./admission.ts";
import type { Inbound } from "./inbound.ts";
import type { PublishWriter } from "./publish-writer.ts";
import type { ResponseWriter } from "./response-writer.ts";
import { InboundAliases } from "./topic-aliases.ts";

/** The client, as its service uses it. */
export interface Served {
  readonly session: Session;
  readonly inbound: Inbound;
  readonly publishes: PublishWriter;
  readonly responses: ResponseWriter;
  /** The client is another broker: it must not get its own messages back, and keeps the retain flag as published. */
  readonly isBridge: boolean;
  /** It broke a rule or a limit. */
  end(code: RefusalCode, reasonCode: number, detail: string | undefined): void;
  /** A message of it is refused. */
  refuse(code: RefusalCode, reasonCode: number | undefined, topic: string): void;
  /** The store did not take something in time; `isCounted`: it is counted as a refusal already. */
  stalled(isCounted: boolean): void;
  isGone(): boolean;
}

export interface ServiceContext {
  readonly core: AedesCore;
  readonly subscribing: Subscribing;
  readonly journal: Journal;
  readonly limits: { readonly maxTopicBytes: number; readonly maxTopicLevels: number };
}

/** Topic aliases that a client may set. */
export const INBOUND_ALIASES = 32;

export class Service {
  readonly #context: ServiceContext;
  readonly #client: Served;
  readonly #aliases: InboundAliases | undefined;
  /** The topic that was found to be in order last. */
  #checkedTopic = "";

  constructor(context: ServiceContext, client: Served) {
    this.#context = context;
    this.#client = client;
    this.#aliases = client.responses.version === 5 ? new InboundAliases(INBOUND_ALIASES) : undefined;
  }

  publish(packet: PublishPacket): void {
    const { inbound } = this.#client;
    const resolved = packet.topicAlias === undefined ? packet : this.#withTopic(packet, packet.topicAlias);
    if (resolved === undefined) return;
    if (inbound.isOverWindow(resolved)) {
      return this.#client.end("TOO_MANY_IN_FLIGHT", REASON.receiveMaximumExceeded, undefined);
    }
    inbound.take(resolved, this.#refusalOf(resolved));
  }

  serve(packet: Exclude<ClientPacket, PublishPacket | DisconnectPacket>): void {
    switch (packet.type) {
      case "puback":
      case "pubcomp":
      case "pubrec":
        return this.#acknowledged(packet.type, packet);
      case "pubrel":
        return this.#released(packet);
      case "subscribe":
        return this.#subscribe(packet);
      case "unsubscribe":
        return this.#unsubscribe(packet);
      case "pingreq":
        return this.#client.responses.pingresp();
      case "auth":
        // [MQTT-4.12.1-1]: there was no method in CONNECT
        return this.#violated(REASON.protocolError, "AUTH without an authentication method");
    }
  }

  #withTopic(packet: PublishPacket, alias: number): PublishPacket | undefined {
    if (this.#aliases?.isValid(alias) !== true) {
      this.#violated(REASON.topicAliasInvalid, `topic alias ${alias} [MQTT-3.3.2-9]`);
      return undefined;
    }
    const topic = this.#aliases.resolve(alias, packet.topic);
    if (topic !== undefined) return { ...packet, topic };
    this.#violated(REASON.protocolError, `topic alias ${alias} was never set`);
    return undefined;
  }

  #refusalOf(packet: PublishPacket): RefusalCode | undefined {
    const { topic, qos } = packet;
    if (topic === this.#checkedTopic) return undefined;
    const code = topicRefusal(topic, this.#context.limits) ?? this.#rightRefusal(packet);
    if (code === undefined) return undefined;
    const isReasonSent = this.#client.responses.version === 5 && qos > 0;
    this.#client.refuse(code, isReasonSent ? reasonCodeOf(code) : undefined, topic);
    return code;
  }

  #rightRefusal({ topic, payload }: PublishPacket): RefusalCode | undefined {
    const right = publishRight(this.#client.session.who, topic);
    if (right === "all") this.#checkedTopic = topic;
    return right === "all" || (right === "empty" && payload.length === 0) ? undefined : publishRefusal(topic);
  }

  #acknowledged(type: "puback" | "pubrec" | "pubcomp", { packetId, reasonCode }: AckPacket): void {
    const { session, publishes } = this.#client;
    const isReceipt = type === "pubrec" && reasonCode < FIRST_ERROR;
    const fault = isReceipt ? session.outbound.received(packetId) : session.outbound.acknowledged(packetId, type);
    if (fault === "wrong type")
      return this.#violated(REASON.protocolError, `${type} does not fit the QoS of the message`);
    // [MQTT 5.0, 3.6.2.1]: so that the client ends its side too
    if (fault === "unknown" && isReceipt) publishes.pubrel(packetId, REASON.packetIdNotFound);
  }

  #released({ packetId }: AckPacket): void {
    const { inbound, responses } = this.#client;
    if (inbound.release(packetId, () => responses.acknowledge("pubcomp", packetId, REASON.success))) return;
    // [MQTT-4.3.3-13]: answered all the same, so that the client is not stuck
    responses.acknowledge("pubcomp", packetId, REASON.packetIdNotFound);
  }

  #subscribe(packet: SubscribePacket): void {
    const { subscribing, core } = this.#context;
    const { session, responses } = this.#client;
    const { packetId, subscriptionId } = packet;
    const requests = this.#client.isBridge ? packet.requests.map(forBridge) : packet.requests;
    const { reasonCodes, toSend } = subscribing.subscribe(session, { ...packet, requests });
    core.announceSubscriptions(session.clientId, requests);
    this.#whenDurable(() => {
      responses.suback(packetId, reasonCodes);
      if (toSend.length === 0) return;
      const run = subscribing.retainedFor(toSend, subscriptionId, session.outbound.retainedWaiting);
      if (run !== undefined) return session.outbound.deliverRetained(run);
      this.#client.end("QUEUE_FULL", REASON.quotaExceeded, "retained messages were asked for again and again");
    });
  }

  #unsubscribe(packet: UnsubscribePacket): void {
    const { session, responses } = this.#client;
    const reasonCodes = this.#context.subscribing.unsubscribe(session, packet);
    this.#whenDurable(() => responses.unsuback(packet.packetId, reasonCodes));
  }

  #whenDurable(answer: () => void): void {
    if (!this.#client.session.isDurable) return answer();
    this.#context.journal.settle((isDurable) => {
      if (this.#client.isGone()) return;
      if (isDurable) answer();
      else this.#client.stalled(false);
    });
  }

  #violated(reasonCode: number, detail: string): void {
    this.#client.end("PROTOCOL_VIOLATION", reasonCode, detail);
  }
}

/** Subscription options that MQTT 5 can ask for and 3.x cannot. A shared subscription has no "no local". [MQTT-3.8.3-4] */
const forBridge = (request: SubscriptionRequest): SubscriptionRequest => ({
  ...request,
  noLocal: parseShare(request.filter) === undefined,
  retainAsPublished: true,
});
