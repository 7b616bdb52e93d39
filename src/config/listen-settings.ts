/** Settings of addresses, ports and TLS. */
import path from "node:path";
import { host, oneOf, setting, whole } from "./setting.ts";

/** The address depends on `AERIE_AUTH`. */
export const AUTO_HOST = "auto";

export const LISTEN_SETTINGS = {
  httpHost: setting({
    env: "AERIE_HTTP_HOST",
    fallback: AUTO_HOST,
    expected: "a host name or address, or auto",
    parse: host,
    meaning:
      "Address on which dashboard, REST and Socket.IO listen. `auto`: with `AERIE_AUTH=on` all IPv4 addresses, otherwise only `127.0.0.1`. With the address `::`, IPv6 too. Without accounts, any address but loopback needs `AERIE_AUTH=off-and-public`.",
  }),
  httpPort: setting({
    env: "AERIE_HTTP_PORT",
    fallback: "3000",
    ...whole(0, 65_535),
    meaning:
      "Port of dashboard, REST and Socket.IO; MQTT over WebSocket is `/mqtt` on it. 0: a free port, named in the log.",
  }),
  mqttHost: setting({
    env: "AERIE_MQTT_HOST",
    fallback: AUTO_HOST,
    expected: "a host name or address, or auto",
    parse: host,
    meaning: "Address on which the MQTT broker listens; `auto` as for `AERIE_HTTP_HOST`.",
  }),
  mqttPort: setting({
    env: "AERIE_MQTT_PORT",
    fallback: "1883",
    ...whole(0, 65_535),
    meaning: "TCP port of the MQTT broker. 0: a free port, named in the log.",
  }),
  tlsCert: setting({
    env: "AERIE_TLS_CERT",
    fallback: "",
    expected: "a file",
    parse: (text) => (text === "" ? "" : path.resolve(text)),
    meaning:
      "TLS certificate in PEM, with its intermediate certificates. With it the HTTP port accepts HTTPS and WSS only, and MQTT over TLS has a port of its own. A renewed file is loaded within seconds.",
  }),
  tlsKey: setting({
    env: "AERIE_TLS_KEY",
    fallback: "",
    expected: "a file",
    parse: (text) => (text === "" ? "" : path.resolve(text)),
    meaning: "Private key of the certificate in PEM, without a passphrase.",
  }),
  mqttsPort: setting({
    env: "AERIE_MQTTS_PORT",
    fallback: "8883",
    ...whole(0, 65_535),
    meaning:
      "Port of MQTT over TLS, on the address of MQTT. Only with a certificate. 0: a free port, named in the log.",
  }),
  hsts: setting({
    env: "AERIE_HSTS",
    fallback: "off",
    ...oneOf("on", "off"),
    meaning:
      "With a certificate: tells browsers to use HTTPS only, for half a year. Do not use it with a self-signed certificate: browsers that do not trust it could no longer open the dashboard.",
  }),
} as const;
