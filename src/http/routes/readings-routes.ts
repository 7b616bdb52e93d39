/** `/api/devices/:id/readings` and `/series`: stored readings in pages, and as charts. */

import {
  type ReadingsPage,
  readingsPage,
  readingsQuery,
  type SeriesAnswer,
  seriesAnswer,
  seriesQuery,
} from "../../contract/rest.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { shownDamage } from "../../core/health/damage.ts";
import { MAX_AHEAD_MS } from "../../core/model/instant.ts";
import { DAY_MS } from "../../core/model/utc-day.ts";
import { type ReadSource, readSource } from "../../core/outbox/read-source.ts";
import type { StoreAndForward } from "../../core/outbox/store-and-forward.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ReadingsChunk, ReadingsQuery, SeriesQuery } from "../../core/ports/history.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { parseReadingCursor, readingCursor } from "../answers/page-cursor.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../answers/stream-answer.ts";
import { jsonStream, type Route, route } from "../declaration/route.ts";
import { knownDevice } from "./devices/devices-routes.ts";

export interface ReadingsParts {
  readonly registry: Registry;
  readonly store: Pick<Store, "readingsChunk" | "series">;
  /** Where the store may be away. */
  readonly forward: Pick<StoreAndForward, "away" | "waiting"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The last 24 hours by default. A device's clock may be ahead: what it sent is part of "until now". */
function range(clock: Clock, { from, to }: Range): { fromMs: number; toMs: number } {
  const toMs = to ?? clock.nowMs() + MAX_AHEAD_MS;
  return { fromMs: from ?? Math.min(toMs, clock.nowMs()) - DAY_MS, toMs };
}

export const READINGS_ROUTES: readonly Route<ReadingsParts>[] = [
  route({
    method: "get",
    path: "/api/devices/:id/readings",
    level: "viewer",
    summary: "stored readings in pages",
    query: readingsQuery,
    answer: jsonStream(readingsPage),
    handle: async (parts: ReadingsParts, { params, query, response }) => {
      const { registry, store, forward, clock, log } = parts;
      const { deviceId } = knownDevice(registry, params.id);
      const { limit, order } = query;
      const behind = parseReadingCursor(query.cursor);
      const asked = range(clock, query);
      const source = readSource(store, forward, query.partial);
      await streamAnswer(response, {
        chunks: pageOf(source, { deviceId, ...asked, limit, order, behind }),
        headers: JSON_HEADERS,
        gzip: "encoding",
        log,
      });
    },
  }),
  route({
    method: "get",
    path: "/api/devices/:id/series",
    level: "viewer",
    summary: "columns for a chart",
    query: seriesQuery,
    answer: jsonStream(seriesAnswer),
    handle: async (parts: ReadingsParts, { params, query, response }) => {
      const { registry, store, forward, clock, log } = parts;
      const { deviceId, rhythm } = knownDevice(registry, params.id);
      const metrics = [...new Set(query.metrics)];
      const asked = range(clock, query);
      const source = readSource(store, forward, query.partial);
      const intervalMs = rhythm.intervalMs === undefined ? undefined : Math.round(rhythm.intervalMs);
      await streamAnswer(response, {
        chunks: seriesOf(source, { deviceId, metrics, points: query.points, ...asked }, intervalMs),
        headers: JSON_HEADERS,
        gzip: "encoding",
        log,
      });
    },
  }),
];

/** A page a chunk at a time, around which stands what makes it a whole. */
async function* pageOf({ from, partial }: ReadSource, query: ReadingsQuery): Chunks {
  const begin = '{"readings":[';
  let { limit, behind } = query;
  let damaged: ReadingsChunk["damaged"];
  let before = begin;
  do {
    const chunk = await from.readingsChunk({ ...query, limit, behind });
    if (chunk.readings > 0) {
      yield before;
      yield chunk.json;
      before = ",";
    }
    limit -= chunk.readings;
    ({ behind, damaged } = chunk);
  } while (behind !== undefined && limit > 0);
  const nextCursor = behind === undefined ? null : readingCursor(behind);
  const page = JSON.stringify({
    readings: [],
    nextCursor,
    ...shownDamage(damaged),
    ...(partial !== undefined && { partial }),
  } satisfies ReadingsPage);
  yield before === begin ? page : page.slice(begin.length);
}

/** A chart a metric at a time. */
async function* seriesOf({ from, partial }: ReadSource, query: SeriesQuery, intervalMs: number | undefined): Chunks {
  const { resolutionMs: resolution, columns, damaged } = await from.series(query);
  const answer = JSON.stringify({
    deviceId: query.deviceId,
    resolution,
    ...(intervalMs !== undefined && { intervalMs }),
    metrics: {},
    ...shownDamage(damaged),
    ...(partial !== undefined && { partial }),
  } satisfies SeriesAnswer);
  const into = answer.indexOf(METRICS) + METRICS.length;
  yield answer.slice(0, into);
  for (const [index, metric] of query.metrics.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(metric)}:`;
    yield columns[index] ?? "null";
  }
  yield answer.slice(into);
}

const METRICS = '"metrics":{';
