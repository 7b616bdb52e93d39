/** An address as people know it. */

/** A socket that listens for IPv6 too names those who come by IPv4 `::ffff:192.0.2.7`. [RFC 4291, 2.5.5.2] */
export const plainAddress = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");

const MAPPED = /^(?:0:){5}ffff:([\da-f]+):([\da-f]+)$/;

/**
 * What limits of an address count together: an IPv4 address, or the /64 network of an IPv6 address, of which one machine has as many addresses
 * as it likes. [RFC 6177, 2] What is no address, or not known, is its own key.
 */
export function limitKey(address: string | undefined): string {
  const plain = plainAddress(address) ?? "";
  if (!plain.includes(":")) return plain;
  const groups = groupsOf(plain);
  const [, high, low] = MAPPED.exec(groups.join(":")) ?? [];
  if (high === undefined || low === undefined) return `${groups.slice(0, 4).join(":")}::/64`;
  return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join(".");
}

/** Its eight groups, without leading zeros; the name of the interface left out. */
function groupsOf(address: string): string[] {
  const [bare = ""] = address.toLowerCase().split("%");
  const [before = "", behind] = bare.split("::");
  const part = (text: string): string[] =>
    text.split(":").flatMap((group) => (group === "" ? [] : [group.replace(/^0+(?=.)/, "")]));
  const [first, last] = [part(before), part(behind ?? "")];
  return [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0"), ...last];
}
