/** Decides whether a request may come in by the Host and Origin that it names. Knows no accounts and no routes. */

export interface GateOptions {
  /** Names and addresses of this machine. */
  readonly ownHosts: readonly string[];
  /** Origins that may use the hub from elsewhere, such as `https://panel.example`; `null` for pages opened as files. */
  readonly origins: readonly string[];
}

export interface RequestHead {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

export type GateVerdict = "allow" | "HOST_FOREIGN" | "ORIGIN_FOREIGN";

export type Gatekeeper = (head: RequestHead) => GateVerdict;

/**
 * CORS alone does not keep a foreign page from a WebSocket, and a page whose own name points at this machine (DNS
 * rebinding) passes every check of Origin: so Host must be ours, and Origin must be Host or named in the settings.
 * No Origin (boards, programs) is allowed.
 */
export function createGatekeeper({ ownHosts, origins }: GateOptions): Gatekeeper {
  const hosts = new Set(ownHosts.map((host) => host.toLowerCase()));
  const foreign = new Set(origins.map(asBrowsersSend));
  return ({ host, origin }) => {
    const name = host === undefined ? undefined : hostName(host);
    if (name !== undefined && !hosts.has(name)) return "HOST_FOREIGN";
    if (origin === undefined || foreign.has(origin)) return "allow";
    return host !== undefined && hostOf(origin) === withPort(host, origin) ? "allow" : "ORIGIN_FOREIGN";
  };
}

/** In small letters and without the scheme's own port. */
function asBrowsersSend(origin: string): string {
  const small = origin.toLowerCase();
  return small.replace(small.startsWith("https:") ? /:443$/ : /:80$/, "");
}

/** `[::1]:3000` → `::1`, `Hub.local:3000` → `hub.local`. */
function hostName(host: string): string {
  const name = host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d+$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}

function hostOf(origin: string): string | undefined {
  const match = /^https?:\/\/([^/]+)$/.exec(origin);
  return match?.[1] === undefined ? undefined : withPort(match[1], origin);
}

/** With the port that the scheme implies, so that `http://hub` and `hub:80` are one. */
function withPort(host: string, origin: string): string {
  const explicit = /:\d+$/.test(host.replace(/^\[.*\]/, "")) ? "" : origin.startsWith("https:") ? ":443" : ":80";
  return `${host.toLowerCase()}${explicit}`;
}
