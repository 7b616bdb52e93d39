/** `DELETE /api/devices/:id/readings`: deletes a range of readings, or metrics. The device stays. */
import { eraseQuery } from "../../contract/rest.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Erasure } from "../../core/history/erasure.ts";
import { EMPTY, type Route, route } from "../declaration/route.ts";
import { knownDevice } from "./devices/devices-routes.ts";

export interface ErasureParts {
  readonly registry: Registry;
  readonly erase: Erasure;
}

/** What a Date can hold: no reading is later. */
const END_OF_TIME_MS = 8.64e15;

export const ERASURE_ROUTES: readonly Route<ErasureParts>[] = [
  route({
    method: "delete",
    path: "/api/devices/:id/readings",
    level: "operator",
    summary: "204 when they are deleted",
    query: eraseQuery,
    answer: EMPTY,
    handle: async ({ registry, erase }: ErasureParts, { params, query }) => {
      const { deviceId } = knownDevice(registry, params.id);
      const { from = 0, to = END_OF_TIME_MS, metrics } = query;
      await erase({ deviceId, fromMs: from, toMs: to, metrics: metrics && [...new Set(metrics)] });
    },
  }),
];
