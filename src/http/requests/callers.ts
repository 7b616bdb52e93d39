/** Finds the caller of an HTTP request by token or cookie. */
import type { IncomingMessage } from "node:http";
import { parse } from "cookie";
import type { Response } from "express";
import { type Accounts, type Caller, EVERYBODY, NOBODY, OF_OWN_COMPUTER } from "../../core/access/accounts.ts";
import type { TabletAccess } from "../../core/access/tablet/tablet-access.ts";
import type { UnclaimedHub } from "../../core/access/unclaimed/unclaimed-hub.ts";
import type { Forwarding } from "./forwarding.ts";

export type CallerOf = (request: IncomingMessage) => Caller;

export interface CallersOptions {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly accounts: Accounts | undefined;
  /** Undefined: the same. */
  readonly tablets: Pick<TabletAccess, "callerOfCookie"> | undefined;
  /** Undefined: the same. */
  readonly unclaimed: Pick<UnclaimedHub, "isOpen"> | undefined;
  readonly isOfOwnComputer: Forwarding["isOfOwnComputer"];
  /** Part of the cookie's name: cookies ignore ports, and two hubs on one host would sign each other's people out. */
  readonly port: () => number;
  /** It came by HTTPS. */
  readonly isSecure: (request: IncomingMessage) => boolean;
}

export interface Callers {
  readonly of: CallerOf;
  /** Of a Socket.IO client. A token in its CONNECT decides alone: it was meant for this connection. */
  ofClient(request: IncomingMessage, token?: unknown): Caller;
  /** Lets the browser keep what it was signed in by. */
  keep(response: Response, secret: string): void;
  drop(response: Response): void;
  /** Of the cookie. */
  cookieName(request: IncomingMessage): string;
  /** What the browser keeps. */
  secretOf(request: IncomingMessage): string | undefined;
}

const KEEP_MS = 180 * 86_400_000;
const TOKEN = /^[\w-]{1,200}$/;

export function createCallers(options: CallersOptions): Callers {
  const { accounts, tablets, unclaimed, isOfOwnComputer, port, isSecure } = options;
  // With the prefix no page of another name, and none without TLS, can set it. [RFC 6265bis, 4.1.3.2]
  const cookieName = (request: IncomingMessage): string => `${isSecure(request) ? "__Host-" : ""}aerie_${port()}`;
  const optionsFor = (request: IncomingMessage) =>
    ({ httpOnly: true, sameSite: "strict", path: "/", secure: isSecure(request) }) as const;

  const secretOf = (request: IncomingMessage): string | undefined =>
    parse(request.headers.cookie ?? "")[cookieName(request)];

  function of(request: IncomingMessage): Caller {
    if (accounts === undefined) return EVERYBODY;
    const { authorization } = request.headers;
    // A wrong token is refused even with a valid cookie.
    if (authorization !== undefined) return callerOfHeader(accounts, authorization);
    const secret = secretOf(request);
    const caller = secret && (accounts.callerOfCookie(secret) ?? tablets?.callerOfCookie(secret));
    return caller || callerWithout(request);
  }

  /** A browser may have a cookie of another hub that was at this port. */
  function callerWithout(request: IncomingMessage): Caller {
    const isOfHere = isOfOwnComputer(request); // asked in any case: later its socket may be gone
    return isOfHere && unclaimed?.isOpen() === true ? OF_OWN_COMPUTER : NOBODY;
  }

  function ofClient(request: IncomingMessage, token?: unknown): Caller {
    if (accounts === undefined || token === undefined || token === null) return of(request);
    return (typeof token === "string" && TOKEN.test(token) ? accounts.callerOfToken(token) : undefined) ?? NOBODY;
  }

  return {
    of,
    ofClient,
    keep: (response, secret) =>
      void response.cookie(cookieName(response.req), secret, { ...optionsFor(response.req), maxAge: KEEP_MS }),
    drop: (response) => void response.clearCookie(cookieName(response.req), optionsFor(response.req)),
    cookieName,
    secretOf,
  };
}

function callerOfHeader(accounts: Accounts, header: string): Caller {
  const [, token] = /^Bearer ([\w-]{1,200})$/i.exec(header) ?? [];
  return (token === undefined ? undefined : accounts.callerOfToken(token)) ?? NOBODY;
}
