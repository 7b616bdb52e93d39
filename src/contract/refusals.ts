/** Why a connection or a message is refused: a closed list, in words for the person who can act, and as MQTT 5 answers it. */
import { REASON, type ReasonCode } from "./reason-codes.ts";

export const REFUSALS = {
  TOPIC_UNKNOWN: "The hub knows no such topic under devices/",
  TOPIC_RESERVED: "Topics that begin with $ belong to the broker",
  DEVICE_ID_INVALID: "A device id is 1 to 64 of A-Z a-z 0-9 . _ : - and not . or ..",
  PAYLOAD_TOO_LARGE: "The packet is larger than the hub takes (AERIE_MAX_PACKET_BYTES)",
  PAYLOAD_EMPTY: "The payload is empty",
  PAYLOAD_NOT_UTF8: "The payload is not valid UTF-8 text",
  PAYLOAD_NOT_JSON: "The payload is not JSON",
  PAYLOAD_WRONG_SHAPE: "The payload is JSON of another shape than this topic takes",
  TOO_MANY_READINGS: "A message holds at most 1,000 readings",
  READING_WRONG_SHAPE: "A reading is a JSON object of metrics",
  READING_EMPTY: "No metric of the reading could be used",
  TOO_MANY_METRICS: "A reading holds at most 64 metrics",
  TOO_DEEP: "Objects may nest at most 8 deep",
  METRIC_NAME_INVALID: "A metric's name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter",
  METRIC_VALUE_INVALID: "A metric's value is a finite number, true, false or text",
  METRIC_TEXT_TOO_LONG: "A metric's text has at most 256 bytes",
  METRIC_WRONG_TYPE: "The catalogue says that this metric is of another type",
  STATUS_INVALID: "A status is online or offline",
  ATTRIBUTES_TOO_LARGE: "The attributes of a device have at most 64 keys and 16 KiB",
  TOO_MANY_DEVICES: "The hub has as many devices as it may (AERIE_MAX_DEVICES)",
  TOO_MANY_DEVICES_OF_CLIENT: "This client has made as many devices as one may (AERIE_MAX_DEVICES_PER_CLIENT)",
  TOO_MANY_METRICS_OF_DEVICE: "The device has as many metrics as one may (AERIE_MAX_METRICS_PER_DEVICE)",
  READING_TOO_OLD:
    "The reading is older than its device's raw readings are kept: keep them for longer (AERIE_RAW_DAYS, or the device's own retention), or send it sooner",
  STORE_REFUSED: "The store cannot hold this",
  STORE_STALLED:
    "The store did not take the message in time; the connection was closed so that the board sends it again",
  HUB_CLOSING: "The hub is stopping",
  PROTOCOL_VIOLATION: "The client broke the MQTT protocol",
  ORIGIN_FOREIGN: "The page's origin is not this hub's own (AERIE_CORS_ORIGINS)",
  HOST_FOREIGN: "The request names a host that is not this hub (AERIE_HOST_NAMES)",
  TLS_FAILED: "The TLS handshake failed: the client does not trust the certificate, or speaks no TLS",
  REQUEST_MALFORMED: "What came is no HTTP request that the hub can read",
  SUBSCRIPTION_DENIED: "The broker does not serve this subscription, or not to this client",
  FILTER_INVALID: "The topic filter is none: + and # stand for whole levels, # is the last, and a share has a name",
  TOO_MANY_CONNECTIONS: "The hub has as many connections as it may (AERIE_MAX_CONNECTIONS)",
  TOO_MANY_CONNECTIONS_OF_ADDRESS:
    "This address has as many connections as one may (AERIE_MAX_CONNECTIONS_PER_ADDRESS)",
  TOO_MANY_CONNECTS_OF_ADDRESS:
    "This address connects more often than one may (AERIE_MAX_CONNECTS_PER_MINUTE); its boards come again by themselves",
  TOO_MANY_CONNECTS_OF_CREDENTIAL:
    "Clients of this credential connect more often than they may (AERIE_MAX_CONNECTS_PER_MINUTE); they come again by themselves",
  RATE_TOO_HIGH:
    "This client sent more than it may for a minute, though it was slowed down (AERIE_MAX_MESSAGES_PER_SECOND and AERIE_MAX_BYTES_PER_SECOND, or those of its address)",
  TOO_MANY_REQUESTS: "This address asks more of the hub over HTTP than one may (AERIE_MAX_REQUESTS_PER_MINUTE)",
  TOO_MANY_LIVE_SESSIONS: "The hub has as many Socket.IO sessions as it may (AERIE_MAX_LIVE_SESSIONS)",
  TOO_MANY_LIVE_SESSIONS_OF_ADDRESS:
    "This address has as many Socket.IO sessions as one may (AERIE_MAX_LIVE_SESSIONS_PER_ADDRESS)",
  TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT:
    "This person or token has as many Socket.IO sessions as one may (AERIE_MAX_LIVE_SESSIONS_PER_ACCOUNT)",
  TOO_MANY_LARGE_REQUESTS:
    "This client asked for more charts, pages of readings, lists of devices or exports at once than may wait (50, while 4 are answered)",
  CONNECT_TIMEOUT: "The client connected and did not send a whole CONNECT in time (AERIE_CONNECT_TIMEOUT_MS)",
  CLIENT_ID_INVALID: "The client id is missing where one is needed, or is none that the hub takes",
  CLIENT_ID_SHARED:
    "Clients with the same client id disconnect each other again and again: give each board a client id of its own",
  CREDENTIAL_MISSING: "The client gave no password, and the hub lets in nobody without one",
  CREDENTIAL_UNKNOWN: "The hub knows neither this user nor this password",
  CREDENTIAL_WRONG: "The hub knows this device, and the user or the password is not the one that belongs to it",
  CREDENTIAL_BUSY: "Too many boards with passwords of their own connect at once; the board comes again by itself",
  CREDENTIAL_EXPIRED: "The credential has expired",
  CREDENTIAL_ENDED: "The credential was taken away or made anew while its client was connected",
  TOPIC_NOT_OWN: "The topic is not one that this credential may publish to: a board has devices/<its id>/…",
  VERSION_UNSUPPORTED: "The hub speaks MQTT 3.1, 3.1.1 and 5, and the client another version",
  AUTH_METHOD_UNSUPPORTED: "The client asks for enhanced authentication, which the hub does not have",
  KEEP_ALIVE_EXPIRED: "The client was silent for longer than one and a half times its keep-alive",
  TOPIC_TOO_LONG:
    "The topic is longer, or has more levels, than it may (AERIE_MAX_TOPIC_BYTES, AERIE_MAX_TOPIC_LEVELS)",
  TOO_MANY_SUBSCRIPTIONS: "This client has as many subscriptions as one may (AERIE_MAX_SUBSCRIPTIONS_PER_CLIENT)",
  TOO_MANY_IN_FLIGHT:
    "The client sent more messages than may wait for their acknowledgement at once (AERIE_MAX_INFLIGHT)",
  TOO_MANY_RETAINED: "The hub keeps as many retained messages as it may (AERIE_MAX_RETAINED, AERIE_MAX_RETAINED_BYTES)",
  TOO_MANY_SESSIONS: "The hub keeps as many sessions as it may (AERIE_MAX_SESSIONS)",
  QUEUE_FULL:
    "Messages to a slow or absent subscriber were dropped: its queue was full (AERIE_MAX_QUEUE_MESSAGES, AERIE_MAX_QUEUE_BYTES)",
  PACKET_UNFINISHED:
    "A large packet did not go on for 10 s while room for large packets was scarce (a quarter of AERIE_MAX_WAITING_BYTES)",
  READER_TOO_SLOW:
    "A subscriber, or a program that asked for a chart or a page, took nothing of what it was sent for too long, and was cut off",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Which code a client of MQTT 5 is answered, where it is answered at all. [MQTT 5.0, 2.4] */
const REASON_OF: Readonly<Record<RefusalCode, ReasonCode>> = {
  TOPIC_UNKNOWN: REASON.topicNameInvalid,
  TOPIC_RESERVED: REASON.notAuthorized,
  DEVICE_ID_INVALID: REASON.topicNameInvalid,
  PAYLOAD_TOO_LARGE: REASON.packetTooLarge,
  PAYLOAD_EMPTY: REASON.payloadFormatInvalid,
  PAYLOAD_NOT_UTF8: REASON.payloadFormatInvalid,
  PAYLOAD_NOT_JSON: REASON.payloadFormatInvalid,
  PAYLOAD_WRONG_SHAPE: REASON.payloadFormatInvalid,
  TOO_MANY_READINGS: REASON.quotaExceeded,
  READING_WRONG_SHAPE: REASON.payloadFormatInvalid,
  READING_EMPTY: REASON.payloadFormatInvalid,
  TOO_MANY_METRICS: REASON.quotaExceeded,
  TOO_DEEP: REASON.payloadFormatInvalid,
  METRIC_NAME_INVALID: REASON.payloadFormatInvalid,
  METRIC_VALUE_INVALID: REASON.payloadFormatInvalid,
  METRIC_TEXT_TOO_LONG: REASON.payloadFormatInvalid,
  METRIC_WRONG_TYPE: REASON.payloadFormatInvalid,
  STATUS_INVALID: REASON.payloadFormatInvalid,
  ATTRIBUTES_TOO_LARGE: REASON.quotaExceeded,
  TOO_MANY_DEVICES: REASON.quotaExceeded,
  TOO_MANY_DEVICES_OF_CLIENT: REASON.quotaExceeded,
  TOO_MANY_METRICS_OF_DEVICE: REASON.quotaExceeded,
  READING_TOO_OLD: REASON.quotaExceeded,
  STORE_REFUSED: REASON.implementationSpecific,
  STORE_STALLED: REASON.serverUnavailable,
  HUB_CLOSING: REASON.serverShuttingDown,
  PROTOCOL_VIOLATION: REASON.protocolError,
  // Before there is an MQTT connection; HTTP answers the three after the first.
  TLS_FAILED: REASON.notAuthorized,
  ORIGIN_FOREIGN: REASON.notAuthorized,
  HOST_FOREIGN: REASON.notAuthorized,
  REQUEST_MALFORMED: REASON.protocolError,
  SUBSCRIPTION_DENIED: REASON.notAuthorized,
  FILTER_INVALID: REASON.topicFilterInvalid,
  TOO_MANY_CONNECTIONS: REASON.serverBusy,
  TOO_MANY_CONNECTIONS_OF_ADDRESS: REASON.connectionRateExceeded,
  TOO_MANY_CONNECTS_OF_ADDRESS: REASON.connectionRateExceeded,
  TOO_MANY_CONNECTS_OF_CREDENTIAL: REASON.connectionRateExceeded,
  RATE_TOO_HIGH: REASON.messageRateTooHigh,
  // HTTP answers these.
  TOO_MANY_REQUESTS: REASON.messageRateTooHigh,
  TOO_MANY_LIVE_SESSIONS: REASON.quotaExceeded,
  TOO_MANY_LIVE_SESSIONS_OF_ADDRESS: REASON.quotaExceeded,
  TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT: REASON.quotaExceeded,
  TOO_MANY_LARGE_REQUESTS: REASON.messageRateTooHigh,
  // Never on the wire: before CONNACK a server may only close. [MQTT 5.0, 3.14]
  CONNECT_TIMEOUT: REASON.protocolError,
  CLIENT_ID_INVALID: REASON.clientIdNotValid,
  CLIENT_ID_SHARED: REASON.sessionTakenOver,
  CREDENTIAL_MISSING: REASON.notAuthorized,
  CREDENTIAL_UNKNOWN: REASON.badUserNameOrPassword,
  CREDENTIAL_WRONG: REASON.badUserNameOrPassword,
  CREDENTIAL_BUSY: REASON.serverBusy,
  CREDENTIAL_EXPIRED: REASON.notAuthorized,
  CREDENTIAL_ENDED: REASON.administrativeAction,
  TOPIC_NOT_OWN: REASON.notAuthorized,
  VERSION_UNSUPPORTED: REASON.unsupportedProtocolVersion,
  AUTH_METHOD_UNSUPPORTED: REASON.badAuthenticationMethod,
  KEEP_ALIVE_EXPIRED: REASON.keepAliveTimeout,
  TOPIC_TOO_LONG: REASON.topicNameInvalid,
  TOO_MANY_SUBSCRIPTIONS: REASON.quotaExceeded,
  TOO_MANY_IN_FLIGHT: REASON.receiveMaximumExceeded,
  TOO_MANY_RETAINED: REASON.quotaExceeded,
  TOO_MANY_SESSIONS: REASON.quotaExceeded,
  // Tells the subscriber nothing: it is the publisher's message that is not there for it.
  QUEUE_FULL: REASON.quotaExceeded,
  PACKET_UNFINISHED: REASON.quotaExceeded,
  READER_TOO_SLOW: REASON.quotaExceeded,
};

export const reasonCodeOf = (code: RefusalCode): ReasonCode => REASON_OF[code];

/** A version's name, by the protocol level of CONNECT. */
export const MQTT_VERSIONS = { 3: "3.1", 4: "3.1.1", 5: "5" } as const;

export type MqttVersion = (typeof MQTT_VERSIONS)[keyof typeof MQTT_VERSIONS];

/** Where a payload is faulty, and what stands there. */
export interface FaultLocation {
  /** The characters right before it. */
  before: string;
  /** The character that should not be there, and some behind it; empty where the payload ends too early. */
  from: string;
}

/** One kind of refusal of one subject; further ones of the same kind are counted into it. */
export interface Refusal {
  code: RefusalCode;
  /** REFUSALS[code], and what exactly was wrong. */
  reason: string;
  kind: "connection" | "message";
  clientId?: string;
  address?: string;
  topic?: string;
  deviceId?: string;
  metric?: string;
  place?: FaultLocation;
  /** ISO 8601: since then the same client was let in, or its message on this topic taken whole. */
  acceptedAt?: string;
  /** What the client speaks, where it got far enough to say so. */
  mqttVersion?: MqttVersion;
  /** The reason code that the client was answered; only where it was answered one, so never with 3.x. */
  reasonCode?: number;
  /** ISO 8601. */
  firstAt: string;
  lastAt: string;
  count: number;
}
