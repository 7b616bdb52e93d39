/** Reads the next readings of a device as lines of an export, in one short transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { TextBytes } from "../../../core/model/text-bytes.ts";
import type { ExportChunk, ExportQuery, ReadingPosition } from "../../../core/ports/history.ts";
import { createLineWriter, type LineWriter, type ReadingHead } from "../../../core/transfer/export-line.ts";
import type { Segment } from "../format/segment-format.ts";
import { compare } from "./each-reading.ts";
import { type DeviceHistory, eachHead, historyOf, inSnapshot, type OnDamage, openSegment } from "./history.ts";
import { createHotPages, type HotPages } from "./hot-pages.ts";

/** A chunk ends with the line that passes it … */
const CHUNK_BYTES = 512 * 1024;
/** … or with a segment that passes this: a segment that is split must be unpacked again for the rest. */
const ENOUGH_BYTES = 192 * 1024;
const LINE_MARGIN_BYTES = 32 * 1024;
/** Readings examined for one chunk: readings without the requested metrics take time too. */
const CHUNK_READINGS = 5_000;

export function exportChunk(db: DatabaseSyncInstance, query: ExportQuery, onDamage: OnDamage): ExportChunk {
  return inSnapshot(db, () => {
    const device = historyOf(db, query.deviceId);
    const chunk = createChunk(createLineWriter(query));
    if (device !== undefined) {
      const hot = createHotPages(db, device, query, onDamage);
      if (sealedLines(db, device, query, onDamage, hot, chunk)) hotLines(hot, undefined, chunk);
    }
    return chunk.done();
  });
}

interface Chunk {
  readonly line: LineWriter;
  readonly into: TextBytes;
  /** A reading was examined; false: the chunk is full. */
  took(position: ReadingPosition, isWritten: boolean): boolean;
  /** A segment ends here; false: the chunk has enough. */
  rest(): boolean;
  done(): ExportChunk;
}

function createChunk(line: LineWriter): Chunk {
  const into = new TextBytes(CHUNK_BYTES + LINE_MARGIN_BYTES);
  let readings = 0;
  let seen = 0;
  let last: ReadingPosition | undefined;
  let isFull = false;
  return {
    line,
    into,
    took: (position, isWritten) => {
      if (isWritten) readings++;
      seen++;
      last = position;
      isFull = into.length >= CHUNK_BYTES || seen >= CHUNK_READINGS;
      return !isFull;
    },
    rest: () => {
      isFull = into.length >= ENOUGH_BYTES;
      return !isFull;
    },
    done: () => {
      const behind = isFull && last !== undefined ? { atMs: last.atMs, n: last.n } : undefined;
      return { lines: into.written(), readings, behind };
    },
  };
}

/** Segments in order, with the hot rows that lie between their readings. False: the chunk is full. */
function sealedLines(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  { fromMs, toMs, behind }: ExportQuery,
  onDamage: OnDamage,
  hot: HotPages,
  chunk: Chunk,
): boolean {
  const since = Math.max(fromMs, behind?.atMs ?? fromMs);
  for (const head of eachHead(db, key, { fromMs: since, toMs }, "asc")) {
    const segment = openSegment(db, head, onDamage);
    if (segment === undefined) continue;
    const isRequested = (position: ReadingPosition): boolean =>
      position.atMs >= since && position.atMs < toMs && (behind === undefined || compare(position, behind) > 0);
    if (!segmentLines(segment, isRequested, hot, chunk)) return false;
  }
  return true;
}

function segmentLines(
  segment: Segment,
  isRequested: (position: ReadingPosition) => boolean,
  hot: HotPages,
  chunk: Chunk,
): boolean {
  const { line, into } = chunk;
  const names = line.selectedOf(segment.names());
  // Columns are decoded only if there is a reading to write: the whole segment may lie before the position.
  let columns: ReturnType<Segment["values"]>[] | undefined;
  for (let index = 0; index < segment.count; index++) {
    const head = { atMs: segment.at[index] ?? 0, n: segment.n[index] ?? 0, receivedAtMs: segment.receivedAt(index) };
    if (!isRequested(head)) continue;
    if (!hotLines(hot, head, chunk)) return false;
    columns ??= names.map((name) => segment.values(name));
    if (!chunk.took(head, line.fromColumns(into, head, names, columns, index))) return false;
  }
  return chunk.rest();
}

/** Those before the position, or all that remain. False: the chunk is full. */
function hotLines(hot: HotPages, before: ReadingPosition | undefined, { line, into, took }: Chunk): boolean {
  for (let row = hot.next(); row !== undefined; row = hot.next()) {
    if (before !== undefined && compare(row, before) > 0) return true;
    hot.take();
    const head: ReadingHead = row;
    if (!took(row, line.fromBody(into, head, row.body))) return false;
  }
  return true;
}
