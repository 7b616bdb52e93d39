/** Every setting of the hub: name, default, check, meaning. Types, flags and docs/configuration.md come from this table. */
import { isIP } from "node:net";
import path from "node:path";

export interface Setting<T> {
  readonly env: `AERIE_${string}`;
  /** As it would be written in the environment. */
  readonly fallback: string;
  /** What it must be, for the message of a wrong one. */
  readonly expected: string;
  /** Undefined: the text is not what is expected. */
  readonly parse: (text: string) => T | undefined;
  readonly meaning: string;
  /** It may have a password in it: it is shown nowhere. */
  readonly isSecret?: true;
}

const host = (text: string): string | undefined => (/^[A-Za-z0-9.:_-]{1,255}$/.test(text) ? text : undefined);

const whole = (min: number, max: number) => ({
  expected: `a whole number from ${min} to ${max}`,
  parse: (text: string): number | undefined => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
});

/** 0: none. */
const wholeOrNone = (min: number, max: number) => ({
  expected: `0, or a whole number from ${min} to ${max}`,
  parse: (text: string): number | undefined => (text === "0" ? 0 : whole(min, max).parse(text)),
});

/** A hundred years: as long as anybody plans, and far from what a date cannot hold. */
const days = whole(0, 36_500);

const oneOf = <const Words extends readonly string[]>(...words: Words) => ({
  expected: `one of ${words.join(", ")}`,
  parse: (text: string): Words[number] | undefined => words.find((word) => word === text),
});

const list = (check: (item: string) => boolean) => (text: string) => {
  const items = text.split(",").map((item) => item.trim());
  const some = items.filter((item) => item !== "");
  return some.every(check) ? some : undefined;
};

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const most = [0, 32, 128][[0, 4, 6].indexOf(isIP(address))] ?? 0;
  return most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

/** Where the hub listens is for `AERIE_AUTH` to say. */
export const AUTO_HOST = "auto";

