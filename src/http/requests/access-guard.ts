/** Checks that the caller of a request has the level that its route requires. */
import type { Request, RequestHandler, Response } from "express";
import { CSRF_HEADER } from "../../contract/levels.ts";
import type { Caller } from "../../core/access/accounts.ts";
import { type RouteAccess, routeRefusal } from "../../core/access/required-level.ts";
import { sendProblem } from "../answers/problem.ts";
import type { CallerOf } from "./callers.ts";

const SAFE = new Set(["GET", "HEAD"]);

export interface GuardedRoute extends RouteAccess {
  /** What shows that the caller means it. */
  readonly provenBy: "path" | "caller";
}

/** Stands in the chain of the route. */
export function accessGuard(route: GuardedRoute, callerOf: CallerOf): RequestHandler {
  return (request, response, next) => {
    const caller = callerOf(request);
    const refusal = routeRefusal(caller, route);
    if (refusal !== undefined) {
      if (refusal === "LOGIN_NEEDED") response.setHeader("WWW-Authenticate", "Bearer");
      return sendProblem(response, refusal);
    }
    if (route.provenBy === "caller" && !SAFE.has(request.method) && isForged(request, caller))
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
