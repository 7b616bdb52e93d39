/** `/api/session`, `/api/setup`: the caller's level, signing in and out, and the first account. */
import type { Response } from "express";
import { loginRequest, type SessionAnswer, sessionAnswer, setupRequest, tabletRequest } from "../../contract/access.ts";
import type { Accounts, Caller, Outcome, SignedIn } from "../../core/access/accounts.ts";
import { reaches } from "../../core/access/required-level.ts";
import type { TabletAccess } from "../../core/access/tablet/tablet-access.ts";
import { HttpError } from "../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../declaration/route.ts";
import { callerIn } from "../requests/access-guard.ts";
import type { Callers } from "../requests/callers.ts";
import type { Forwarding } from "../requests/forwarding.ts";

export interface SessionParts {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly accounts: Accounts | undefined;
  /** Undefined: the same. */
  readonly tablets: TabletAccess | undefined;
  readonly callers: Callers;
  readonly forwarding: Forwarding;
  readonly auth: SessionAnswer["auth"];
  readonly mqttPort: () => number;
}

export const SESSION_ROUTES: readonly Route<SessionParts>[] = [
  route({
    method: "get",
    path: "/api/session",
    level: "nobody",
    summary: "of the caller",
    answer: json(sessionAnswer),
    handle: (parts: SessionParts, { request, response }) => {
      response.setHeader("Cache-Control", "no-store");
      const caller = callerIn(response);
      const token = caller.isTablet === true ? parts.callers.secretOf(request) : undefined;
      // It stays for as long as its token does: nobody comes by to sign it in again.
      if (token !== undefined) parts.callers.keep(response, token);
      return answerOf(parts, caller);
    },
  }),
  route({
    method: "post",
    path: "/api/session",
    level: "nobody",
    summary: "signs in; the answer sets a cookie",
    body: loginRequest,
    answer: json(sessionAnswer),
    handle: async (parts: SessionParts, { body: { name, password }, request, response }) => {
      const address = parts.forwarding.addressOf(request) ?? "";
      return letIn(parts, response, await needed(parts.accounts).signIn(name, password, address));
    },
  }),
  route({
    method: "post",
    path: "/api/session/tablet",
    level: "nobody",
    summary: "lets a wall tablet in by the token of its link, of the level viewer; the answer sets a cookie",
    body: tabletRequest,
    answer: json(sessionAnswer),
    handle: (parts: SessionParts, { body: { token }, request, response }) =>
      letIn(parts, response, needed(parts.tablets).letIn(token, parts.forwarding.addressOf(request) ?? "")),
  }),
  route({
    method: "delete",
    path: "/api/session",
    level: "nobody",
    summary: "signs out",
    answer: EMPTY,
    handle: async ({ accounts, callers }: SessionParts, { request, response }) => {
      const secret = callers.secretOf(request);
      callers.drop(response);
      if (secret !== undefined) await accounts?.signOut(secret);
    },
  }),
  route({
    method: "post",
    path: "/api/setup",
    level: "nobody",
    summary: "makes the first account; `code` is in the link that the start prints",
    body: setupRequest,
    answer: json(sessionAnswer),
    handle: async (parts: SessionParts, { body: { code, name, password }, response }) =>
      letIn(parts, response, await needed(parts.accounts).setUp(code, name, password)),
  }),
];

const answerOf = (parts: SessionParts, { level, user, csrf, isUnclaimed, isTablet }: Caller): SessionAnswer => ({
  auth: parts.auth,
  level,
  needsSetup: parts.accounts?.needsSetup() ?? false,
  ...(isUnclaimed === true && { isUnclaimed }),
  ...(user !== undefined && { name: user.name }),
  ...(isTablet === true && { isTablet }),
  ...(csrf !== undefined && { csrf }),
  ...(reaches(level, "viewer") && {
    mqttPort: parts.mqttPort(),
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  }),
});

function letIn(parts: SessionParts, response: Response, outcome: Outcome<SignedIn>): SessionAnswer {
  const { secret, caller } = outcomeIn(response, outcome);
  parts.callers.keep(response, secret);
  return answerOf(parts, caller);
}

/** Without accounts there is nothing to sign in to. */
export function needed<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new HttpError("ACCOUNTS_OFF");
  return part;
}

export function outcomeIn<T>(response: Response, outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  if (outcome.waitMs !== undefined) response.setHeader("Retry-After", String(Math.ceil(outcome.waitMs / 1_000)));
  throw new HttpError(outcome.code, outcome.fault && [outcome.fault]);
}
