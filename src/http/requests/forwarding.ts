/** The client's address and protocol behind a reverse proxy. Only the proxies named in the settings are trusted. */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { plainAddress } from "../../core/model/plain-address.ts";

export interface Forwarding {
  /** Of the client, or of the last proxy that is not trusted. */
  addressOf(request: IncomingMessage): string | undefined;
  /** It came to the proxy by HTTPS. */
  isSecure(request: IncomingMessage): boolean;
}

/** `trusted`: addresses, and networks such as `10.0.0.0/8`. */
export function createForwarding(trusted: readonly string[]): Forwarding {
  const proxies = new BlockList();
  for (const each of trusted) {
    const [address = "", bits] = each.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  const isProxy = (address: string | undefined): boolean => {
    const version = address === undefined ? 0 : isIP(address);
    return address !== undefined && version !== 0 && proxies.check(address, version === 6 ? "ipv6" : "ipv4");
  };

  return {
    // Each proxy appends the address of its peer: entries before the first untrusted one may be forged.
    addressOf: (request) => {
      let address = plainAddress(request.socket.remoteAddress);
      const hops = headerOf(request, "x-forwarded-for").split(",");
      while (isProxy(address)) {
        const hop = plainAddress(hops.pop()?.trim());
        if (hop === undefined || isIP(hop) === 0) break;
        address = hop;
      }
      return address;
    },
    isSecure: (request) =>
      isProxy(plainAddress(request.socket.remoteAddress)) &&
      headerOf(request, "x-forwarded-proto").split(",").pop()?.trim().toLowerCase() === "https",
  };
}

/** A header that comes more than once is one list. [RFC 9110, 5.3] */
const headerOf = ({ headers }: IncomingMessage, name: string): string => [headers[name] ?? ""].flat().join(",");
