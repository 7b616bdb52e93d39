/** Lets a wall tablet in by a token of the level viewer, which its browser keeps as a cookie: it lasts as long as the token. */

import type { Secrets } from "../access-records.ts";
import type { Accounts, Caller, Outcome, SignedIn } from "../accounts.ts";
import type { LoginDelay } from "../login-delay.ts";

export interface TabletAccess {
  /** A wrong token is a failed sign-in of its address. */
  letIn(token: string, address: string): Outcome<SignedIn>;
  /** Undefined: it is no token, was revoked or has expired, or is of another level. */
  callerOfCookie(token: string): Caller | undefined;
}

export interface TabletAccessOptions {
  readonly accounts: Pick<Accounts, "callerOfToken">;
  readonly secrets: Pick<Secrets, "hash">;
  readonly delay: LoginDelay;
}

/** In the place of a user name; no account has it. */
const NO_NAME = "";

export function createTabletAccess({ accounts, secrets, delay }: TabletAccessOptions): TabletAccess {
  function callerOfCookie(token: string): Caller | undefined {
    const caller = accounts.callerOfToken(token);
    // A browser that anybody can touch is not to have more.
    if (caller?.level !== "viewer") return undefined;
    return { ...caller, csrf: secrets.hash(`csrf tablet ${token}`), isTablet: true };
  }

  return {
    callerOfCookie,
    letIn(token, address) {
      const waitMs = delay.waitMs(NO_NAME, address);
      if (waitMs > 0) return { ok: false, code: "LOGIN_DELAYED", waitMs };
      const caller = callerOfCookie(token);
      if (caller === undefined) {
        delay.failed(NO_NAME, address);
        return { ok: false, code: "TABLET_LINK_WRONG" };
      }
      delay.succeeded(NO_NAME, address);
      return { ok: true, value: { secret: token, caller } };
    },
  };
}
