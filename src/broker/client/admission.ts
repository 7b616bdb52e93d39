/** Decides whether a CONNECT is accepted, and with which limits. */
import { REASON } from "../../contract/reason-codes.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import { type ConnectPacket, NEVER_EXPIRES, type Will } from "../packets/packet.ts";
import { levelCount } from "../packets/topic-rules.ts";

export interface AdmissionLimits {
  readonly maxClientIdBytes: number;
  readonly maxSessionExpiryS: number;
  readonly maxKeepAliveS: number;
  readonly maxTopicBytes: number;
  readonly maxTopicLevels: number;
}

export type Admission =
  | {
      readonly kind: "admitted";
      readonly clientId: string;
      /** The hub assigned the client id. [MQTT-3.1.3-6] */
      readonly isAssigned: boolean;
      readonly expiryS: number;
      readonly keepAliveS: number;
      /** Undefined: there is none, or it may not be published. */
      readonly will: Will | undefined;
      /** Why a last will is left out. */
      readonly willFault: RefusalCode | undefined;
    }
  | {
      readonly kind: "refused";
      readonly code: RefusalCode;
      readonly reasonCode: number;
      readonly detail: string;
    };

export function admit(packet: ConnectPacket, limits: AdmissionLimits, makeId: () => string): Admission {
  const { version, authMethod, will } = packet;
  // [MQTT-4.12.0-1]
  if (authMethod !== undefined) return refused("AUTH_METHOD_UNSUPPORTED", REASON.badAuthenticationMethod, authMethod);
  const idBytes = Buffer.byteLength(packet.clientId);
  if (idBytes > limits.maxClientIdBytes) {
    return refused("CLIENT_ID_INVALID", REASON.clientIdNotValid, `${idBytes} bytes (AERIE_MAX_CLIENT_ID_BYTES)`);
  }
  const willFault = will && topicRefusal(will.topic, limits);
  const isAssigned = packet.clientId === "";
  return {
    kind: "admitted",
    clientId: isAssigned ? makeId() : packet.clientId,
    isAssigned,
    expiryS: expiryWithin(packet.sessionExpiryS, limits.maxSessionExpiryS),
    keepAliveS: version === 5 ? keepAliveWithin(packet.keepAliveS, limits.maxKeepAliveS) : packet.keepAliveS,
    // A client that is refused for its will tries again and again; Mosquitto's bridge has a will below $SYS by default.
    will: willFault === undefined ? will : undefined,
    willFault,
  };
}

/** Why no client may publish to a topic; undefined: it may. */
export function topicRefusal(
  topic: string,
  { maxTopicBytes, maxTopicLevels }: Pick<AdmissionLimits, "maxTopicBytes" | "maxTopicLevels">,
): "TOPIC_TOO_LONG" | "TOPIC_RESERVED" | undefined {
  if (Buffer.byteLength(topic) > maxTopicBytes || levelCount(topic) > maxTopicLevels) return "TOPIC_TOO_LONG";
  return topic.startsWith("$") ? "TOPIC_RESERVED" : undefined; // [MQTT-4.7.2-1]: reserved for the broker
}

const refused = (code: RefusalCode, reasonCode: number, detail: string): Admission => ({
  kind: "refused",
  code,
  reasonCode,
  detail,
});

export const expiryWithin = (expiryS: number, maxExpiryS: number): number =>
  maxExpiryS >= NEVER_EXPIRES ? expiryS : Math.min(expiryS, maxExpiryS);

/** 0 means no keep-alive, which would leave a dead client's connection open forever. */
const keepAliveWithin = (keepAliveS: number, maxKeepAliveS: number): number =>
  keepAliveS === 0 ? maxKeepAliveS : Math.min(keepAliveS, maxKeepAliveS);
