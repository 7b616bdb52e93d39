/** Reads pages of readings and lines of an export, in the order of (instant, n). */
import type { Filter } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { TextBytes } from "../../../core/model/text-bytes.ts";
import type {
  ExportChunk,
  ExportQuery,
  ReadingPosition,
  ReadingsChunk,
  ReadingsQuery,
  StoredReading,
} from "../../../core/ports/history.ts";
import { createLineWriter } from "../../../core/transfer/export-line.ts";
import { createReadingsJson } from "../../../core/transfer/readings-json.ts";
import type { Collections } from "../db/collections.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { bodyOf, dateOf } from "../format/values.ts";
import { generationFilter } from "../write/device-cursors.ts";

export interface ReadingsQueryParts {
  readonly collections: () => Collections;
  readonly earlierGenerations: ReadonlyMap<DeviceId, number>;
}

/** The readings of one device with an instant in [fromMs, toMs). */
export function inRange(
  { earlierGenerations }: Pick<ReadingsQueryParts, "earlierGenerations">,
  { deviceId, fromMs, toMs }: { readonly deviceId: DeviceId; readonly fromMs: number; readonly toMs: number },
): Filter<ReadingDocument> {
  return {
    device: deviceId,
    at: { $gte: dateOf(fromMs), $lt: dateOf(toMs) },
    ...generationFilter(earlierGenerations, deviceId),
  };
}

/** The same behind a place. */
function behindPosition(
  parts: Pick<ReadingsQueryParts, "earlierGenerations">,
  query: { readonly deviceId: DeviceId; readonly fromMs: number; readonly toMs: number },
  behind: ReadingPosition | undefined,
  order: "asc" | "desc",
): Filter<ReadingDocument> {
  if (behind === undefined) return inRange(parts, query);
  const at = dateOf(behind.atMs);
  // Said as a bound of the instant, too, the place is found by the index.
  return order === "asc"
    ? {
        ...inRange(parts, { ...query, fromMs: Math.max(query.fromMs, behind.atMs) }),
        $or: [{ at: { $gt: at } }, { at, n: { $gt: behind.n } }],
      }
    : {
        ...inRange(parts, { ...query, toMs: Math.min(query.toMs, behind.atMs + 1) }),
        $or: [{ at: { $lt: at } }, { at, n: { $lt: behind.n } }],
      };
}

const PROJECTION = { _id: 0, at: 1, n: 1, receivedAt: 1, metrics: 1 } as const;
const BY_INSTANT = { device: 1, at: 1, n: 1 } as const;
const BY_INSTANT_DESCENDING = { device: -1, at: -1, n: -1 } as const;

export async function readReadings(parts: ReadingsQueryParts, query: ReadingsQuery): Promise<StoredReading[]> {
  if (query.limit <= 0 || query.fromMs >= query.toMs) return [];
  const documents = await parts
    .collections()
    .readings.find(behindPosition(parts, query, query.behind, query.order), {
      projection: PROJECTION,
      sort: query.order === "asc" ? BY_INSTANT : BY_INSTANT_DESCENDING,
      limit: query.limit,
      batchSize: Math.min(query.limit, 10_000),
    })
    .toArray();
  return documents.map(({ at, n, receivedAt, metrics }) => ({
    deviceId: query.deviceId,
    atMs: at.getTime(),
    n,
    receivedAtMs: (receivedAt ?? at).getTime(),
    body: bodyOf(metrics),
  }));
}

/** Documents that are taken apart in one turn of the event loop: some milliseconds. */
const TURN_READINGS = 300;

/** A chunk ends when it is full or when no reading is left; what comes after it takes another call. */
export async function readReadingsChunk(parts: ReadingsQueryParts, query: ReadingsQuery): Promise<ReadingsChunk> {
  const chunk = createReadingsJson(query);
  const done = (isLast: boolean): ReadingsChunk => ({ ...chunk.done(isLast), damaged: [] });
  if (query.limit <= 0 || query.fromMs >= query.toMs) return done(true);
  const found = parts.collections().readings.find(behindPosition(parts, query, query.behind, query.order), {
    projection: PROJECTION,
    sort: query.order === "asc" ? BY_INSTANT : BY_INSTANT_DESCENDING,
    limit: query.limit + 1,
    batchSize: TURN_READINGS,
  });
  for await (const { at, n, receivedAt, metrics } of found) {
    if (chunk.isFull()) return done(false);
    chunk.add({ atMs: at.getTime(), n, receivedAtMs: (receivedAt ?? at).getTime() }, bodyOf(metrics));
  }
  return done(true);
}

const CHUNK_READINGS = 3_000;
const LINE_BYTES = 32 * 1024;
const CHUNK_BYTES = 512 * 1024;

export async function readExportChunk(parts: ReadingsQueryParts, query: ExportQuery): Promise<ExportChunk> {
  const line = createLineWriter(query);
  const into = new TextBytes(CHUNK_BYTES + LINE_BYTES);
  const nothing = { lines: into.written(), readings: 0, behind: undefined };
  if (query.fromMs >= query.toMs) return nothing;
  const cursor = parts.collections().readings.find(behindPosition(parts, query, query.behind, "asc"), {
    projection: PROJECTION,
    sort: BY_INSTANT,
    limit: CHUNK_READINGS,
    batchSize: TURN_READINGS,
  });
  let readings = 0;
  let seen = 0;
  let last: ReadingPosition | undefined;
  for await (const { at, n, receivedAt, metrics } of cursor) {
    const head = { atMs: at.getTime(), n, receivedAtMs: (receivedAt ?? at).getTime() };
    if (line.fromBody(into, head, bodyOf(metrics))) readings++;
    last = { atMs: head.atMs, n };
    seen++;
    if (into.length >= CHUNK_BYTES) break;
  }
  const isLast = seen < CHUNK_READINGS && into.length < CHUNK_BYTES;
  return { lines: into.written(), readings, behind: isLast ? undefined : last };
}
