/** People and tokens: setting up, signing in and out, and finding the caller of a request. */

import type { TokenAnswer, UserAnswer, WithSecret } from "../../contract/access.ts";
import type { ErrorCode } from "../../contract/errors.ts";
import type { Level, Role, Scope } from "../../contract/levels.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { TrustedTime } from "../time/trusted-time.ts";
import type { AccessBook } from "./access-book.ts";
import type { Passwords, Secrets, SignInRecord, TokenRecord, UserRecord } from "./access-records.ts";
import { datesOf, mayBeExpired } from "./expiry.ts";
import type { LoginDelay } from "./login-delay.ts";
import { reaches } from "./required-level.ts";
import { UNCLAIMED } from "./unclaimed/unclaimed-hub.ts";

/** The caller of a request. */
export interface Caller {
  readonly level: Level;
  /** Of a person. */
  readonly user?: { readonly id: string; readonly name: string };
  /** Of a program: how a person calls it. */
  readonly program?: string;
  /** A sign-in's hash, or a token's id: when it ends, so do its connections. */
  readonly key?: string;
  /** Of a browser: what its page must say with every change. */
  readonly csrf?: string;
  /** Let in because there is no account yet. */
  readonly isUnclaimed?: true;
  /** A wall tablet, by a token that its browser keeps. */
  readonly isTablet?: true;
}

export const NOBODY: Caller = { level: "nobody" };
/** Without accounts everybody is. */
export const EVERYBODY: Caller = { level: "owner" };
/** On the hub's own computer, while there is no account. */
export const OF_OWN_COMPUTER: Caller = { level: "viewer", program: "this computer", key: UNCLAIMED, isUnclaimed: true };
/** Who may open the socket of the hub's directory owns the machine. */
export const COMMAND_LINE: Caller = { level: "owner", program: "command line" };

/** For lists that say who did something. */
export const nameOfCaller = ({ user, program }: Caller): string => user?.name ?? program ?? "anybody";

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly waitMs?: number;
      /** What of the request is wrong. */
      readonly fault?: { readonly field: string; readonly message: string };
    };

/** A browser that was let in: what its cookie holds. */
export interface SignedIn {
  readonly secret: string;
  readonly caller: Caller;
}

export interface Accounts {
  needsSetup(): boolean;
  /** The one-time code of the first account; undefined: there is one. */
  setupCode(): string | undefined;
  setUp(code: string, name: string, password: string): Promise<Outcome<SignedIn>>;
  signIn(name: string, password: string, address: string): Promise<Outcome<SignedIn>>;
  /** Settles when that is on disk; it holds at once. */
  signOut(secret: string): Promise<void>;
  /** Undefined: the secret is unknown or has expired. */
  callerOfCookie(secret: string): Caller | undefined;
  callerOfToken(secret: string): Caller | undefined;
  users(): UserAnswer[];
  addUser(name: string, password: string, role: Role): Promise<Outcome<UserAnswer>>;
  changeUser(id: string, patch: { role?: Role; password?: string }): Promise<Outcome<UserAnswer>>;
  removeUser(id: string): Promise<Outcome<undefined>>;
  tokens(): TokenAnswer[];
  addToken(name: string, scope: Scope, days: number | undefined): Promise<WithSecret<TokenAnswer>>;
  removeToken(id: string): Promise<Outcome<undefined>>;
}

export interface AccountsOptions {
  readonly book: AccessBook;
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly delay: LoginDelay;
  readonly clock: Clock;
  readonly time: TrustedTime;
  /** Ends the connections of these sign-ins and tokens. */
  readonly onEnded: (keys: readonly string[]) => void;
  /** There is an account: ends what was open without one. */
  readonly onClaimed: () => void;
}

const SETUP_MS = 30 * 60_000;
const SETUP_BITS = 192;
const COOKIE_BITS = 256;
const TOKEN_BITS = 256;
/** A browser that was not seen for so long signs in again, and each after the longer time. */
const IDLE_MS = 30 * DAY_MS;
const SIGN_IN_MS = 180 * DAY_MS;
/** The oldest ends. */
const MOST_SIGN_INS = 50;

