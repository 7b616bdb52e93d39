/** Limits how many HTTP requests each address may make, and counts those that are too many. */
import { limitKey } from "../model/plain-address.ts";
import type { Clock } from "../ports/clock.ts";
import { createRateLimit } from "./rate-limit.ts";
import type { Refusals } from "./refusals.ts";

export interface RequestBudget {
  /** 0: it may, and it is counted. Else ms until it may again, and it is counted as refused. */
  spend(address: string | undefined): number;
  /** The hub itself says how often a session may poll. False: so many came of this address or account that this one costs a request. */
  isFreePoll(address: string | undefined, account: string | undefined): boolean;
}

export interface RequestBudgetOptions {
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, "add">;
  /** 0: no limit. */
  readonly perMinute: number;
}

/** Free polls for each request that may be made. */
export const FREE_POLLS = 4;

export function createRequestBudget({ clock, refusals, perMinute }: RequestBudgetOptions): RequestBudget {
  const requests = createRateLimit({ clock, perMinute });
  const pollsOfAddress = createRateLimit({ clock, perMinute: perMinute * FREE_POLLS });
  const pollsOfAccount = createRateLimit({ clock, perMinute: perMinute * FREE_POLLS });
  return {
    spend: (address) => {
      const waitMs = requests.take(limitKey(address));
      if (waitMs > 0) refusals.add({ code: "TOO_MANY_REQUESTS", kind: "message", address });
      return waitMs;
    },
    isFreePoll: (address, account) =>
      pollsOfAddress.take(limitKey(address)) === 0 && (account === undefined || pollsOfAccount.take(account) === 0),
  };
}
