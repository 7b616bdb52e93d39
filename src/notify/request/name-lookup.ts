/** Resolves names with the machine's resolver, a few at a time, and checks what they resolve to before anything connects. */
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { forbiddenAddress, type OwnListeners } from "./address-rule.ts";

/** `dns.lookup` of Node.js, or what a test has in its stead. */
export type SystemLookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly ResolvedAddress[]) => void,
) => void;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface NameLookupOptions {
  readonly own: OwnListeners;
  readonly lookup?: SystemLookup | undefined;
}

/** The name resolved, but to nothing that the hub sends to. */
export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";
}

type Answer = (error: NodeJS.ErrnoException | null, addresses: readonly ResolvedAddress[]) => void;

/**
 * Each takes one of the four threads that Node.js has for files, names and passwords, for as long as a name server that is gone lets it
 * wait. The same name is asked once at a time, so the others wait for few.
 */
const AT_ONCE = 2;

export type LookupOfPort = (port: number) => LookupFunction;

/** For the option `lookup` of a connection. An address that is written as such never comes here: `forbiddenAddress` is asked for it. */
export function createNameLookup({ own, lookup = systemLookup }: NameLookupOptions): LookupOfPort {
  const asked = new Map<string, Answer[]>();
  const waiting: string[] = [];
  let running = 0;

  function resolve(hostname: string, answer: Answer): void {
    const others = asked.get(hostname);
    if (others !== undefined) return void others.push(answer);
    asked.set(hostname, [answer]);
    waiting.push(hostname);
    next();
  }

  function next(): void {
    while (running < AT_ONCE) {
      const hostname = waiting.shift();
      if (hostname === undefined) return;
      running++;
      lookup(hostname, { all: true }, (error, addresses) => {
        running--;
        const answers = asked.get(hostname) ?? [];
        asked.delete(hostname);
        for (const answer of answers) answer(error, addresses);
        next();
      });
    }
  }

  return (port) => (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const faults: string[] = [];
      const allowed = (error === null ? addresses : []).filter(({ address }) => {
        const fault = forbiddenAddress(address, port, own);
        if (fault !== undefined) faults.push(fault);
        return fault === undefined;
      });
      const [first] = allowed;
      if (error !== null) callback(error, "", 0);
      else if (first === undefined) callback(noneAllowed(hostname, faults), "", 0);
      else if (options.all === true) callback(null, [...allowed]);
      else callback(null, first.address, first.family);
    });
  };
}

function noneAllowed(hostname: string, faults: readonly string[]): Error {
  const [fault] = faults;
  if (fault !== undefined)
    return new ForbiddenAddressError(`the name ${hostname} leads where nothing is sent: ${fault}`);
  return Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" });
}
