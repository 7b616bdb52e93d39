/** Decides by Host and Origin whether a request may come in. */

export interface GateOptions {
  /** Names of this machine in small letters, as they are now. */
  readonly ownNames: () => ReadonlySet<string>;
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
 * rebinding) passes every check of Origin: so Host must be one of our names, and Origin must be Host or named in the
 * settings. Any address is taken as Host, since rebinding needs a name: the hub may be reached by an address that the
 * machine got later, or does not know (port mapping, Docker). No Origin (boards, programs) is allowed.
 */
export function createGatekeeper({ ownNames, origins }: GateOptions): Gatekeeper {
  const foreign = new Set(origins.map(asBrowsersSend));
  return ({ host, origin }) => {
    const name = host === undefined ? undefined : hostName(host);
    if (name !== undefined && !ADDRESS.test(name) && !ownNames().has(name)) return "HOST_FOREIGN";
    if (origin === undefined || foreign.has(origin)) return "allow";
    return host !== undefined && hostOf(origin) === withPort(host, origin) ? "allow" : "ORIGIN_FOREIGN";
  };
}

const NAME = /^[a-z0-9.-]{1,253}$/;
const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]{1,253}$|^(null|file:\/\/)$/;

/** The reason, and what the owner can do if the name or the page is his own. A name with unusual letters is not repeated. */
export function gateWords(verdict: Exclude<GateVerdict, "allow">, { host, origin }: RequestHead): string {
  if (verdict === "HOST_FOREIGN") {
    const name = hostName(host ?? "");
    if (!NAME.test(name)) return "The hub does not know the name that the request used.";
    return `The hub does not know the name ${name}. If it is the hub's, start it with AERIE_HOST_NAMES=${name} (separate further names with commas), or open it by its address.`;
  }
  if (origin === undefined || !ORIGIN.test(origin)) return "The request comes from a page that is not the hub's own.";
  return `Pages of ${origin} may not use the hub. If they should, start it with AERIE_CORS_ORIGINS=${origin} (separate further ones with commas).`;
}

/** As browsers write them: IPv4 in four decimal parts, IPv6 between brackets (which are off here). */
const ADDRESS = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$|^(?=.*:.*:)[0-9a-f:.]+(%[\w.-]+)?$/;

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
