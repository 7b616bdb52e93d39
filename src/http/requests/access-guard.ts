/** Checks that the caller of a request has the level that its route requires. */
import type { Request, RequestHandler, Response } from "express";
import { CSRF_HEADER } from "../../contract/levels.ts";
import type { Caller } from "../../core/access/accounts.ts";
import { levelOfRequest, reaches } from "../../core/access/required-level.ts";
import { sendProblem } from "../answers/problem.ts";
import type { CallerOf } from "./callers.ts";

/** Everything else is pages and files, which anybody may load. Upper and lower case: routes are found so, too. */
const GUARDED = /^\/+(?:api|metrics|readyz|healthz|websocket)(?:\/|$)/i;
const SAFE = new Set(["GET", "HEAD"]);

export function accessGuard(callerOf: CallerOf): RequestHandler {
  return (request, response, next) => {
    const needs = levelOfRequest(request.method, request.path);
    if (needs === undefined) return GUARDED.test(request.path) ? sendProblem(response, "ROUTE_UNKNOWN") : next();
    const caller = callerOf(request);
    if (!reaches(caller.level, needs)) {
      if (caller.level !== "nobody") return sendProblem(response, "LEVEL_TOO_LOW");
      response.setHeader("WWW-Authenticate", "Bearer");
      return sendProblem(response, "LOGIN_NEEDED");
    }
    if (!SAFE.has(request.method) && isForged(request, caller)) return sendProblem(response, "CSRF_FAILED");
    response.locals["caller"] = caller;
    next();
  };
}

/** A browser sends the cookie with any page's requests, but only the hub's own pages know the CSRF token. A token of a program needs none. */
const isForged = (request: Request, { csrf }: Caller): boolean =>
  csrf !== undefined && (request.headers.origin === undefined || request.get(CSRF_HEADER) !== csrf);

/** Behind the guard. */
export const callerIn = (response: Response): Caller => response.locals["caller"] as Caller;
