/** Settings of the hub as a whole: its data, who may use it, its log, and how it commits. */
import path from "node:path";
import { host, isNetwork, list, oneOf, setting, whole } from "./setting.ts";

export const HUB_SETTINGS = {
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
} as const;
