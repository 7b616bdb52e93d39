/** The broker's address and the login, parsed from a URL. */

export interface BrokerAddress {
  protocol: "mqtt" | "mqtts" | "ws" | "wss";
  host: string;
  port: number;
  /** Of a WebSocket; empty otherwise. */
  path: string;
  username?: string;
  password?: string;
  /** PEM of the authority that signed the hub's certificate. */
  ca?: Buffer;
  /** Takes any certificate. */
  insecure: boolean;
}

const DEFAULT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;

/** Undefined where the text is no address of a broker. */
export function parseBrokerUrl(text: string): BrokerAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const protocol = knownProtocol(url.protocol.slice(0, -1));
  if (protocol === undefined || url.hostname === "") return undefined;
  const overWebSocket = protocol === "ws" || protocol === "wss";
  const path = url.pathname === "/" || url.pathname === "" ? "/mqtt" : url.pathname;
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORTS[protocol] : Number(url.port),
    path: overWebSocket ? path + url.search : "",
    ...(url.username === "" ? {} : { username: decoded(url.username) }),
    ...(url.password === "" ? {} : { password: decoded(url.password) }),
    insecure: false,
  };
}

/** The address without its secrets, for people. */
export function addressText({ protocol, host, port, path }: BrokerAddress): string {
  return `${protocol}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
}

function knownProtocol(name: string): BrokerAddress["protocol"] | undefined {
  return name === "mqtt" || name === "mqtts" || name === "ws" || name === "wss" ? name : undefined;
}

/** A lone % is no escape: then the text is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