const failed = (code: ErrorCode, waitMs?: number) =>
  ({ ok: false, code, ...(waitMs !== undefined && { waitMs }) }) as const;
const done = <T>(value: T) => ({ ok: true, value }) as const;

export function createAccounts(options: AccountsOptions): Accounts {
  const { book, secrets, passwords, delay, clock, time, onEnded, onClaimed } = options;
  let setup =
    book.users().length > 0 ? undefined : { code: secrets.make(SETUP_BITS), endsMs: clock.monotonicMs() + SETUP_MS };
  /** Only one first account is created, however many requests come at once. */
  let isSettingUp = false;

  async function setUp(code: string, name: string, password: string): Promise<Outcome<SignedIn>> {
    if (!isSetupCode(code) || isSettingUp) return failed("SETUP_CODE_WRONG");
    isSettingUp = true;
    try {
      const added = await addUser(name, password, "owner");
      if (!added.ok) return added;
      setup = undefined;
      return done(open(book.users().find(({ id }) => id === added.value.id) as UserRecord));
    } finally {
      isSettingUp = false;
    }
  }

  const isSetupCode = (code: string): boolean =>
    setup !== undefined && clock.monotonicMs() < setup.endsMs && secrets.isSame(setup.code, code);

  async function signIn(name: string, password: string, address: string): Promise<Outcome<SignedIn>> {
    const waitMs = delay.waitMs(name, address);
    if (waitMs > 0) return failed("LOGIN_DELAYED", waitMs);
    const user = byName(name);
    const isRight = await passwords.verify(user?.password, password);
    if (isRight === undefined) return failed("LOGIN_BUSY", 1_000);
    // It may have been removed, or its password changed, while this one was tried.
    const now = byName(name);
    if (!isRight || now === undefined || now.password !== user?.password) {
      delay.failed(name, address);
      return failed("LOGIN_FAILED");
    }
    delay.succeeded(name, address);
    return done(open(now));
  }

  const byName = (name: string): UserRecord | undefined =>
    book.users().find((user) => user.name.toLowerCase() === name.trim().toLowerCase());

  function open(user: UserRecord): SignedIn {
    const secret = secrets.make(COOKIE_BITS);
    const nowMs = time.nowMs();
    const signIn = { hash: secrets.hash(secret), userId: user.id, createdAtMs: nowMs, lastUsedAtMs: nowMs };
    const others = book.signIns().filter(({ userId }) => userId === user.id);
    const ended = others.length < MOST_SIGN_INS ? [] : others.slice(0, others.length - MOST_SIGN_INS + 1);
    book.putSignIn(
      signIn,
      ended.map(({ hash }) => hash),
    );
    onEnded(ended.map(({ hash }) => hash));
    return { secret, caller: callerOf(signIn, user) };
  }

  const callerOf = ({ hash }: Pick<SignInRecord, "hash">, { id, name, role }: UserRecord): Caller => ({
    level: role,
    user: { id, name },
    key: hash,
    csrf: secrets.hash(`csrf ${hash}`),
  });

  function callerOfCookie(secret: string): Caller | undefined {
    const hash = secrets.hash(secret);
    const signIn = book.signIn(hash);
    const user = signIn && book.users().find(({ id }) => id === signIn.userId);
    if (signIn === undefined || user === undefined) return undefined;
    if (time.sinceMs(signIn.lastUsedAtMs) > IDLE_MS || time.sinceMs(signIn.createdAtMs) > SIGN_IN_MS) {
      endBehind([hash]);
      return undefined;
    }
    book.used(hash, time.nowMs());
    return callerOf(signIn, user);
  }

  function callerOfToken(secret: string): Caller | undefined {
    const token = book.tokenByHash(secrets.hash(secret));
    if (token === undefined || mayBeExpired(token, time)) return undefined;
    book.used(token.id, clock.nowMs());
    return { level: token.scope, key: token.id, program: token.name };
  }

  async function addUser(name: string, password: string, role: Role): Promise<Outcome<UserAnswer>> {
    if (byName(name) !== undefined) return failed("NAME_TAKEN");
    const hash = await passwords.hash(password);
    if (hash === undefined) return failed("LOGIN_BUSY", 1_000);
    if (byName(name) !== undefined) return failed("NAME_TAKEN");
    const user = { id: secrets.id(), name, role, password: hash, createdAtMs: clock.nowMs() };
    if (!(await book.addUser(user))) return failed("NAME_TAKEN");
    onClaimed();
    return done(userAnswer(user));
  }

  async function changeUser(id: string, patch: { role?: Role; password?: string }): Promise<Outcome<UserAnswer>> {
    const hash = patch.password === undefined ? undefined : await passwords.hash(patch.password);
    if (patch.password !== undefined && hash === undefined) return failed("LOGIN_BUSY", 1_000);
    const user = book.users().find((each) => each.id === id);
    if (user === undefined) return failed("ACCOUNT_UNKNOWN");
    if (user.role === "owner" && patch.role !== undefined && patch.role !== "owner" && isLastOwner(id))
      return failed("LAST_OWNER");
    const { role } = patch;
    const change = { ...(role !== undefined && { role }), ...(hash !== undefined && { password: hash }) };
    const before = signInsOf(id);
    if (role !== undefined && !reaches(role, user.role)) {
      const lowered = book.lowerUser(id, { ...change, role });
      onEnded(before);
      await lowered;
      return done(userAnswer({ ...user, role }));
    }
    if (!(await book.changeUser(id, change))) return failed("ACCOUNT_UNKNOWN");
    onEnded(before);
    endBehind(signInsOf(id)); // by the old password, while the new one was written
    return done(userAnswer(book.users().find((each) => each.id === id) ?? { ...user, ...change }));
  }

  async function removeUser(id: string): Promise<Outcome<undefined>> {
    const user = book.users().find((each) => each.id === id);
    if (user === undefined) return failed("ACCOUNT_UNKNOWN");
    if (user.role === "owner" && isLastOwner(id)) return failed("LAST_OWNER");
    const ended = signInsOf(id);
    const removed = book.removeUser(id);
    onEnded(ended);
    await removed;
    return done(undefined);
  }

  const isLastOwner = (id: string): boolean => book.users().every((user) => user.role !== "owner" || user.id === id);

  const signInsOf = (id: string): string[] =>
    book.signIns().flatMap(({ userId, hash }) => (userId === id ? [hash] : []));

  /** Nobody waits for it. */
  function endBehind(hashes: readonly string[]): void {
    book.endSignIns(hashes).catch(() => undefined); // the book says so and tries again
    onEnded(hashes);
  }

  async function addToken(name: string, scope: Scope, days: number | undefined): Promise<WithSecret<TokenAnswer>> {
    const secret = `aerie_t_${secrets.make(TOKEN_BITS)}`;
    const createdAtMs = time.nowMs();
    const expires = days === undefined ? {} : { expiresAtMs: createdAtMs + days * DAY_MS };
    const token = { id: secrets.id(), name, scope, hash: secrets.hash(secret), createdAtMs, ...expires };
    await book.addToken(token);
    return { ...tokenAnswer(token), secret };
  }

  async function removeToken(id: string): Promise<Outcome<undefined>> {
    if (!book.tokens().some((token) => token.id === id)) return failed("ACCOUNT_UNKNOWN");
    const removed = book.removeToken(id);
    onEnded([id]);
    await removed;
    return done(undefined);
  }

  const tokenAnswer = (token: TokenRecord): TokenAnswer => {
    const { id, name, scope } = token;
    return { id, name, scope, ...datesOf(token, time), lastUsedAt: isoOrNull(book.lastUsedMs(id)) };
  };

  return {
    needsSetup: () => book.users().length === 0,
    setupCode: () => setup?.code,
    setUp,
    signIn,
    signOut: async (secret) => {
      const hash = secrets.hash(secret);
      const ended = book.endSignIns([hash]);
      onEnded([hash]);
      await ended;
    },
    callerOfCookie,
    callerOfToken,
    users: () => book.users().map(userAnswer),
    addUser,
    changeUser,
    removeUser,
    tokens: () => book.tokens().map(tokenAnswer),
    addToken,
    removeToken,
  };
}

const userAnswer = ({ id, name, role, createdAtMs }: UserRecord): UserAnswer => ({
  id,
  name,
  role,
  createdAt: new Date(createdAtMs).toISOString(),
});

export const isoOrNull = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();
