/** Limits of connections, messages and requests, of one client and of one address. */
import { setting, whole, wholeOrNone } from "./setting.ts";

export const TRAFFIC_SETTINGS = {
  maxConnections: setting({
    env: "AERIE_MAX_CONNECTIONS",
    fallback: "12000",
    ...whole(1, 1_000_000),
    meaning:
      "Limit of MQTT connections; the same number again is the limit of HTTP connections. Any further connection is closed.",
  }),
  maxConnectionsPerAddress: setting({
    env: "AERIE_MAX_CONNECTIONS_PER_ADDRESS",
    fallback: "5000",
    ...whole(1, 1_000_000),
    meaning:
      "Limit of MQTT connections from one address; the same number again is the limit of its HTTP connections. Behind a NAT or a proxy all boards share one address.",
  }),
  maxConnectsPerMinute: setting({
    env: "AERIE_MAX_CONNECTS_PER_MINUTE",
    fallback: "20000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "New MQTT connections a minute from one address, and with one credential; a burst of this size is allowed. Further ones are closed. 0: no limit.",
  }),
  maxMessagesPerSecond: setting({
    env: "AERIE_MAX_MESSAGES_PER_SECOND",
    fallback: "5000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "With accounts: messages a second of one board or application, averaged over ten seconds. Beyond it they are read more slowly; after a minute the connection is closed. 0: no limit.",
  }),
  maxBytesPerSecond: setting({
    env: "AERIE_MAX_BYTES_PER_SECOND",
    fallback: "8388608",
    ...wholeOrNone(1, 10_000_000_000),
    meaning:
      "With accounts: bytes a second of one board or application, averaged over ten seconds; beyond it reading slows down, after a minute the connection is closed. 0: no limit.",
  }),
  maxMessagesPerSecondPerAddress: setting({
    env: "AERIE_MAX_MESSAGES_PER_SECOND_PER_ADDRESS",
    fallback: "0",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "Messages a second of all clients of one address, with and without accounts, averaged over ten seconds; beyond it reading slows down, after a minute the connection is closed. 0: no limit.",
  }),
  maxBytesPerSecondPerAddress: setting({
    env: "AERIE_MAX_BYTES_PER_SECOND_PER_ADDRESS",
    fallback: "0",
    ...wholeOrNone(1, 10_000_000_000),
    meaning:
      "Bytes a second of all clients of one address, with and without accounts, averaged over ten seconds; beyond it reading slows down, after a minute the connection is closed. 0: no limit.",
  }),
  maxRequestsPerMinute: setting({
    env: "AERIE_MAX_REQUESTS_PER_MINUTE",
    fallback: "6000",
    ...wholeOrNone(1, 10_000_000),
    meaning:
      "HTTP requests a minute from one address, including pages, files, upgrades and refused requests; a burst of this size is allowed. Further ones get the status 429. 0: no limit.",
  }),
  maxLiveSessions: setting({
    env: "AERIE_MAX_LIVE_SESSIONS",
    fallback: "2000",
    ...whole(1, 1_000_000),
    meaning: "Socket.IO sessions in total; an open dashboard has one. Any further session is refused.",
  }),
  maxLiveSessionsPerAddress: setting({
    env: "AERIE_MAX_LIVE_SESSIONS_PER_ADDRESS",
    fallback: "500",
    ...whole(1, 1_000_000),
    meaning: "Socket.IO sessions from one address. Behind a NAT or a proxy all browsers share one address.",
  }),
  maxLiveSessionsPerAccount: setting({
    env: "AERIE_MAX_LIVE_SESSIONS_PER_ACCOUNT",
    fallback: "100",
    ...whole(1, 1_000_000),
    meaning: "With accounts: Socket.IO sessions of one person, or of one token.",
  }),
} as const;
