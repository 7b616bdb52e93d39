/** Every setting of the hub: name, default, check, meaning. Types, flags and docs/configuration.md come from this table. */
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
}

const host = (text: string): string | undefined => (/^[A-Za-z0-9.:_-]{1,255}$/.test(text) ? text : undefined);

const whole = (min: number, max: number) => ({
  expected: `a whole number from ${min} to ${max}`,
  parse: (text: string): number | undefined => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
});

const oneOf = <const Words extends readonly string[]>(...words: Words) => ({
  expected: `one of ${words.join(", ")}`,
  parse: (text: string): Words[number] | undefined => words.find((word) => word === text),
});

const list = (check: (item: string) => boolean) => (text: string) => {
  const items = text.split(",").map((item) => item.trim());
  const some = items.filter((item) => item !== "");
  return some.every(check) ? some : undefined;
};

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

export const SETTINGS = {
  httpHost: setting({
    env: "AERIE_HTTP_HOST",
    fallback: "127.0.0.1",
    expected: "a host name or address",
    parse: host,
    meaning:
      "Address that dashboard, REST and Socket.IO listen on. Any but loopback needs `AERIE_AUTH=off-and-public`.",
  }),
  httpPort: setting({
    env: "AERIE_HTTP_PORT",
    fallback: "3000",
    ...whole(0, 65_535),
    meaning: "Their port; MQTT over WebSocket is `/mqtt` on it. 0 takes a free one, named in the log.",
  }),
  mqttHost: setting({
    env: "AERIE_MQTT_HOST",
    fallback: "127.0.0.1",
    expected: "a host name or address",
    parse: host,
    meaning: "Address that the MQTT broker listens on. Any but loopback needs `AERIE_AUTH=off-and-public`.",
  }),
  mqttPort: setting({
    env: "AERIE_MQTT_PORT",
    fallback: "1883",
    ...whole(0, 65_535),
    meaning: "Its TCP port. 0 takes a free one, named in the log.",
  }),
  dataDir: setting({
    env: "AERIE_DATA_DIR",
    fallback: "./data",
    expected: "a directory",
    parse: (text) => (text === "" ? undefined : path.resolve(text)),
    meaning: "Where everything is kept; made where it is not there. One hub at a time.",
  }),
  auth: setting({
    env: "AERIE_AUTH",
    fallback: "off",
    ...oneOf("off", "off-and-public"),
    meaning:
      "There are no accounts yet: `off` is for loopback; `off-and-public` says that everybody who reaches the hub may do everything.",
  }),
  corsOrigins: setting({
    env: "AERIE_CORS_ORIGINS",
    fallback: "",
    expected: "origins such as https://panel.example, or null, with commas between",
    parse: list((item) => item === "null" || /^https?:\/\/[^/\s]+$/.test(item)),
    meaning:
      "Origins of pages elsewhere that may use REST, Socket.IO and MQTT over WebSocket. `null` is a page opened as a file.",
  }),
  hostNames: setting({
    env: "AERIE_HOST_NAMES",
    fallback: "",
    expected: "host names with commas between",
    parse: list((item) => host(item) !== undefined),
    meaning:
      "Further names that the hub answers to, such as that of a reverse proxy. Its own name and addresses need not be named.",
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
      "Bytes of messages (and 1 KiB for each reading in them) that may wait to become durable. What comes beyond it closes its connection, so that the board sends it again.",
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
} as const;

type Settings = typeof SETTINGS;

export type Config = { readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer T> ? T : never };

export const flagOf = (env: string): string => env.slice("AERIE_".length).toLowerCase().replaceAll("_", "-");
