/** `/api/devices/:id/readings` and `/series`: stored readings in pages, and as charts. */

import {
  type PartialAnswer,
  type ReadingsPage,
  readingsPage,
  readingsQuery,
  type SeriesAnswer,
  seriesAnswer,
  seriesQuery,
} from "../../contract/rest.ts";
import type { Registry } from "../../core/devices/registry.ts";
import { damagedIn } from "../../core/health/damage.ts";
import { DAY_MS } from "../../core/model/utc-day.ts";
import type { StoreAndForward } from "../../core/outbox/store-and-forward.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ReadingsQuery, SeriesQuery } from "../../core/ports/history.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { parseReadingCursor, readingCursor } from "../answers/page-cursor.ts";
import { type Chunks, JSON_HEADERS, streamAnswer } from "../answers/stream-answer.ts";
import { jsonStream, type Route, route } from "../declaration/route.ts";
import { knownDevice } from "./devices-routes.ts";

/** A device's clock may run so far ahead; what it sent is part of "until now". */
const AHEAD_MS = 5 * 60_000;

export interface ReadingsParts {
  readonly registry: Registry;
  readonly store: Pick<Store, "readingsChunk" | "series" | "damaged">;
  /** Where the store may be away. */
  readonly forward: Pick<StoreAndForward, "away" | "waiting"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type Source = Pick<Store, "readingsChunk" | "series">;

/** Where to ask, and what the answer lacks. While the store is away it refuses, unless a part was asked for. */
function source(
  { store, forward }: Pick<ReadingsParts, "store" | "forward">,
  isPartWelcome: boolean,
): { from: Source; partial: { partial?: PartialAnswer } } {
  const away = forward?.away();
  if (forward === undefined || away === undefined) return { from: store, partial: {} };
  const since = new Date(away.sinceMs).toISOString();
  const partial = { shows: away.isDraining ? "stored" : "waiting", waiting: away.waiting.writes, since } as const;
  return { from: isPartWelcome && !away.isDraining ? forward.waiting : store, partial: { partial } };
}

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The last 24 hours by default. */
function range(clock: Clock, { from, to }: Range): { fromMs: number; toMs: number } {
  const toMs = to ?? clock.nowMs() + AHEAD_MS;
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
      const { registry, store, clock, log } = parts;
      const { deviceId } = knownDevice(registry, params.id);
      const { limit, order } = query;
      const behind = parseReadingCursor(query.cursor);
      const asked = range(clock, query);
      const asking = source(parts, query.partial);
      const rest = () => ({ ...damagedIn(store.damaged(deviceId), asked), ...asking.partial });
      await streamAnswer(response, {
        chunks: pageOf(asking.from, { deviceId, ...asked, limit, order, behind }, rest),
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
      const { registry, store, clock, log } = parts;
      const { deviceId, interval } = knownDevice(registry, params.id);
      const metrics = [...new Set(query.metrics)];
      const asked = range(clock, query);
      const asking = source(parts, query.partial);
      const rest = () => ({
        ...(interval.ms !== undefined && { intervalMs: Math.round(interval.ms) }),
        metrics: {},
        ...damagedIn(store.damaged(deviceId), asked),
        ...asking.partial,
      });
      await streamAnswer(response, {
        chunks: seriesOf(asking.from, { deviceId, metrics, points: query.points, ...asked }, rest),
        headers: JSON_HEADERS,
        gzip: "encoding",
        log,
      });
    },
  }),
];

/** A page a chunk at a time, around which stands what makes it a whole. `rest`: what is known when all was read. */
async function* pageOf(
  from: Source,
  query: ReadingsQuery,
  rest: () => Omit<ReadingsPage, "readings" | "nextCursor">,
): Chunks {
  const begin = '{"readings":[';
  let { limit, behind } = query;
  let before = begin;
  do {
    const chunk = await from.readingsChunk({ ...query, limit, behind });
    if (chunk.readings > 0) {
      yield before;
      yield chunk.json;
      before = ",";
    }
    limit -= chunk.readings;
    behind = chunk.behind;
  } while (behind !== undefined && limit > 0);
  const nextCursor = behind === undefined ? null : readingCursor(behind);
  const page = JSON.stringify({ readings: [], nextCursor, ...rest() } satisfies ReadingsPage);
  yield before === begin ? page : page.slice(begin.length);
}

/** A chart a metric at a time. */
async function* seriesOf(
  from: Source,
  query: SeriesQuery,
  rest: () => Omit<SeriesAnswer, "deviceId" | "resolution">,
): Chunks {
  const { resolutionMs: resolution, columns } = await from.series(query);
  const answer = JSON.stringify({ deviceId: query.deviceId, resolution, ...rest() } satisfies SeriesAnswer);
  const into = answer.indexOf(METRICS) + METRICS.length;
  yield answer.slice(0, into);
  for (const [index, metric] of query.metrics.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(metric)}:`;
    yield columns[index] ?? "null";
  }
  yield answer.slice(into);
}

const METRICS = '"metrics":{';
