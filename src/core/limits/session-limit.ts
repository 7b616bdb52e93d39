/**
 * Counts Socket.IO sessions, in all, by address and by account, and says when one more is too many. Those of nobody are counted apart:
 * however many there are, they take no session from those who are signed in.
 */
import type { RefusalCode } from "../../contract/refusals.ts";
import { limitKey } from "../model/plain-address.ts";

export interface SessionLimits {
  readonly maxLiveSessions: number;
  readonly maxLiveSessionsPerAddress: number;
  readonly maxLiveSessionsPerAccount: number;
}

export interface SessionOwner {
  readonly address: string | undefined;
  /** Person or token; undefined: there are no accounts, and no limit of them. */
  readonly account: string | undefined;
  /** Its token is yet to come, with CONNECT. */
  readonly isNobody: boolean;
}

export type TooManySessions = Extract<RefusalCode, `TOO_MANY_LIVE_SESSIONS${string}`>;

export interface SessionLimit {
  /** Undefined: one more may be opened. */
  excess(owner: SessionOwner): TooManySessions | undefined;
  enter(owner: SessionOwner): void;
  leave(owner: SessionOwner): void;
}

const MOST_OF_NOBODY_PER_ADDRESS = 20;
const MOST_OF_NOBODY = 200;

export function createSessionLimit(limits: SessionLimits): SessionLimit {
  const ofAddress = createCounts();
  const ofAccount = createCounts();
  const ofNobody = createCounts();
  let open = 0;
  let openOfNobody = 0;

  function change({ address, account, isNobody }: SessionOwner, by: 1 | -1): void {
    if (isNobody) {
      openOfNobody += by;
      ofNobody.change(limitKey(address), by);
      return;
    }
    open += by;
    ofAddress.change(limitKey(address), by);
    if (account !== undefined) ofAccount.change(account, by);
  }

  return {
    excess: ({ address, account, isNobody }) => {
      if (isNobody) {
        const isTooMany =
          openOfNobody >= MOST_OF_NOBODY || ofNobody.of(limitKey(address)) >= MOST_OF_NOBODY_PER_ADDRESS;
        return isTooMany ? "TOO_MANY_LIVE_SESSIONS_OF_NOBODY" : undefined;
      }
      if (open >= limits.maxLiveSessions) return "TOO_MANY_LIVE_SESSIONS";
      if (ofAddress.of(limitKey(address)) >= limits.maxLiveSessionsPerAddress)
        return "TOO_MANY_LIVE_SESSIONS_OF_ADDRESS";
      if (account !== undefined && ofAccount.of(account) >= limits.maxLiveSessionsPerAccount) {
        return "TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT";
      }
      return undefined;
    },
    enter: (owner) => change(owner, 1),
    leave: (owner) => change(owner, -1),
  };
}

/** Of keys that have any. */
function createCounts() {
  const counts = new Map<string, number>();
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    of,
    change: (key: string, by: number) => {
      const count = of(key) + by;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}
