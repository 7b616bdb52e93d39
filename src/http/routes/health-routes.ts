/** `/healthz`, `/readyz`, `/metrics`, `/websocket/status`, `/api/refusals`: how the hub is. Changes nothing. */
import {
  aliveAnswer,
  type BareReadiness,
  type Readiness,
  type RefusalsAnswer,
  readyzAnswer,
  refusalsAnswer,
  websocketStatus,
} from "../../contract/rest.ts";
import { reaches } from "../../core/access/required-level.ts";
import type { Refusals } from "../../core/limits/refusals.ts";
import { json, type Route, route } from "../declaration/route.ts";
import { callerIn } from "../requests/access-guard.ts";

export interface HealthParts {
  readonly readiness: () => Readiness;
  readonly metrics: () => Promise<{ body: string; contentType: string }>;
  readonly connectedBrowsers: () => number;
  readonly refusals: Refusals;
  readonly limits: RefusalsAnswer["limits"];
  readonly maxima: RefusalsAnswer["maxima"];
}

const refusalsAt = <Path extends string>(path: Path) =>
  ({
    method: "get",
    path,
    level: "viewer",
    answer: json(refusalsAnswer),
    handle: ({ refusals, limits, maxima }: HealthParts): RefusalsAnswer => ({
      counts: Object.fromEntries(refusals.counts()),
      since: new Date(refusals.sinceMs).toISOString(),
      rejections: refusals.list(),
      limits,
      maxima,
    }),
  }) as const;

export const HEALTH_ROUTES: readonly Route<HealthParts>[] = [
  route({
    method: "get",
    path: "/websocket/status",
    level: "nobody",
    summary: "how many browsers are connected",
    answer: json(websocketStatus),
    handle: ({ connectedBrowsers }: HealthParts) =>
      ({ success: true, connectedClients: connectedBrowsers(), websocketEnabled: true }) as const,
  }),
  route({
    method: "get",
    path: "/healthz",
    level: "nobody",
    summary: "200 while the process answers",
    answer: json(aliveAnswer),
    handle: () => ({ alive: true }) as const,
  }),
  route({
    method: "get",
    path: "/readyz",
    level: "nobody",
    moreFrom: "metrics",
    summary:
      "503 where the hub is not ready. With a sign-in or token also why: `problems` (store, broker, clock). With `warnings` (mongodb, certificate, accounts, outbox, disk, disk errors, store, history, stored data, retention, time) or `degraded` it stays 200",
    answer: json(readyzAnswer, 200, 503),
    handle: ({ readiness }: HealthParts, { response }): Readiness | BareReadiness => {
      const state = readiness();
      if (!state.ready) response.status(503);
      return reaches(callerIn(response).level, "metrics") ? state : { ready: state.ready };
    },
  }),
  route({
    method: "get",
    path: "/metrics",
    level: "metrics",
    summary: "metrics of the hub, for Prometheus",
    answer: { kind: "text", types: ["text/plain"] },
    handle: async ({ metrics }: HealthParts, { response }) => {
      const { body, contentType } = await metrics();
      response.type(contentType).send(body);
    },
  }),
  route({
    ...refusalsAt("/api/refusals"),
    summary: "`limits` has the value of each setting that a reason names, `maxima` its highest",
  }),
  route({ ...refusalsAt("/api/rejections"), summary: "the same, under its former name", isDeprecated: true }),
];
