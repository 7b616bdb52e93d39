/** Attaches each declared route to Express with its level check, turn, compression, body and answer. */
import compression from "compression";
import express, { type Application, type RequestHandler, type Response } from "express";
import type { Log } from "../../core/ports/log.ts";
import { accessGuard } from "../requests/access-guard.ts";
import type { CallerOf } from "../requests/callers.ts";
import { nameOf, type Route } from "./route.ts";

export interface RouteChainOptions<Parts> {
  readonly parts: Parts;
  readonly callerOf: CallerOf;
  /** Each passes when it is the caller's turn. */
  readonly turns: { readonly [turn in "page" | "export"]: RequestHandler };
  readonly log: Log;
}

/** Bodies are small: those of imports have a server of their own. */
export const MAX_BODY_BYTES = 16 * 1024;

/**
 * The guard stands in the route's own chain: no second matching can disagree with that of Express. On `app` itself, since a router
 * in it would answer OPTIONS by itself, to anybody.
 */
export function addRoutes<Parts>(
  app: Application,
  routes: readonly Route<Parts>[],
  { parts, callerOf, turns, log }: RouteChainOptions<Parts>,
): void {
  const compress = compression();
  const parseBody = express.json({ limit: MAX_BODY_BYTES });
  const check = createAnswerCheck(log);
  for (const each of routes) {
    const { answer } = each;
    app[each.method](
      each.path,
      accessGuard(each, callerOf),
      // Compression would hide from those who watch a stream that its reader is slow; a stream compresses itself.
      answer.kind === "stream" ? turns[answer.turn] : compress,
      ...(each.body === undefined ? [] : [parseBody]),
      async (request, response) => {
        if (answer.kind === "json") response.status(answer.statuses[0]);
        const given = await each.handle(parts, request, response);
        if (answer.kind === "json") {
          const text = JSON.stringify(given);
          check(each, text);
          sendJson(response, text);
        } else if (answer.kind === "empty") response.status(204).end();
      },
    );
  }
}

function sendJson(response: Response, text: string): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.send(text);
}

/** Characters: less than half a millisecond. Streams and long lists are checked by test/wire/http/routes.test.ts only. */
const MOST_CHECKED = 16 * 1024;
const MOST_FAULTS_NAMED = 5;

/**
 * Compares an answer with its schema as it is sent. One that breaks it is logged, once a route, and sent all the same: a field too
 * many harms nobody, and a page that gets no answer does.
 */
function createAnswerCheck(log: Log): (route: Route<never>, text: string) => void {
  const logged = new Set<string>();
  return (route, text) => {
    const name = nameOf(route);
    if (route.answer.kind !== "json" || text.length > MOST_CHECKED || logged.has(name)) return;
    const { error } = route.answer.schema.safeParse(JSON.parse(text));
    if (error === undefined) return;
    logged.add(name);
    // Where and why, without the values.
    const faults = error.issues.slice(0, MOST_FAULTS_NAMED).map(({ path, message }) => `${path.join(".")}: ${message}`);
    log.error("an answer breaks its own schema", { route: name, faults });
  };
}
