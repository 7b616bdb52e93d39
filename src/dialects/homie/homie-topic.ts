/** Splits topics of Homie: `<base>/<device>/…` of versions 2 to 4, `<domain>/5/<device>/…` of version 5. */

export interface HomieAddress {
  /** The topic before the device; that of version 5 ends with `/5`. */
  readonly base: string;
  readonly device: string;
  /** The levels after the device. */
  readonly below: readonly string[];
}

export const DEFAULT_DOMAIN = "homie";
const FIVE = "5";
/** A base topic of one's own choice is not longer, nor has it more levels. */
const MAX_BASE_LEVELS = 8;
const MAX_BASE_CHARS = 128;
const MAX_LEVELS = 32;

export const isFive = (base: string): boolean => base.endsWith(`/${FIVE}`);

/** Bases of the same domain are of one device, whose firmware was updated. */
export const domainOf = (base: string): string => (isFive(base) ? base.slice(0, -FIVE.length - 1) : base);

/** The topic by which a device is known to be one: `…/$homie`, or `<domain>/5/<device>/$description` and `$state`. */
export function announcementIn(topic: string): HomieAddress | undefined {
  const last = topic.slice(topic.lastIndexOf("/") + 1);
  if (last !== "$homie" && last !== "$description" && last !== "$state") return undefined;
  const levels = topic.split("/", MAX_LEVELS + 1);
  const at = levels.length - 2;
  const address = levels.length > MAX_LEVELS ? undefined : addressAt(levels, at);
  if (address === undefined || last === "$homie") return address;
  return at === 2 && isFive(address.base) ? address : undefined;
}

/** Each way to read the topic: the first that is known is right. Version 5 comes first, then the longest base. */
export function addressesIn(topic: string): HomieAddress[] {
  const levels = topic.split("/", MAX_LEVELS + 1);
  if (levels.length > MAX_LEVELS) return [];
  const found: HomieAddress[] = [];
  for (let at = Math.min(levels.length - 2, MAX_BASE_LEVELS); at > 0; at--) {
    const address = addressAt(levels, at);
    if (address !== undefined) found.push(address);
  }
  return found;
}

/** Undefined: no device can stand at that level. */
function addressAt(levels: readonly string[], at: number): HomieAddress | undefined {
  const device = levels[at];
  const base = levels.slice(0, at).join("/");
  if (at < 1 || device === undefined || device === "" || device.startsWith("$")) return undefined;
  return base.length <= MAX_BASE_CHARS ? { base, device, below: levels.slice(at + 1) } : undefined;
}

/** A topic below the usual base, whose device need not have said that it is one. */
export function usualAddressIn(topic: string): HomieAddress | undefined {
  const levels = topic.split("/", MAX_LEVELS + 1);
  if (levels[0] !== DEFAULT_DOMAIN || levels.length > MAX_LEVELS) return undefined;
  return addressAt(levels, levels[1] === FIVE ? 2 : 1);
}
