/** `DELETE /api/devices/:id/readings`: deletes a range of readings, or metrics. The device stays. */
import { Router } from "express";
import { eraseQuery } from "../../contract/rest.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Erasure } from "../../core/history/erasure.ts";
import { parseRequest } from "../answers/problem.ts";
import { knownDevice } from "./devices-routes.ts";

export interface ErasureRoutesOptions {
  readonly registry: Registry;
  readonly erase: Erasure;
}

/** What a Date can hold: no reading is later. */
const END_OF_TIME_MS = 8.64e15;

export function erasureRoutes({ registry, erase }: ErasureRoutesOptions): Router {
  const router = Router();

  router.delete("/:id/readings", async (request, response) => {
    const { deviceId } = knownDevice(registry, request);
    const { from = 0, to = END_OF_TIME_MS, metrics } = parseRequest(eraseQuery, request.query);
    await erase({ deviceId, fromMs: from, toMs: to, metrics: metrics && [...new Set(metrics)] });
    response.status(204).end();
  });

  return router;
}
