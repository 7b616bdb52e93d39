/** Which addresses the hub never sends a notification to. */
import { isIP } from "node:net";

/** Where the hub itself listens, as of now. */
export interface OwnListeners {
  ports(): readonly number[];
  /** Of this machine; loopback counts without being named. */
  addresses(): readonly string[];
}

/** IPv4 networks, first address and bits. */
const NEVER_IPV4: readonly (readonly [network: string, bits: number, what: string])[] = [
  ["0.0.0.0", 8, "no address of a host"],
  ["169.254.0.0", 16, "link-local; metadata of cloud machines is there"],
  ["100.100.100.200", 32, "metadata of cloud machines (Alibaba)"],
  ["168.63.129.16", 32, "metadata of cloud machines (Azure)"],
  ["192.0.0.192", 32, "metadata of cloud machines (Oracle)"],
  ["224.0.0.0", 4, "multicast"],
  ["255.255.255.255", 32, "broadcast"],
];

/** IPv6 networks, as groups of 16 bits. */
const NEVER_IPV6: readonly (readonly [network: string, bits: number, what: string])[] = [
  ["::", 128, "no address of a host"],
  ["fe80::", 10, "link-local"],
  ["ff00::", 8, "multicast"],
  ["fd00:ec2::254", 128, "metadata of cloud machines (Amazon)"],
  ["fd20:ce::254", 128, "metadata of cloud machines (Google)"],
  ["fd00:42::42", 128, "metadata of cloud machines (Scaleway)"],
];

/** Why nothing is sent there, in words; undefined: it may be. Private networks and loopback may. */
export function forbiddenAddress(address: string, port: number, own: OwnListeners): string | undefined {
  const bytes = addressBytes(address);
  if (bytes === undefined) return `${address} is no IP address`;
  const networks = bytes.length === 4 ? NEVER_IPV4 : NEVER_IPV6;
  const network = networks.find(([first, bits]) => isIn(bytes, addressBytes(first) ?? [], bits));
  if (network !== undefined) return `nothing is sent to ${address} (${network[2]})`;
  if (own.ports().includes(port) && isOwn(bytes, own)) {
    return `${address} port ${port} is this hub itself, where nothing is sent`;
  }
  return undefined;
}

function isOwn(bytes: readonly number[], own: OwnListeners): boolean {
  if (bytes.length === 4 ? bytes[0] === 127 : isIn(bytes, addressBytes("::1") ?? [], 128)) return true;
  const text = bytes.join(".");
  return own.addresses().some((address) => addressBytes(address)?.join(".") === text);
}

function isIn(bytes: readonly number[], network: readonly number[], bits: number): boolean {
  return bytes.every((byte, index) => {
    const left = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - left)) & 0xff;
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}

/** Four bytes, or sixteen. An IPv6 address that stands for an IPv4 address is that one: what counts is where packets arrive. */
function addressBytes(address: string): readonly number[] | undefined {
  const [bare = ""] = address.split("%");
  if (isIP(bare) === 4) return bare.split(".").map(Number);
  if (isIP(bare) !== 6) return undefined;
  const bytes = groupsOf(bare).flatMap((group) => [group >> 8, group & 0xff]);
  return embeddedIpv4(bytes) ?? bytes;
}

/** The eight groups. `URL` writes an address in its short form [RFC 5952], without dots. */
function groupsOf(address: string): number[] {
  const [before = "", behind = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const part = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [part(before), part(behind)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** Mapped and compatible [RFC 4291, 2.5.5], translated [RFC 2765, 2.1], NAT64 [RFC 6052, RFC 8215] and 6to4 [RFC 3056]. */
function embeddedIpv4(bytes: readonly number[]): readonly number[] | undefined {
  const startsWith = (...first: number[]): boolean => first.every((byte, index) => bytes[index] === byte);
  const zeros = (count: number): number[] => Array<number>(count).fill(0);
  if (startsWith(...zeros(10), 0xff, 0xff)) return bytes.slice(12);
  if (startsWith(...zeros(8), 0xff, 0xff, 0x00, 0x00)) return bytes.slice(12);
  if (startsWith(0x00, 0x64, 0xff, 0x9b)) return bytes.slice(12);
  if (startsWith(0x20, 0x02)) return bytes.slice(2, 6);
  const isCompatible = startsWith(...zeros(12)) && !startsWith(...zeros(15));
  return isCompatible ? bytes.slice(12) : undefined;
}
