/** Checks that the caller of a request has the level that its route requires. */
import type { Request, RequestHandler, Response } from "express";
import { CSRF_HEADER, type Level } from "../../contract/levels.ts";
import type { Caller } from "../../core/access/accounts.ts";
import { reaches } from "../../core/access/required-level.ts";
import { sendProblem } from "../answers/problem.ts";
import type { CallerOf } from "./callers.ts";

const SAFE = new Set(["GET", "HEAD"]);

/** Stands in the chain of a route that requires this level. `provenBy`: what shows that the caller means it. */
export function accessGuard(needs: Level, callerOf: CallerOf, provenBy: "path" | "caller" = "caller"): RequestHandler {
  return (request, response, next) => {
    const caller = callerOf(request);
    if (!reaches(caller.level, needs)) {
      if (caller.level !== "nobody") return sendProblem(response, "LEVEL_TOO_LOW");
      response.setHeader("WWW-Authenticate", "Bearer");
      return sendProblem(response, "LOGIN_NEEDED");
    }
    if (provenBy === "caller" && !SAFE.has(request.method) && isForged(request, caller))
      return sendProblem(response, "CSRF_FAILED");
    response.locals["caller"] = caller;
    next();
  };
}

/** A browser sends the cookie with any page's requests, but only the hub's own pages know the CSRF token. A token of a program needs none. */
const isForged = (request: Request, { csrf }: Caller): boolean =>
  csrf !== undefined && (request.headers.origin === undefined || request.get(CSRF_HEADER) !== csrf);

/** Behind the guard. */
export const callerIn = (response: Response): Caller => response.locals["caller"] as Caller;
