/** Makes random secrets, and recognizes them by a keyed hash. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../../core/access/access-records.ts";

const ID_BITS = 72;

/** `key`: of what is to be known again. */
export function createSecrets(key: Uint8Array): Secrets {
  const make = (bits: number): string => randomBytes(Math.ceil(bits / 8)).toString("base64url");
  return {
    make,
    // No `-`: at the beginning of a word the command line would take it for an option.
    id: () => randomBytes(ID_BITS / 8).toString("hex"),
    hash: (secret) => createHmac("sha256", key).update(secret).digest("base64url"),
    isSame: (a, b) => {
      const [one, other] = [Buffer.from(a), Buffer.from(b)];
      return one.length === other.length && timingSafeEqual(one, other);
    },
  };
}
