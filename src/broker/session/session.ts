/** What the hub keeps of one client id, whether its client is connected or not. [MQTT 4.1] */

import { ANYBODY, type MqttIdentity } from "../../core/access/mqtt-access.ts";
import type { Connection } from "../../core/devices/connection.ts";
import type { JournalEntry, KeptSession, KeptSubscription } from "../../core/ports/broker-state.ts";
import type { Version, Will } from "../packets/packet.ts";
import type { Subscription } from "../routing/matching.ts";
import type { TrafficFacts } from "../transport/traffic.ts";
import { Outbound, type OutboundContext } from "./outbound.ts";

/** The connection that a session has at the moment. */
export interface Holder {
  /** Of its client. */
  readonly address: string | undefined;
  traffic(): TrafficFacts;
  /** Another connection came with the same client id. [MQTT-3.1.4-2, -3] */
  takenOver(): void;
  /** Its credential is revoked. */
  revoked(): void;
  /** A person ends its connection. */
  dismissed(): void;
}

/** Of a QoS 2 message that the client sent: from PUBLISH until PUBREL. */
export interface InboundHold {
  /** PUBREC may be sent: the message is durable. */
  isSettled: boolean;
  /** Redeliveries that wait for their first copy; each gets its reason code, or undefined if it was given up. */
  readonly followers: ((reasonCode: number | undefined) => void)[];
}

export class Session {
  /** With accounts it begins with the credential, so that clients of different credentials may use the same client id. */
  readonly clientId: string;
  /** Of its last login. */
  who: MqttIdentity = ANYBODY;
  readonly subscriptions = new Map<string, Subscription<Session>>();
  readonly outbound: Outbound;
  /** By packet id. */
  readonly inbound = new Map<number, InboundHold>();
  holder: Holder | undefined;
  version: Version;
  /** 0xFFFFFFFF: never. 0: it ends with its connection. */
  expiryS = 0;
  /** By the hub's time; undefined: connected. */
  disconnectedAtMs: number | undefined;
  /** When its client connected last, by the hub's time. */
  connectedAtMs = 0;
  /** The present connection, and its last will. */
  last: { readonly connection: Connection; readonly will: Will | undefined } | undefined;

  constructor(clientId: string, version: Version, context: OutboundContext) {
    this.clientId = clientId;
    this.version = version;
    this.outbound = new Outbound(clientId, context);
  }

  get isDurable(): boolean {
    return this.expiryS > 0;
  }

  setExpiry(expiryS: number): void {
    this.expiryS = expiryS;
    this.outbound.isDurable = expiryS > 0;
  }
}

export const keptSubscriptionOf = ({
  qos,
  noLocal,
  retainAsPublished,
  subscriptionId,
}: Subscription<Session>): KeptSubscription => ({ qos, noLocal, retainAsPublished, subscriptionId });

export function sessionEntry(session: Session): JournalEntry {
  const { version, expiryS, disconnectedAtMs, outbound } = session;
  const value: KeptSession = { version, expiryS, disconnectedAtMs, sentThrough: outbound.sentThrough };
  return { of: "session", clientId: session.clientId, value };
}

/** All journal entries of a session, for one that becomes durable only now. */
export function entriesOf(session: Session): JournalEntry[] {
  const { clientId } = session;
  return [
    sessionEntry(session),
    ...[...session.subscriptions].map(
      ([filter, each]): JournalEntry => ({
        of: "subscription",
        clientId,
        filter,
        value: keptSubscriptionOf(each),
      }),
    ),
    ...[...session.inbound]
      .filter(([, { isSettled }]) => isSettled)
      .map(([packetId]): JournalEntry => ({ of: "inbound", clientId, packetId, value: true })),
    ...session.outbound.entriesOfAll(),
  ];
}
