/** Names that resolve as a test says, in place of the machine's resolver. What is not named is not found. */
import type { SystemLookup } from "../../../src/notify/request/name-lookup.ts";

export interface Names {
  readonly lookup: SystemLookup;
  /** In the order in which they were asked for. */
  readonly asked: string[];
  /** Answers that are held until `release`. */
  hold(): void;
  release(): void;
}

export function createNames(addresses: Readonly<Record<string, readonly string[]>>): Names {
  const asked: string[] = [];
  let held: (() => void)[] | undefined;
  return {
    asked,
    hold: () => {
      held = [];
    },
    release: () => {
      const answers = held ?? [];
      held = undefined;
      for (const each of answers) each();
    },
    lookup: (hostname, _, callback) => {
      asked.push(hostname);
      const found = addresses[hostname];
      const give = (): void =>
        found === undefined
          ? callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" }), [])
          : callback(
              null,
              found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
            );
      if (held === undefined) setImmediate(give);
      else held.push(give);
    },
  };
}
