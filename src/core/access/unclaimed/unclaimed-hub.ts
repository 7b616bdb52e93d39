/** A hub without an account yet: whether callers on its own computer are let in until there is one. */

/** What such callers have open is found by this key: no device id, application, token or sign-in has it. */
export const UNCLAIMED = "@";

export interface UnclaimedHub {
  /** False from the moment in which there is an account, and from then on until the next start. */
  isOpen(): boolean;
  /** An account was made. */
  claim(): void;
}

export interface UnclaimedHubOptions {
  /** The hub was started for it: from a terminal, or by its setting. */
  readonly isAllowed: boolean;
  readonly hasAccount: () => boolean;
}

export function createUnclaimedHub({ isAllowed, hasAccount }: UnclaimedHubOptions): UnclaimedHub {
  let isClaimed = !isAllowed;
  return {
    isOpen: () => {
      isClaimed ||= hasAccount();
      return !isClaimed;
    },
    claim: () => {
      isClaimed = true;
    },
  };
}
