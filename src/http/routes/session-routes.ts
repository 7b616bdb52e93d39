/** `/api/session`, `/api/setup`: the caller's level, signing in and out, and the first account. */
import express, { type Response, Router } from "express";
import { loginRequest, type SessionAnswer, setupRequest } from "../../contract/access.ts";
import type { Accounts, Caller, Outcome, SignedIn } from "../../core/access/accounts.ts";
import { reaches } from "../../core/access/required-level.ts";
import { HttpError, parseRequest } from "../answers/problem.ts";
import { callerIn } from "../requests/access-guard.ts";
import type { Callers } from "../requests/callers.ts";
import type { Forwarding } from "../requests/forwarding.ts";

export interface SessionRoutesOptions {
  /** Undefined: there are no accounts, and everybody may do everything. */
  readonly accounts: Accounts | undefined;
  readonly callers: Callers;
  readonly forwarding: Forwarding;
  readonly auth: SessionAnswer["auth"];
  readonly mqttPort: () => number;
}

export function sessionRoutes({ accounts, callers, forwarding, auth, mqttPort }: SessionRoutesOptions): Router {
  const router = Router();
  const json = express.json({ limit: "4kb" });

  const answerOf = ({ level, user, csrf }: Caller): SessionAnswer => ({
    auth,
    level,
    needsSetup: accounts?.needsSetup() ?? false,
    ...(user !== undefined && { name: user.name }),
    ...(csrf !== undefined && { csrf }),
    ...(reaches(level, "viewer") && { mqttPort: mqttPort() }),
  });

  function letIn(response: Response, outcome: Outcome<SignedIn>): void {
    const { secret, caller } = outcomeIn(response, outcome);
    callers.keep(response, secret);
    response.json(answerOf(caller));
  }

  router.get("/api/session", (_request, response) => {
    response.setHeader("Cache-Control", "no-store");
    response.json(answerOf(callerIn(response)));
  });

  router.post("/api/session", json, async (request, response) => {
    const { name, password } = parseRequest(loginRequest, request.body);
    letIn(response, await needed(accounts).signIn(name, password, forwarding.addressOf(request) ?? ""));
  });

  router.delete("/api/session", async (request, response) => {
    const secret = callers.secretOf(request);
    callers.drop(response);
    if (secret !== undefined) await accounts?.signOut(secret);
    response.status(204).end();
  });

  router.post("/api/setup", json, async (request, response) => {
    const { code, name, password } = parseRequest(setupRequest, request.body);
    letIn(response, await needed(accounts).setUp(code, name, password));
  });

  return router;
}

/** Without accounts there is nothing to sign in to. */
export function needed<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new HttpError("ACCOUNTS_OFF");
  return part;
}

export function outcomeIn<T>(response: Response, outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  if (outcome.waitMs !== undefined) response.setHeader("Retry-After", String(Math.ceil(outcome.waitMs / 1_000)));
  throw new HttpError(outcome.code);
}
