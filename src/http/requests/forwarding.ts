/** Where a request comes from, also through a reverse proxy. Only the proxies named in the settings are trusted. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddr from "proxy-addr";
import { isOfOwnComputer } from "../../core/access/unclaimed/own-computer.ts";
import { plainAddress } from "../../core/model/plain-address.ts";

export interface Forwarding {
  /** Of the client, or of the last proxy that is not trusted. */
  addressOf(request: IncomingMessage): string | undefined;
  /** It came to the proxy by HTTPS. */
  isSecure(request: IncomingMessage): boolean;
  /** Its client is on the hub's own computer, and nothing that can be seen forwards it. */
  isOfOwnComputer(request: IncomingMessage): boolean;
}

/** Networks of all addresses, which proxy-addr refuses, as their halves. */
const HALVES: Readonly<Record<string, readonly string[]>> = {
  4: ["0.0.0.0/1", "128.0.0.0/1"],
  6: ["::/1", "8000::/1"],
};

/** `trusted`: addresses, and networks such as `10.0.0.0/8`. */
export function createForwarding(trusted: readonly string[]): Forwarding {
  const isTrusted = proxyAddr.compile(trusted.flatMap(networksOf));
  // proxy-addr also takes notations such as 2130706433 for addresses.
  const isProxy = (address: string | undefined): boolean => isAddress(address) && isTrusted(address, 0);

  /** The first request of a Socket.IO session is asked about for as long as the session lasts, and its socket may be gone. */
  const decided = new WeakMap<IncomingMessage, boolean>();
  function decide(request: IncomingMessage): boolean {
    const { socket, httpVersion, headers, rawHeaders } = request;
    const headerNames = rawHeaders.filter((_, index) => index % 2 === 0);
    const { host, connection } = headers;
    return isOfOwnComputer({ peer: socket.remoteAddress, httpVersion, host, connection, headerNames });
  }

  return {
    // Each proxy appends the address of its peer: entries before the first untrusted one may be forged.
    addressOf: (request) => plainAddress(proxyAddr.all(request, isProxy).findLast(isAddress)),
    isSecure: (request) =>
      isProxy(request.socket.remoteAddress) &&
      headerOf(request, "x-forwarded-proto").split(",").pop()?.trim().toLowerCase() === "https",
    isOfOwnComputer: (request) => {
      const known = decided.get(request) ?? decide(request);
      decided.set(request, known);
      return known;
    },
  };
}

const isAddress = (text: string | undefined): text is string => text !== undefined && isIP(text) !== 0;

function networksOf(trusted: string): readonly string[] {
  const [address = "", bits] = trusted.split("/");
  return bits !== undefined && Number(bits) === 0 ? (HALVES[isIP(address)] ?? []) : [trusted];
}

/** A header that comes more than once is one list. [RFC 9110, 5.3] */
const headerOf = ({ headers }: IncomingMessage, name: string): string => [headers[name] ?? ""].flat().join(",");
