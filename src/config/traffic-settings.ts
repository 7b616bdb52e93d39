/** Limits of connections, messages and requests, of one client and of one address. */
import { setting, whole, wholeOrNone } from "./setting.ts";

export const TRAFFIC_SETTINGS = {
  maxConnections: setting({
    env: "AERIE_MAX_CONNECTIONS",
    fallback: "12000",
    ...whole(1, 1_000_000),
    meaning: "MQTT connections in all, and as many of HTTP. One more is closed.",
  }),
  maxConnectionsPerAddress: setting({
    env: "AERIE_MAX_CONNECTIONS_PER_ADDRESS",
    fallback: "5000",
    ...whole(1, 1_000_000),
    meaning: "MQTT connections from one address, and as many of HTTP. Behind a NAT or a proxy all boards have one.",
  }),
  maxConnectsPerMinute: setting({
    env: "AERIE_MAX_CONNECTS_PER_MINUTE",
    fallback: "20000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "New MQTT connections of one address, and of one credential; as many may come at once. What is more is closed. 0: no limit.",
  }),
  maxMessagesPerSecond: setting({
    env: "AERIE_MAX_MESSAGES_PER_SECOND",
    fallback: "5000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "With accounts: messages of one board or application, over ten seconds. What is more is read more slowly; after a minute of it the connection is closed. 0: no limit.",
  }),
  maxBytesPerSecond: setting({
    env: "AERIE_MAX_BYTES_PER_SECOND",
    fallback: "8388608",
    ...wholeOrNone(1, 10_000_000_000),
    meaning: "The same for bytes.",
  }),
  maxMessagesPerSecondPerAddress: setting({
    env: "AERIE_MAX_MESSAGES_PER_SECOND_PER_ADDRESS",
    fallback: "0",
    ...wholeOrNone(1, 10_000_000),
    meaning: "The same for the messages of all clients of one address, with and without accounts.",
  }),
  maxBytesPerSecondPerAddress: setting({
    env: "AERIE_MAX_BYTES_PER_SECOND_PER_ADDRESS",
    fallback: "0",
    ...wholeOrNone(1, 10_000_000_000),
    meaning: "The same for their bytes.",
  }),
  maxRequestsPerMinute: setting({
    env: "AERIE_MAX_REQUESTS_PER_MINUTE",
    fallback: "6000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "HTTP requests of one address, with pages, files, upgrades and what is refused; as many may come at once. What is more is answered 429. 0: no limit.",
  }),
  maxLiveSessions: setting({
    env: "AERIE_MAX_LIVE_SESSIONS",
    fallback: "2000",
    ...whole(1, 1_000_000),
    meaning: "Socket.IO sessions in all: an open dashboard has one. One more is refused.",
  }),
  maxLiveSessionsPerAddress: setting({
    env: "AERIE_MAX_LIVE_SESSIONS_PER_ADDRESS",
    fallback: "500",
    ...whole(1, 1_000_000),
    meaning: "The same from one address. Behind a NAT or a proxy all browsers have one.",
  }),
  maxLiveSessionsPerAccount: setting({
    env: "AERIE_MAX_LIVE_SESSIONS_PER_ACCOUNT",
    fallback: "100",
    ...whole(1, 1_000_000),
    meaning: "With accounts: the same of one person, or of one token.",
  }),
} as const;
