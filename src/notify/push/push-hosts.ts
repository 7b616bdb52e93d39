/** To which push services the hub sends: an endpoint comes from a browser, so it may be any address. */

/** Of Chrome and its kin, Firefox, Safari and Edge. A dot in front: and all names below. */
const KNOWN = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  ".push.services.mozilla.com",
  "web.push.apple.com",
  ".push.apple.com",
  ".notify.windows.com",
];

/**
 * Why nothing is sent there; undefined: it may be. `more`: of the owner, `push.example` or `*.push.example`; on any port, since a server of
 * one's own often has another.
 */
export function pushHostFault(endpoint: string, more: readonly string[]): string | undefined {
  if (!URL.canParse(endpoint)) return "The endpoint is no address";
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  if (protocol !== "https:") return "The endpoint does not begin with https://";
  if (username + password !== "") return "The endpoint has a user or a password in it";
  const isKnown = port === "" && KNOWN.some((host) => matches(hostname, host));
  const isOwners = more.some((host) => matches(hostname, host.toLowerCase().replace(/^\*/, "")));
  return isKnown || isOwners
    ? undefined
    : `${hostname} is no push service that the hub knows. If it is yours, name it in AERIE_PUSH_HOSTS`;
}

const matches = (hostname: string, host: string): boolean =>
  host.startsWith(".") ? hostname.endsWith(host) && hostname.length > host.length : hostname === host;
