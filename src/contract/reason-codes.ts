/** MQTT 5's reason codes by name and as text. [MQTT 5.0, 2.4] */

export const REASON = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  continueAuthentication: 0x18,
  reAuthenticate: 0x19,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  banned: 0x8a,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdInUse: 0x91,
  packetIdNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  sharedSubscriptionsNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdsNotSupported: 0xa1,
  wildcardSubscriptionsNotSupported: 0xa2,
} as const;

export type ReasonCode = (typeof REASON)[keyof typeof REASON];

/** From this on it is an error. */
export const FIRST_ERROR = 0x80;

/** Where the standard's words are not those of the name. */
const OTHER_WORDS: Partial<Record<keyof typeof REASON, string>> = {
  reAuthenticate: "re-authenticate",
  unspecified: "unspecified error",
  implementationSpecific: "implementation specific error",
  qosNotSupported: "QoS not supported",
};

const WORDS: ReadonlyMap<number, string> = new Map(
  (Object.keys(REASON) as (keyof typeof REASON)[]).map((name) => [
    REASON[name],
    OTHER_WORDS[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  ]),
);

/** `payload format invalid`; a number that is no reason code is a `reason unknown to MQTT 5`. */
export const reasonName = (code: number): string => WORDS.get(code) ?? "reason unknown to MQTT 5";

/** As packet dumps and documents write it: `0x99`. */
export const reasonHex = (code: number): string => `0x${code.toString(16).padStart(2, "0").toUpperCase()}`;

/** `0x99 payload format invalid` */
export const reasonText = (code: number): string => `${reasonHex(code)} ${reasonName(code)}`;
