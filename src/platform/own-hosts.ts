/** The names and addresses of this machine. */
import { hostname, networkInterfaces } from "node:os";
import type { Clock } from "../core/ports/clock.ts";

/**
 * What home networks add to a machine's name: mDNS (RFC 6762), routers (OpenWrt, RFC 8375, FRITZ!Box) and private networks
 * (reserved by ICANN). Nobody outside can make such a name lead to this machine, so a page cannot use it for DNS rebinding.
 */
const LOCAL_SUFFIXES = ["local", "lan", "home.arpa", "fritz.box", "internal"];

export function ownNames(): string[] {
  const name = hostname();
  const short = name.split(".")[0] ?? name;
  return ["localhost", name, short, ...LOCAL_SUFFIXES.map((suffix) => `${short}.${suffix}`)];
}

export const ownHosts = (): string[] => [
  ...ownNames(),
  "127.0.0.1",
  "::1",
  ...interfaces().map(({ address }) => address),
];

/** A machine may be renamed while the hub runs. */
const READ_AGAIN_MS = 5_000;

/** `more`: names from the settings. The set is read again when it is asked for and old. */
export function watchOwnNames(more: readonly string[], clock: Pick<Clock, "monotonicMs">): () => ReadonlySet<string> {
  let names: ReadonlySet<string> = new Set();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readAtMs < READ_AGAIN_MS) return names;
    readAtMs = nowMs;
    names = new Set([...ownNames(), ...more].map((name) => name.toLowerCase()));
    return names;
  };
}

/** Those that others reach it by, and loopback; without link-local ones, which say nothing without a zone. */
export const ownAddresses = (): string[] => [
  "127.0.0.1",
  ...interfaces()
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address),
];

/** Of a listener on this host: of one on all addresses, each of the machine's. */
export function addressesOf(host: string): string[] {
  if (host === "::") return ownAddresses();
  return host === "0.0.0.0" ? ownAddresses().filter((address) => !address.includes(":")) : [host];
}

export const hostInUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const interfaces = () => Object.values(networkInterfaces()).flatMap((list) => list ?? []);
