/** Counts Socket.IO sessions, in all, by address and by account, and says when one more is too many. */
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
}

export type TooManySessions = Extract<RefusalCode, `TOO_MANY_LIVE_SESSIONS${string}`>;

export interface SessionLimit {
  /** Undefined: one more may be opened. */
  excess(owner: SessionOwner): TooManySessions | undefined;
  enter(owner: SessionOwner): void;
  leave(owner: SessionOwner): void;
}

export function createSessionLimit(limits: SessionLimits): SessionLimit {
  const ofAddress = createCounts();
  const ofAccount = createCounts();
  let open = 0;
  return {
    excess: ({ address, account }) => {
      if (open >= limits.maxLiveSessions) return "TOO_MANY_LIVE_SESSIONS";
      if (ofAddress.of(limitKey(address)) >= limits.maxLiveSessionsPerAddress)
        return "TOO_MANY_LIVE_SESSIONS_OF_ADDRESS";
      if (account !== undefined && ofAccount.of(account) >= limits.maxLiveSessionsPerAccount) {
        return "TOO_MANY_LIVE_SESSIONS_OF_ACCOUNT";
      }
      return undefined;
    },
    enter: ({ address, account }) => {
      open++;
      ofAddress.change(limitKey(address), 1);
      if (account !== undefined) ofAccount.change(account, 1);
    },
    leave: ({ address, account }) => {
      open--;
      ofAddress.change(limitKey(address), -1);
      if (account !== undefined) ofAccount.change(account, -1);
    },
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