export const SETTINGS = {
  httpHost: setting({
    env: "AERIE_HTTP_HOST",
    fallback: AUTO_HOST,
    expected: "a host name or address, or auto",
    parse: host,
    meaning:
      "Address that dashboard, REST and Socket.IO listen on. `auto`: with accounts all IPv4 addresses (`::` for IPv6 too), without them `127.0.0.1`. Without accounts any but loopback needs `AERIE_AUTH=off-and-public`.",
  }),
  httpPort: setting({
    env: "AERIE_HTTP_PORT",
    fallback: "3000",
    ...whole(0, 65_535),
    meaning: "Their port; MQTT over WebSocket is `/mqtt` on it. 0 takes a free one, named in the log.",
  }),
  mqttHost: setting({
    env: "AERIE_MQTT_HOST",
    fallback: AUTO_HOST,
    expected: "a host name or address, or auto",
    parse: host,
    meaning: "The same for the MQTT broker.",
  }),
  mqttPort: setting({
    env: "AERIE_MQTT_PORT",
    fallback: "1883",
    ...whole(0, 65_535),
    meaning: "Its TCP port. 0 takes a free one, named in the log.",
  }),
  tlsCert: setting({
    env: "AERIE_TLS_CERT",
    fallback: "",
    expected: "a file",
    parse: (text) => (text === "" ? "" : path.resolve(text)),
    meaning:
      "Certificate in PEM, with those between it and its authority. With it the HTTP port speaks HTTPS and WSS only, and MQTT over TLS is on its own port; a renewed file is taken within seconds.",
  }),
  tlsKey: setting({
    env: "AERIE_TLS_KEY",
    fallback: "",
    expected: "a file",
    parse: (text) => (text === "" ? "" : path.resolve(text)),
    meaning: "Its private key in PEM, without a passphrase.",
  }),
  mqttsPort: setting({
    env: "AERIE_MQTTS_PORT",
    fallback: "8883",
    ...whole(0, 65_535),
    meaning:
      "Port of MQTT over TLS, on the address of MQTT, where there is a certificate. 0 takes a free one, named in the log.",
  }),
  hsts: setting({
    env: "AERIE_HSTS",
    fallback: "off",
    ...oneOf("on", "off"),
    meaning:
      "With a certificate: browsers that came once come by HTTPS only, for half a year. Not with a self-made one: a browser that does not trust it would find no way in any more.",
  }),
  dataDir: setting({
    env: "AERIE_DATA_DIR",
    fallback: "./data",
    expected: "a directory",
    parse: (text) => (text === "" ? undefined : path.resolve(text)),
    meaning: "Where everything is kept; made where it is not there. One hub at a time.",
  }),
  mongodbUrl: setting({
    env: "AERIE_MONGODB_URL",
    isSecret: true,
    fallback: "",
    expected: "mongodb://host[:port]/database or mongodb+srv://host/database",
    parse: (text) => (text === "" || /^mongodb(\+srv)?:\/\/[^\s/]+/.test(text) ? text : undefined),
    meaning:
      "MongoDB that keeps readings, devices and the broker's sessions, in the database named (`aerie` where none is). Unset: the embedded store in the data directory. With a password in it, not as a flag.",
  }),
  maxOutboxBytes: setting({
    env: "AERIE_MAX_OUTBOX_BYTES",
    fallback: "4294967296",
    ...whole(16_777_216, 1_099_511_627_776),
    meaning:
      "With MongoDB: bytes on the hub's own disk for what comes while MongoDB is away. When it is full, boards are not acknowledged until MongoDB is back.",
  }),
  auth: setting({
    env: "AERIE_AUTH",
    fallback: "on",
    ...oneOf("on", "off", "off-and-public"),
    meaning:
      "`on`: people sign in, programs have tokens and boards secrets (docs/security.md). `off` is for loopback; `off-and-public` says that everybody who reaches the hub may do everything.",
  }),
  corsOrigins: setting({
    env: "AERIE_CORS_ORIGINS",
    fallback: "",
    expected: "origins such as https://panel.example, null or file://, with commas between",
    parse: list((item) => item === "null" || item === "file://" || /^https?:\/\/[^/\s]+$/.test(item)),
    meaning:
      "Origins of pages elsewhere that may use REST, Socket.IO and MQTT over WebSocket. `null` is a page opened as a file, `file://` what some WebSocket libraries for boards send.",
  }),
  hostNames: setting({
    env: "AERIE_HOST_NAMES",
    fallback: "",
    expected: "host names with commas between",
    parse: list((item) => host(item) !== undefined),
    meaning:
      "Further names that the hub answers to, such as that of a reverse proxy. Addresses need not be named, nor the machine's own name, alone or with .local, .lan, .home.arpa, .fritz.box or .internal.",
  }),
  trustedProxies: setting({
    env: "AERIE_TRUSTED_PROXIES",
    fallback: "",
    expected: "addresses, or networks such as 10.0.0.0/8, with commas between",
    parse: list(isNetwork),
    meaning:
      "Reverse proxies that are believed whom they speak for (`X-Forwarded-For`, `X-Forwarded-Proto`). Of all others these headers are ignored.",
  }),
  logLevel: setting({
    env: "AERIE_LOG_LEVEL",
    fallback: "info",
    ...oneOf("debug", "info", "warn", "error"),
    meaning: "The least that is logged. On a terminal the log is text, elsewhere JSON lines.",
  }),
  commitIntervalMs: setting({
    env: "AERIE_COMMIT_INTERVAL_MS",
    fallback: "0",
    ...whole(0, 60_000),
    meaning:
      "How long QoS 0 readings, which nobody waits for, may wait for company in a commit. More than 0 spares an SD card; a crash may lose that much more of them.",
  }),
  maxWaitingBytes: setting({
    env: "AERIE_MAX_WAITING_BYTES",
    fallback: "67108864",
    ...whole(1_048_576, 4_294_967_296),
    meaning:
      "Bytes of messages (and 1 KiB for each reading in them) that may wait to become durable. Beyond it no socket is read until there is room.",
  }),
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
  connectTimeoutMs: setting({
    env: "AERIE_CONNECT_TIMEOUT_MS",
    fallback: "10000",
    ...whole(100, 600_000),
    meaning: "Time that a new connection, or a Socket.IO session, has for its CONNECT packet.",
  }),
  maxConnectBytes: setting({
    env: "AERIE_MAX_CONNECT_BYTES",
    fallback: "16384",
    ...whole(64, 268_435_455),
    meaning: "Bytes of a CONNECT packet: of what a stranger may send.",
  }),
  maxPacketBytes: setting({
    env: "AERIE_MAX_PACKET_BYTES",
    fallback: "262144",
    ...whole(1_024, 268_435_455),
    meaning: "Bytes of any other packet, its fixed header aside. One that announces more is never gathered.",
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
      "Longest keep-alive, in seconds. A client of MQTT 5 that asks for more, or for none, is told this one; one of 3.x keeps its own.",
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
    meaning: "Messages that may wait for one slow or absent client. Beyond it QoS 0 goes first, then the oldest.",
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
    meaning: "Retained messages. One for a further topic is delivered and not kept.",
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
    meaning: "Sessions, connected or kept for clients that are away. Beyond it a new one ends with its connection.",
  }),
  maxSessionExpiryS: setting({
    env: "AERIE_MAX_SESSION_EXPIRY_S",
    fallback: "2592000",
    ...whole(0, 4_294_967_295),
    meaning: "Longest time, in seconds, that the session of an absent client is kept. Also where it asked for ever.",
  }),
  maxDevices: setting({
    env: "AERIE_MAX_DEVICES",
    fallback: "10000",
    ...whole(1, 1_000_000),
    meaning: "Devices in all. A new one beyond it is refused.",
  }),
  maxDevicesPerClient: setting({
    env: "AERIE_MAX_DEVICES_PER_CLIENT",
    fallback: "1000",
    ...whole(1, 1_000_000),
    meaning: "New devices that one MQTT client id may make while the hub runs.",
  }),
  maxMetricsPerDevice: setting({
    env: "AERIE_MAX_METRICS_PER_DEVICE",
    fallback: "256",
    ...whole(1, 10_000),
    meaning: "Different metrics that one device may have over time.",
  }),
  rawDays: setting({
    env: "AERIE_RAW_DAYS",
    fallback: "90",
    ...days,
    meaning:
      "How long readings are kept as they came; older ones are refused. Hours and days of them stay. 0 keeps them for ever. A device may have its own.",
  }),
  hourDays: setting({
    env: "AERIE_HOUR_DAYS",
    fallback: "0",
    ...days,
    meaning: "How long the hours of each metric (count, mean, extremes, last value) are kept. 0 keeps them for ever.",
  }),
  dayDays: setting({
    env: "AERIE_DAY_DAYS",
    fallback: "0",
    ...days,
    meaning: "The same for days.",
  }),
  maxStoreBytes: setting({
    env: "AERIE_MAX_STORE_BYTES",
    fallback: "0",
    ...wholeOrNone(16_777_216, 1_099_511_627_776),
    meaning:
      "A size limit for the whole database. Beyond it raw readings go before their age, the oldest first, and `/readyz` and the log say so. 0 sets none.",
  }),
} as const;

type Settings = typeof SETTINGS;

export type Config = { readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer T> ? T : never };

export const flagOf = (env: string): string => env.slice("AERIE_".length).toLowerCase().replaceAll("_", "-");

/** Those that refuse what is beyond them, by the names that refusals call them. */
export function limitsOf(config: Config): Record<string, number> {
  const limits = Object.entries(SETTINGS).flatMap(([name, { env }]) => {
    const value = config[name as keyof Config];
    return env.startsWith("AERIE_MAX_") && typeof value === "number" ? [[env, value] as const] : [];
  });
  return Object.fromEntries(limits);
}
