/** `/healthz`, `/readyz`, `/metrics`, `/websocket/status`, `/api/refusals`: how the hub is. Changes nothing. */
import { type RequestHandler, Router } from "express";
import type { Readiness, RefusalsAnswer, WebsocketStatus } from "../../contract/rest.ts";
import type { Refusals } from "../../core/limits/refusals.ts";

export interface HealthRoutesOptions {
  readonly readiness: () => Readiness;
  readonly metrics: () => Promise<{ body: string; contentType: string }>;
  readonly connectedBrowsers: () => number;
  readonly refusals: Refusals;
  readonly limits: RefusalsAnswer["limits"];
}

export function healthRoutes({ readiness, metrics, connectedBrowsers, refusals, limits }: HealthRoutesOptions): Router {
  const router = Router();

  router.get("/healthz", (_request, response) => {
    response.json({ alive: true });
  });

  router.get("/readyz", (_request, response) => {
    const state = readiness();
    response.status(state.ready ? 200 : 503).json(state);
  });

  router.get("/metrics", async (_request, response) => {
    const { body, contentType } = await metrics();
    response.type(contentType).send(body);
  });

  router.get("/websocket/status", (_request, response) => {
    response.json({
      success: true,
      connectedClients: connectedBrowsers(),
      websocketEnabled: true,
    } satisfies WebsocketStatus);
  });

  const listRefusals: RequestHandler = (_request, response) => {
    response.json({
      counts: Object.fromEntries(refusals.counts()),
      since: new Date(refusals.sinceMs).toISOString(),
      rejections: refusals.list(),
      limits,
    } satisfies RefusalsAnswer);
  };
  router.get("/api/refusals", listRefusals);
  router.get("/api/rejections", listRefusals); // its former name

  return router;
}
