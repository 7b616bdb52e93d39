/**
 * Why a connection or a message is refused: a closed list of codes, with the text for people and the MQTT 5 reason code.
 */
import { REASON, type ReasonCode } from "./reason-codes.ts";

export const REFUSALS = {
  TOPIC_UNKNOWN:
    "No such topic under devices/: use devices/<id>/telemetry, …/telemetry/<metric>, …/status or …/attributes",
  TOPIC_RESERVED: "Topics that begin with $ belong to the broker",
  DEVICE_ID_INVALID: "The device id is invalid: use 1 to 64 of A-Z a-z 0-9 . _ : ~ -, but not . or .. alone",
  DEVICE_NOT_NAMED:
    "The topic does not say which device it is: give the board a user name of its own, which becomes its name",
  PAYLOAD_TOO_LARGE: "The packet is too large (AERIE_MAX_PACKET_BYTES)",
  CONNECT_TOO_LARGE: "The packet is too large for a client that is not logged in yet (AERIE_MAX_CONNECT_BYTES)",
  PAYLOAD_EMPTY: "The payload is empty",
  PAYLOAD_NOT_UTF8: "The payload is not valid UTF-8 text",
  PAYLOAD_NOT_JSON: "The payload is not valid JSON",
  PAYLOAD_WRONG_SHAPE: "The payload does not have the form that this topic needs",
  TOO_MANY_READINGS: "A message may hold at most 1,000 readings",
  READING_WRONG_SHAPE: "A reading must be a JSON object of metrics",
  READING_EMPTY: "The reading has no metric that the hub can use",
  TOO_MANY_METRICS: "A reading may hold at most 64 metrics",
  TOO_DEEP: "Objects may nest at most 8 deep",
  METRIC_NAME_INVALID: "The metric's name is invalid: use 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter",
  ALIAS_UNKNOWN:
    "The message names metrics by numbers (aliases) that no BIRTH message explained; the hub asks the edge node for its BIRTH messages, if it may receive the request (NCMD)",
  METRIC_VALUE_INVALID: "A metric's value must be a finite number, true, false or text",
  METRIC_TEXT_TOO_LONG: "A metric's text may have at most 256 bytes",
  METRIC_WRONG_TYPE:
    "Aerie knows this metric name and expects another type (a number without its unit, or true/false): send that, or use another name",
  METRIC_OUT_OF_RANGE:
    "The value is outside what the device says of this metric, and stands for none (a battery of 255): it is left out",
  STATUS_INVALID: "A status must be online or offline",
  ATTRIBUTES_TOO_LARGE: "A device may have at most 64 attributes, together 16 KiB",
  DESCRIPTION_TOO_LARGE: "What a device says about itself (its names, units and topics) may take at most 256 KiB",
  TOO_MANY_DESCRIPTIONS: "What all devices say about themselves may take at most 64 MiB",
  ANNOUNCED_BY_ANOTHER:
    "Another client announced this device first, under topics that this client may not publish to: its announcement is ignored",
  TOO_MANY_DEVICES: "The hub has reached its limit of devices (AERIE_MAX_DEVICES)",
  TOO_MANY_DEVICES_OF_CLIENT: "This client has reached its limit of new devices (AERIE_MAX_DEVICES_PER_CLIENT)",
  TOO_MANY_METRICS_OF_DEVICE: "The device has reached its limit of metrics (AERIE_MAX_METRICS_PER_DEVICE)",
  READING_TOO_OLD:
    "The reading is too old: this device's raw readings are kept for a shorter time (AERIE_RAW_DAYS, or the device's own retention)",
  STORE_REFUSED: "The store cannot hold this reading",
  STORE_STALLED:
    "The store did not accept the message in time; the hub closed the connection, so that the board sends it again",
  HUB_CLOSING: "The hub is shutting down",
  PROTOCOL_VIOLATION: "The client broke the MQTT protocol",
  ORIGIN_FOREIGN:
    "The request comes from a web page of an origin that may not use this hub. To allow it, restart the hub with AERIE_CORS_ORIGINS=<origin>",
  HOST_FOREIGN:
    "The request names a host that this hub does not answer to. Open the hub by its IP address, or restart it with AERIE_HOST_NAMES=<this name>",
  TLS_FAILED: "The TLS handshake failed: the client does not trust the certificate, or does not speak TLS",
  REQUEST_MALFORMED: "The hub cannot read this as a request of HTTP or Socket.IO",
  SUBSCRIPTION_DENIED:
    "The client may not subscribe to this. A board subscribes to the topics of its family (devices/<its id>/ if it has none), an application to its own filters (Settings)",
  FILTER_INVALID:
    "The topic filter is invalid: + and # fill a whole level, # comes last, and a shared subscription has a name",
  TOO_MANY_CONNECTIONS: "The hub has reached its limit of connections (AERIE_MAX_CONNECTIONS)",
  TOO_MANY_CONNECTIONS_OF_ADDRESS:
    "This address has reached its limit of connections (AERIE_MAX_CONNECTIONS_PER_ADDRESS)",
  TOO_MANY_CONNECTS_OF_ADDRESS:
    "This address connects too often (AERIE_MAX_CONNECTS_PER_MINUTE); its boards try again by themselves",
  TOO_MANY_CONNECTS_OF_CREDENTIAL:
    "Clients with this credential connect too often (AERIE_MAX_CONNECTS_PER_MINUTE); they try again by themselves",
  RATE_TOO_HIGH:
    "This client sent more than allowed for a whole minute and was disconnected. Send less often, or raise AERIE_MAX_MESSAGES_PER_SECOND or AERIE_MAX_BYTES_PER_SECOND (or the same names with _PER_ADDRESS)",
  TOO_MANY_REQUESTS: "This address sends too many HTTP requests (AERIE_MAX_REQUESTS_PER_MINUTE)",
  TOO_MANY_LIVE_SESSIONS: "The hub has reached its limit of Socket.IO sessions (AERIE_MAX_LIVE_SESSIONS)",
  TOO_MANY_LIVE_SESSIONS_OF_ADDRESS:
    "This address has reached its limit of Socket.IO sessions (AERIE_MAX_LIVE_SESSIONS_PER_ADDRESS)",
  TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT:
    "This account or token has reached its limit of Socket.IO sessions (AERIE_MAX_LIVE_SESSIONS_PER_ACCOUNT)",
  TOO_MANY_LIVE_SESSIONS_OF_NOBODY:
    "Too many Socket.IO sessions have not sent a valid token yet: an address may have 20 of them, for 5 s each",
  TOO_MANY_LARGE_REQUESTS:
    "This client asked for too many charts, pages of readings, lists of devices or exports at once: 4 are answered at a time, 50 may wait",
  CONNECT_TIMEOUT: "The client did not send a complete CONNECT in time (AERIE_CONNECT_TIMEOUT_MS)",
  CLIENT_ID_INVALID: "The client id is missing or invalid",
  CLIENT_ID_SHARED:
    "Clients with the same client id disconnect each other again and again; give each board a client id of its own",
  CREDENTIAL_MISSING: "The client sent no password, and this hub requires one",
  CREDENTIAL_UNKNOWN: "No board or application has this user name and password",
  CREDENTIAL_WRONG: "The user name or the password is wrong for this device",
  CREDENTIAL_BUSY: "Too many boards are logging in at this moment; this one tries again by itself",
  CREDENTIAL_EXPIRED: "The credential has expired. Remove the application under Settings and add it again",
  CREDENTIAL_ENDED: "The credential was removed or replaced while its client was connected",
  DISCONNECTED: "An operator disconnected the client; it may connect again",
  TOPIC_NOT_OWN:
    "This credential may not publish to this topic. A board publishes to the topics of its family (devices/<its id>/ if it has none), an application to its own filters (Settings)",
  TOPIC_OF_HUB: "Only the hub publishes below aerie/. Publish to another topic",
  VERSION_UNSUPPORTED: "The client speaks an unsupported version of MQTT; use 3.1, 3.1.1 or 5",
  AUTH_METHOD_UNSUPPORTED: "The client asks for enhanced authentication, which the hub does not support",
  KEEP_ALIVE_EXPIRED: "The client sent nothing for one and a half times its keep-alive",
  TOPIC_TOO_LONG:
    "The topic is too long, or has too many levels (AERIE_MAX_TOPIC_BYTES, AERIE_MAX_TOPIC_LEVELS): use a shorter topic",
  TOO_MANY_SUBSCRIPTIONS: "This client has reached its limit of subscriptions (AERIE_MAX_SUBSCRIPTIONS_PER_CLIENT)",
  TOO_MANY_IN_FLIGHT:
    "The client sent too many messages without waiting for earlier ones to be acknowledged (AERIE_MAX_INFLIGHT)",
  TOO_MANY_RETAINED:
    "The message was delivered but not retained: limit reached (AERIE_MAX_RETAINED, AERIE_MAX_RETAINED_BYTES)",
  TOO_MANY_SESSIONS:
    "The hub has reached its limit of MQTT sessions (AERIE_MAX_SESSIONS): the client may connect, but misses what is sent while it is away",
  QUEUE_FULL:
    "Messages were dropped: the queue of a slow or absent subscriber was full (AERIE_MAX_QUEUE_MESSAGES, AERIE_MAX_QUEUE_BYTES)",
  PACKET_UNFINISHED:
    "The rest of a large packet did not arrive for 10 s while many large packets were arriving, so the client was disconnected. Send smaller packets, or raise AERIE_MAX_WAITING_BYTES",
  READER_TOO_SLOW: "The client did not read what the hub sent it for too long, and was disconnected",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** The reason code for clients of MQTT 5, where there is an answer. [MQTT 5.0, 2.4] */
const REASON_OF: Readonly<Record<RefusalCode, ReasonCode>> = {
  TOPIC_UNKNOWN: REASON.topicNameInvalid,
  TOPIC_RESERVED: REASON.notAuthorized,
  DEVICE_ID_INVALID: REASON.topicNameInvalid,
  DEVICE_NOT_NAMED: REASON.notAuthorized,
  PAYLOAD_TOO_LARGE: REASON.packetTooLarge,
  CONNECT_TOO_LARGE: REASON.packetTooLarge,
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
  ALIAS_UNKNOWN: REASON.payloadFormatInvalid,
  METRIC_VALUE_INVALID: REASON.payloadFormatInvalid,
  METRIC_TEXT_TOO_LONG: REASON.payloadFormatInvalid,
  METRIC_WRONG_TYPE: REASON.payloadFormatInvalid,
  METRIC_OUT_OF_RANGE: REASON.payloadFormatInvalid,
  STATUS_INVALID: REASON.payloadFormatInvalid,
  ATTRIBUTES_TOO_LARGE: REASON.quotaExceeded,
  DESCRIPTION_TOO_LARGE: REASON.quotaExceeded,
  TOO_MANY_DESCRIPTIONS: REASON.quotaExceeded,
  ANNOUNCED_BY_ANOTHER: REASON.notAuthorized,
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
  TOO_MANY_LIVE_SESSIONS_OF_NOBODY: REASON.quotaExceeded,
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
  DISCONNECTED: REASON.administrativeAction,
  TOPIC_NOT_OWN: REASON.notAuthorized,
  TOPIC_OF_HUB: REASON.notAuthorized,
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
