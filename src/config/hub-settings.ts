/** Settings of the hub as a whole: its data, who may use it, its log, and how it commits. */
import path from "node:path";
import { host, isNetwork, list, oneOf, originOf, setting, whole } from "./setting.ts";

export const HUB_SETTINGS = {
  dataDir: setting({
    env: "AERIE_DATA_DIR",
    fallback: "./data",
    expected: "a directory",
    parse: (text) => (text === "" ? undefined : path.resolve(text)),
    meaning:
      "Directory for everything that the hub keeps. It is created if it is missing. Only one hub can use it at a time.",
  }),
  mongodbUrl: setting({
    env: "AERIE_MONGODB_URL",
    isSecret: true,
    fallback: "",
    expected: "mongodb://host[:port]/database or mongodb+srv://host/database",
    parse: (text) => (text === "" || /^mongodb(\+srv)?:\/\/[^\s/]+/.test(text) ? text : undefined),
    meaning:
      "MongoDB for readings, devices and the broker's sessions, in the database that the address names (default: `aerie`). Unset: the embedded store in the data directory. An address with a password cannot be given as a flag.",
  }),
  maxOutboxBytes: setting({
    env: "AERIE_MAX_OUTBOX_BYTES",
    fallback: "4294967296",
    ...whole(16_777_216, 1_099_511_627_776),
    meaning:
      "With MongoDB: bytes on the hub's own disk for messages that arrive while MongoDB is away. When they are used up, nothing is acknowledged until MongoDB is back.",
  }),
  auth: setting({
    env: "AERIE_AUTH",
    fallback: "on",
    ...oneOf("on", "off", "off-and-public"),
    meaning:
      "`on`: people sign in, programs have tokens, boards have secrets (docs/security.md). `off`: no accounts, reachable from this machine only. `off-and-public`: everyone who can reach the hub may do everything.",
  }),
  unclaimed: setting({
    env: "AERIE_UNCLAIMED",
    fallback: "auto",
    ...oneOf("auto", "loopback", "closed"),
    meaning:
      "Whether programs and browsers on the hub's own computer may read and publish while there is no account (docs/security.md). `auto`: if the hub was started from a terminal. `loopback`: in any case. `closed`: never. Where a proxy or tunnel on this computer brings in others, leave it closed.",
  }),
  corsOrigins: setting({
    env: "AERIE_CORS_ORIGINS",
    fallback: "",
    expected: "origins such as https://panel.example, null or file://, separated by commas",
    parse: list((item) => item === "null" || item === "file://" || /^https?:\/\/[^/\s]+$/.test(item)),
    meaning:
      "Origins of other web pages that may use REST, Socket.IO and MQTT over WebSocket. Add `null` to allow pages opened from a file, `file://` for boards whose WebSocket library sends it.",
  }),
  hostNames: setting({
    env: "AERIE_HOST_NAMES",
    fallback: "",
    expected: "host names separated by commas",
    parse: list((item) => host(item) !== undefined),
    meaning:
      "Further host names under which the hub is reached, such as that of a reverse proxy. Not needed for IP addresses, nor for the machine's own name, alone or with .local, .lan, .home.arpa, .fritz.box or .internal.",
  }),
  publicUrl: setting({
    env: "AERIE_PUBLIC_URL",
    fallback: "",
    expected: "http:// or https:// with a host and perhaps a port, without a path",
    parse: (text) => (text === "" ? text : originOf(text)),
    meaning:
      "Address under which people reach the dashboard, for links in notifications: to the page of alerts, and to acknowledge an alert. Unset: notifications have no links.",
  }),
  heartbeatUrl: setting({
    env: "AERIE_HEARTBEAT_URL",
    isSecret: true,
    fallback: "",
    expected: "an address that begins with http:// or https://",
    parse: (text) => (text === "" || (/^https?:\/\//.test(text) && URL.canParse(text)) ? text : undefined),
    meaning:
      "Address that the hub calls (GET) once a minute while `/readyz` says that it is ready. A service that misses the calls tells you that the hub is dead. Unset: none.",
  }),
  backupDays: setting({
    env: "AERIE_BACKUP_DAYS",
    fallback: "30",
    ...whole(0, 3_650),
    meaning:
      "The alert rule *The hub itself* fires where the last backup (`aerie backup`) is older than so many days. Not before a first one was made; 0: never.",
  }),
  trustedProxies: setting({
    env: "AERIE_TRUSTED_PROXIES",
    fallback: "",
    expected: "addresses, or networks such as 10.0.0.0/8, separated by commas",
    parse: list(isNetwork),
    meaning:
      "Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` headers are trusted. From all other clients these headers are ignored.",
  }),
  pushHosts: setting({
    env: "AERIE_PUSH_HOSTS",
    fallback: "",
    expected: "host names, or *.example.org for all below one, separated by commas",
    parse: list((item) => host(item.replace(/^\*\./, "")) !== undefined),
    meaning:
      "Further push services to which the hub may send Web Push, such as a UnifiedPush server. Those of Chrome, Firefox, Safari and Edge are known. A browser that names another one is refused.",
  }),
  sparkplugHost: setting({
    env: "AERIE_SPARKPLUG_HOST",
    fallback: "",
    expected: "a host id: 1 to 64 of A-Z a-z 0-9 . _ - and spaces between them",
    parse: (text) => (text === "" || /^[\w.-]([\w. -]{0,62}[\w.-])?$/.test(text) ? text : undefined),
    meaning:
      "Id of the Sparkplug host application that the hub is: it says in the retained topic `spBv1.0/STATE/<id>` that it is online, and offline when it stops. For edge nodes that wait for their primary host. Unset: it says nothing.",
  }),
  logLevel: setting({
    env: "AERIE_LOG_LEVEL",
    fallback: "info",
    ...oneOf("debug", "info", "warn", "error"),
    meaning: "Lowest level that is logged. On a terminal the log is text, elsewhere JSON lines.",
  }),
  commitIntervalMs: setting({
    env: "AERIE_COMMIT_INTERVAL_MS",
    fallback: "0",
    ...whole(0, 60_000),
    meaning:
      "How long QoS 0 readings may wait for others before they are committed. A value above 0 reduces writes to an SD card; a crash may lose the readings of that time.",
  }),
  groupWaitMs: setting({
    env: "AERIE_GROUP_WAIT_MS",
    fallback: "4",
    ...whole(0, 1_000),
    meaning:
      "While many messages a second arrive, how long one may wait for others before they are committed together, which saves CPU time and writes. A single message never waits.",
  }),
  maxWaitingBytes: setting({
    env: "AERIE_MAX_WAITING_BYTES",
    fallback: "67108864",
    ...whole(1_048_576, 4_294_967_296),
    meaning:
      "Memory for messages that are not yet on disk, in bytes (each reading counts 1 KiB more). When it is used up, the hub stops receiving until some have been written.",
  }),
} as const;
