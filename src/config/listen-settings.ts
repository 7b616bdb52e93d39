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
} as const;
