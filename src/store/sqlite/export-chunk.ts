/** Reads the next readings of a device as lines of an export, in one short transaction. Runs in the reader's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { createLineWriter, type RecordedReading } from "../../core/export-line.ts";
import type { ExportChunk, ExportWish, Place } from "../../core/ports.ts";
import { readReadings } from "./queries.ts";

/** UTF-16 units; a chunk ends with the line that passes it. */
const CHUNK_CHARS = 384 * 1024;
/** Readings that are looked at for one chunk: where few have the wished metrics, the others still take their time. */
const CHUNK_READINGS = 20_000;

const encoder = new TextEncoder();

export function exportChunk(db: DatabaseSyncInstance, wish: ExportWish): ExportChunk {
  const line = createLineWriter(wish);
  let text = "";
  let readings = 0;
  let seen = 0;
  let behind: Place | undefined;
  for (const reading of recorded(db, wish)) {
    const added = line(reading);
    if (added !== undefined) {
      text += added;
      readings++;
    }
    seen++;
    if (text.length < CHUNK_CHARS && seen < CHUNK_READINGS) continue;
    behind = { atMs: reading.atMs, n: reading.n };
    break;
  }
  return { lines: encoder.encode(text), readings, behind };
}

/** In order; the caller stops where it has enough. */
function* recorded(db: DatabaseSyncInstance, wish: ExportWish): Generator<RecordedReading> {
  let { behind } = wish;
  for (;;) {
    const page = readReadings(db, { ...wish, behind, limit: PAGE_READINGS, order: "asc" });
    for (const { atMs, n, receivedAtMs, body } of page) yield { atMs, n, receivedAtMs, metrics: body };
    behind = page.at(-1);
    if (page.length < PAGE_READINGS) return;
  }
}

const PAGE_READINGS = 500;
