/** Hashes and verifies passwords with argon2id, a few at a time. */
import { hash, verify } from "@node-rs/argon2";
import type { Passwords } from "../../core/access/access-records.ts";

/** argon2id (RFC 9106) as OWASP's password storage advice has it: 19 MiB, two passes, one lane; some tens of milliseconds of one core. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
const MOST_WAITING = 8;
/** Compared with for an unknown name, so that it takes as long. */
const NOBODYS = "nobody has this password";

export function createPasswords(): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  let nobodys: Promise<string> | undefined;

  /** Undefined: too many wait. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) return undefined;
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next(); // it takes over this slot
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, COST)),
    verify: (kept, password) =>
      inTurn(async () => {
        nobodys ??= hash(NOBODYS, COST);
        const isRight = await verify(kept ?? (await nobodys), password);
        return isRight && kept !== undefined;
      }),
  };
}
