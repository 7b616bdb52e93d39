/** What a person should check when the broker closed connections with a reason code of MQTT 5. */
import { REASON, type ReasonCode, reasonText } from "../../src/contract/reason-codes.ts";

/** [MQTT 5.0, 3.14]: the broker sent DISCONNECT, and then closed. */
export const closedByBroker = (reasonCode: number): string =>
  `the broker closed the connection: ${reasonText(reasonCode)}`;

const BY_REASON: readonly (readonly [ReasonCode, string])[] = [
  [
    REASON.sessionTakenOver,
    "Another client uses the same ids, perhaps a second simulation: give each its own --prefix.",
  ],
  [REASON.keepAliveTimeout, "The broker heard nothing for too long: is this machine or the network overloaded?"],
  [REASON.serverShuttingDown, "The hub was stopped; the stations reconnect when it is back."],
  [REASON.serverBusy, "The hub is at one of its limits: try fewer --devices, or a longer --interval."],
  [REASON.serverUnavailable, "The hub could not store messages in time: its log and /readyz say why."],
  [REASON.packetTooLarge, "A packet was larger than the hub's limit (AERIE_MAX_PACKET_BYTES)."],
  [REASON.receiveMaximumExceeded, "Too many messages were unacknowledged at once (AERIE_MAX_INFLIGHT)."],
  [REASON.messageRateTooHigh, "The stations send too much: try a longer --interval, or fewer --devices."],
  [REASON.quotaExceeded, "A limit of the hub was reached: its Inspector shows which."],
  [REASON.notAuthorized, "The hub does not allow something: its Inspector shows what."],
  [REASON.malformedPacket, "The hub could not read a packet: does a proxy on the way change bytes?"],
  [REASON.protocolError, "A station broke the MQTT protocol: the hub's Inspector shows how."],
];

const ADVICE: ReadonlyMap<string, string> = new Map(
  BY_REASON.map(([reasonCode, advice]) => [closedByBroker(reasonCode), advice]),
);

/** One line for each reason that there is advice on, the most frequent first. */
export function disconnectAdvice(errors: readonly { text: string; count: number }[]): string[] {
  return errors
    .toSorted((a, b) => b.count - a.count)
    .flatMap(({ text }) => {
      const advice = ADVICE.get(text);
      return advice === undefined ? [] : [`${sentence(text)} ${advice}`];
    });
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
