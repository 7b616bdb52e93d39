/** `/api/devices/:id/readings` and `/series`: what is stored, page by page and as charts. Changes nothing. */
import { Router } from "express";
import {
  type PartialAnswer,
  type ReadingsPage,
  readingsQuery,
  type SeriesAnswer,
  seriesQuery,
} from "../contract/rest.ts";
import { damagedIn } from "../core/damage.ts";
import type { Clock, Store } from "../core/ports.ts";
import { fromStored } from "../core/reading-shape.ts";
import type { Registry } from "../core/registry.ts";
import type { StoreAndForward } from "../core/store-and-forward.ts";
import { knownDevice } from "./devices-routes.ts";
import { parseReadingCursor, readingCursor } from "./page-cursor.ts";
import { parseRequest } from "./problem.ts";

const DAY_MS = 24 * 3_600_000;
/** A device's clock may run so far ahead; what it sent is part of "until now". */
const AHEAD_MS = 5 * 60_000;

export interface ReadingsRoutesOptions {
  readonly registry: Registry;
  readonly store: Pick<Store, "readings" | "series" | "damaged">;
  /** Where the store may be away. */
  readonly forward: Pick<StoreAndForward, "away" | "waiting"> | undefined;
  readonly clock: Clock;
}

export function readingsRoutes({ registry, store, forward, clock }: ReadingsRoutesOptions): Router {
  const router = Router();

  /** Where to ask, and what the answer lacks. While the store is away it refuses, unless a part was asked for. */
  function source(isPartWelcome: boolean): {
    from: Pick<Store, "readings" | "series">;
    partial: { partial?: PartialAnswer };
  } {
    const away = forward?.away();
    if (forward === undefined || away === undefined) return { from: store, partial: {} };
    const since = new Date(away.sinceMs).toISOString();
    const partial = { shows: away.isDraining ? "stored" : "waiting", waiting: away.waiting.writes, since } as const;
    return { from: isPartWelcome && !away.isDraining ? forward.waiting : store, partial: { partial } };
  }

  /** The last 24 hours where nothing is said. */
  function range(from: number | undefined, to: number | undefined): { fromMs: number; toMs: number } {
    const toMs = to ?? clock.nowMs() + AHEAD_MS;
    return { fromMs: from ?? Math.min(toMs, clock.nowMs()) - DAY_MS, toMs };
  }

  router.get("/:id/readings", async (request, response) => {
    const { deviceId } = knownDevice(registry, request);
    const { from, to, limit, order, cursor, partial: isPartWelcome } = parseRequest(readingsQuery, request.query);
    const behind = parseReadingCursor(cursor);
    const asked = range(from, to);
    const asking = source(isPartWelcome);
    const found = await asking.from.readings({ deviceId, ...asked, limit: limit + 1, order, behind });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? readingCursor(last) : null;
    response.json({
      readings: page.map(fromStored),
      nextCursor,
      ...damagedIn(store.damaged(deviceId), asked),
      ...asking.partial,
    } satisfies ReadingsPage);
  });

  router.get("/:id/series", async (request, response) => {
    const { deviceId, interval } = knownDevice(registry, request);
    const { from, to, metrics, points, partial: isPartWelcome } = parseRequest(seriesQuery, request.query);
    const names = [...new Set(metrics)];
    const asked = range(from, to);
    const asking = source(isPartWelcome);
    const series = await asking.from.series({ deviceId, metrics: names, points, ...asked });
    const empty = { t: [], mean: [], min: [], max: [], count: [] };
    response.json({
      deviceId,
      resolution: series.resolutionMs,
      ...(interval.ms !== undefined && { intervalMs: Math.round(interval.ms) }),
      metrics: Object.fromEntries(names.map((name, index) => [name, series.columns[index] ?? empty])),
      ...damagedIn(store.damaged(deviceId), asked),
      ...asking.partial,
    } satisfies SeriesAnswer);
  });

  return router;
}
