/** Connections that are no HTTP, such as those to a mail server: by the same rule of addresses. */
import { connect, isIP, type Socket } from "node:net";
import { forbiddenAddress, type OwnListeners } from "./address-rule.ts";
import { ForbiddenAddressError, type LookupOfPort } from "./name-lookup.ts";

export interface GuardedConnectOptions {
  readonly own: OwnListeners;
  readonly lookupOf: LookupOfPort;
}

/** Settles when it is connected; rejects with what `connectFault` understands. */
export type GuardedConnect = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

export function createGuardedConnect({ own, lookupOf }: GuardedConnectOptions): GuardedConnect {
  return (host, port, signal) =>
    new Promise((resolve, reject) => {
      const fault = isIP(host) === 0 ? undefined : forbiddenAddress(host, port, own);
      if (fault !== undefined) return reject(new ForbiddenAddressError(fault));
      const socket = connect({ host, port, lookup: lookupOf(port) });
      const end = (): void => void socket.destroy(new Error(String(signal.reason)));
      const settle = (run: () => void): void => {
        signal.removeEventListener("abort", end);
        run();
      };
      socket.once("connect", () => settle(() => resolve(socket)));
      socket.on("error", (error) => settle(() => reject(error)));
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
}
