/** Limits of the MQTT broker: packets, subscriptions, queues, retained messages, sessions. */
import { setting, whole } from "./setting.ts";

export const MQTT_SETTINGS = {
  connectTimeoutMs: setting({
    env: "AERIE_CONNECT_TIMEOUT_MS",
    fallback: "10000",
    ...whole(100, 600_000),
    meaning: "Time within which a new connection, or Socket.IO session, must send its CONNECT packet.",
  }),
  maxConnectBytes: setting({
    env: "AERIE_MAX_CONNECT_BYTES",
    fallback: "16384",
    ...whole(64, 268_435_455),
    meaning: "Bytes of a CONNECT packet, which comes from a client that is not authenticated yet.",
  }),
  maxPacketBytes: setting({
    env: "AERIE_MAX_PACKET_BYTES",
    fallback: "4194304",
    ...whole(1_024, 268_435_455),
    meaning:
      "Bytes of any other packet, without its fixed header. A larger packet is refused before it is read. A Zigbee2MQTT house of 300 devices announces them in one of 2 MB.",
  }),
  maxClientIdBytes: setting({
    env: "AERIE_MAX_CLIENT_ID_BYTES",
    fallback: "256",
    ...whole(23, 65_535),
    meaning: "Bytes of a client id.",
  }),
  maxKeepAliveS: setting({
    env: "AERIE_MAX_KEEP_ALIVE_S",
    fallback: "3600",
    ...whole(1, 65_535),
    meaning:
      "Longest keep-alive, in seconds. An MQTT 5 client that asks for a longer one, or for none, gets this one; an MQTT 3 client keeps its own.",
  }),
  maxTopicBytes: setting({
    env: "AERIE_MAX_TOPIC_BYTES",
    fallback: "1024",
    ...whole(16, 65_535),
    meaning: "Bytes of a topic or of a filter.",
  }),
  maxTopicLevels: setting({
    env: "AERIE_MAX_TOPIC_LEVELS",
    fallback: "100",
    ...whole(4, 100),
    meaning: "Levels of a topic or of a filter.",
  }),
  maxSubscriptions: setting({
    env: "AERIE_MAX_SUBSCRIPTIONS_PER_CLIENT",
    fallback: "10000",
    ...whole(1, 1_000_000),
    meaning: "Subscriptions of one client.",
  }),
  maxInflight: setting({
    env: "AERIE_MAX_INFLIGHT",
    fallback: "1000",
    ...whole(1, 65_535),
    meaning: "Messages of QoS 1 and 2 that may be unacknowledged between the hub and one client, in each direction.",
  }),
  maxQueueMessages: setting({
    env: "AERIE_MAX_QUEUE_MESSAGES",
    fallback: "10000",
    ...whole(1, 10_000_000),
    meaning:
      "Messages that may wait for one slow or absent client. Beyond it QoS 0 messages are dropped first, then the oldest.",
  }),
  maxQueueBytes: setting({
    env: "AERIE_MAX_QUEUE_BYTES",
    fallback: "16777216",
    ...whole(65_536, 4_294_967_296),
    meaning: "Bytes that may wait for one slow or absent client.",
  }),
  maxQueuesBytes: setting({
    env: "AERIE_MAX_QUEUES_BYTES",
    fallback: "268435456",
    ...whole(1_048_576, 17_179_869_184),
    meaning: "Bytes that may wait for all clients together.",
  }),
  maxRetained: setting({
    env: "AERIE_MAX_RETAINED",
    fallback: "100000",
    ...whole(1, 10_000_000),
    meaning: "Retained messages. A message for a further topic is delivered and not retained.",
  }),
  maxRetainedBytes: setting({
    env: "AERIE_MAX_RETAINED_BYTES",
    fallback: "134217728",
    ...whole(65_536, 17_179_869_184),
    meaning: "Bytes of all retained messages together.",
  }),
  maxSessions: setting({
    env: "AERIE_MAX_SESSIONS",
    fallback: "20000",
    ...whole(1, 1_000_000),
    meaning:
      "Sessions, connected or kept for absent clients. Above it a client still connects, but nothing is kept for it while it is away.",
  }),
  maxSessionExpiryS: setting({
    env: "AERIE_MAX_SESSION_EXPIRY_S",
    fallback: "2592000",
    ...whole(0, 4_294_967_295),
    meaning:
      "Longest time, in seconds, for which the session of an absent client is kept, whatever the client asks for.",
  }),
} as const;
