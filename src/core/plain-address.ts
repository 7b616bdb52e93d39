/** An address as people know it. Resolves nothing. */

/** A socket that listens for IPv6 too names those who come by IPv4 `::ffff:192.0.2.7`. [RFC 4291, 2.5.5.2] */
export const plainAddress = (address: string | undefined): string | undefined =>
  address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
