/** Counts connections, in all and by address, and says when one more is too many. */
import { limitKey } from "../model/plain-address.ts";

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

export type TooManyConnections = "TOO_MANY_CONNECTIONS" | "TOO_MANY_CONNECTIONS_OF_ADDRESS";

export interface ConnectionLimit {
  /** Undefined: it is counted, until `leave`. */
  enter(address: string | undefined): TooManyConnections | undefined;
  leave(address: string | undefined): void;
}

export function createConnectionLimit({ maxConnections, maxConnectionsPerAddress }: ConnectionLimits): ConnectionLimit {
  const ofAddress = new Map<string, number>();
  let open = 0;
  return {
    enter: (address) => {
      const key = limitKey(address);
      const those = ofAddress.get(key) ?? 0;
      if (open >= maxConnections) return "TOO_MANY_CONNECTIONS";
      if (those >= maxConnectionsPerAddress) return "TOO_MANY_CONNECTIONS_OF_ADDRESS";
      open++;
      ofAddress.set(key, those + 1);
      return undefined;
    },
    leave: (address) => {
      const key = limitKey(address);
      open--;
      const left = (ofAddress.get(key) ?? 1) - 1;
      if (left === 0) ofAddress.delete(key);
      else ofAddress.set(key, left);
    },
  };
}
