/** Whether a client is on the hub's own computer, and nothing that can be seen forwards it from elsewhere. */
import { plainAddress } from "../../model/plain-address.ts";

/** What an HTTP request shows of the way that it came. */
export interface RequestWay {
  /** Of the socket. */
  readonly peer: string | undefined;
  /** `1.1` */
  readonly httpVersion: string;
  readonly host: string | undefined;
  readonly connection: string | undefined;
  /** As they were sent, each as often as it came. */
  readonly headerNames: readonly string[];
}

/** [RFC 1122, 3.2.1.3; RFC 4291, 2.5.3] */
export function isLoopback(address: string | undefined): boolean {
  const plain = plainAddress(address) ?? "";
  return plain === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/**
 * Proxies and tunnels on the same computer arrive from loopback, too. What gives them away closes the door, whatever it says:
 * - any of the headers by which they name the client;
 * - HTTP/1.0, which nginx speaks unless it is set otherwise, and clients of today do not;
 * - `Connection: upgrade` in small letters or without an upgrade, of nginx as its documents set it up for WebSocket;
 * - a Host that is not this computer's name for itself, which they pass on.
 */
export function isOfOwnComputer({ peer, httpVersion, host, connection = "", headerNames }: RequestWay): boolean {
  if (!isLoopback(peer) || httpVersion === "1.0" || host === undefined || !OWN_NAME.test(host)) return false;
  if (headerNames.length > MOST_HEADERS || headerNames.some(isForwarding)) return false;
  if (/\bupgrade\b/.test(connection)) return false;
  return !/\bupgrade\b/i.test(connection) || headerNames.some((name) => /^upgrade$/i.test(name));
}

/** node:http drops those beyond 2,000 without a word, and a proxy's may be the last. No browser sends so many. */
const MOST_HEADERS = 100;

const OWN_NAME = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/** Some servers write headers with `_`. */
const isForwarding = (name: string): boolean => FORWARDING.test(name.replaceAll("_", "-"));

/** Of RFC 7239 and RFC 9110, and of nginx, Apache, Caddy, Traefik, HAProxy, Envoy, clouds, CDNs and tunnels. */
const FORWARDING =
  /^(via$|front-end-https$|(x-)?(forward|real-|client-|cluster-|remote-|originating-|true-client-|proxy|original-)|x-(scheme|host|url-scheme|nginx|accel|varnish|envoy|amz|amzn|azure|appengine|cloud|arr|appgw|fd|vercel|nf|replit)(-|$)|(cf|cdn|fastly|fly|akamai|tailscale|ngrok|cloudfront|wl-proxy)-)/i;
