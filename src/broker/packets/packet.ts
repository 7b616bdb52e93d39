/** MQTT control packets of every version as values. Types only. */

/** Protocol level, as CONNECT has it: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type Version = 3 | 4 | 5;
export type Qos = 0 | 1 | 2;

/** A publisher's message, as it is passed on to subscribers. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Message Expiry Interval, seconds. */
  readonly expiryS: number | undefined;
  /**
   * The further properties in the order in which they came, encoded as MQTT 5 has them, ready to be sent on: payload
   * format, content type, response topic, correlation data, user properties. [MQTT-3.3.2-17, -18 …] Empty for 3.x.
   */
  readonly properties: Uint8Array;
}

export interface Will extends Message {
  /** Will Delay Interval, seconds. */
  readonly delayS: number;
}

export interface ConnectPacket {
  readonly type: "connect";
  readonly version: Version;
  /** The client is another broker, as its protocol level says. */
  readonly isBridge: boolean;
  readonly clientId: string;
  /** Clean Session of 3.x, Clean Start of 5. */
  readonly clean: boolean;
  readonly keepAliveS: number;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly will: Will | undefined;
  /** Session Expiry Interval: 0 if it is absent, 0xFFFFFFFF never. For 3.x 0 with Clean Session, else 0xFFFFFFFF. */
  readonly sessionExpiryS: number;
  /** 65,535 if it is absent. */
  readonly receiveMaximum: number;
  /** Undefined: no limit but the protocol's. */
  readonly maxPacketBytes: number | undefined;
  readonly topicAliasMaximum: number;
  readonly wantsProblemInformation: boolean;
  readonly authMethod: string | undefined;
}

export interface PublishPacket extends Message {
  readonly type: "publish";
  /** Empty with a topic alias. */
  readonly topic: string;
  readonly dup: boolean;
  /** 0 with QoS 0. */
  readonly packetId: number;
  readonly topicAlias: number | undefined;
}

export type AckType = "puback" | "pubrec" | "pubrel" | "pubcomp";

export interface AckPacket {
  readonly type: AckType;
  readonly packetId: number;
  readonly reasonCode: number;
}

export interface SubscriptionRequest {
  /** As sent: `$share/<group>/<filter>` in one piece. */
  readonly filter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** 0 send retained, 1 only for a new subscription, 2 never. */
  readonly retainHandling: 0 | 1 | 2;
}

export interface SubscribePacket {
  readonly type: "subscribe";
  readonly packetId: number;
  readonly requests: readonly SubscriptionRequest[];
  readonly subscriptionId: number | undefined;
}

export interface UnsubscribePacket {
  readonly type: "unsubscribe";
  readonly packetId: number;
  readonly filters: readonly string[];
}

export interface PingreqPacket {
  readonly type: "pingreq";
}

export interface DisconnectPacket {
  readonly type: "disconnect";
  /** 0 if it is absent. */
  readonly reasonCode: number;
  /** Undefined: as it was. */
  readonly sessionExpiryS: number | undefined;
}

export interface AuthPacket {
  readonly type: "auth";
  readonly reasonCode: number;
}

/** What a client may send after CONNECT. */
export type ClientPacket =
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | UnsubscribePacket
  | PingreqPacket
  | DisconnectPacket
  | AuthPacket;

/** Bytes that are not a packet this client may send. */
export interface PacketFault {
  readonly type: "fault";
  /** Of contract/reason-codes.ts: malformed packet, protocol error, topic name invalid … */
  readonly reasonCode: number;
  /** In words for the owner, with the clause where there is one: "QoS 3 [MQTT-3.3.1-4]". */
  readonly detail: string;
  /** Of a CONNECT: the version that it announced, so that the answer is one the client can read. */
  readonly version?: Version | undefined;
}

export const NO_BYTES: Uint8Array = new Uint8Array(0);
/** Session Expiry Interval: never. */
export const NEVER_EXPIRES = 0xffff_ffff;
