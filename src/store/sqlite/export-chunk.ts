/** Reads the next readings of a device as lines of an export, in one short transaction. Runs in the reader's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { createLineWriter, type RecordedReading } from "../../core/export-line.ts";
import type { ExportChunk, ExportWish, Place } from "../../core/ports.ts";
import { eachReading } from "./each-reading.ts";
import { historyOf, inSnapshot, type OnDamage } from "./history.ts";

/** UTF-16 units; a chunk ends with the line that passes it. */
const CHUNK_CHARS = 384 * 1024;
/** Readings that are looked at for one chunk: where few have the wished metrics, the others still take their time. */
const CHUNK_READINGS = 20_000;

const encoder = new TextEncoder();

export function exportChunk(db: DatabaseSyncInstance, wish: ExportWish, onDamage: OnDamage): ExportChunk {
  return inSnapshot(db, () => nextChunk(db, wish, onDamage));
}

function nextChunk(db: DatabaseSyncInstance, wish: ExportWish, onDamage: OnDamage): ExportChunk {
  const line = createLineWriter(wish);
  let text = "";
  let readings = 0;
  let seen = 0;
  let behind: Place | undefined;
  for (const reading of recorded(db, wish, onDamage)) {
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
function* recorded(
  db: DatabaseSyncInstance,
  { deviceId, fromMs, toMs, behind }: ExportWish,
  onDamage: OnDamage,
): Generator<RecordedReading> {
  const device = historyOf(db, deviceId);
  if (device === undefined) return;
  // What lies before it need not be looked at again.
  const since = Math.max(fromMs, behind?.atMs ?? 0);
  for (const reading of eachReading(db, device, { fromMs: since, toMs, order: "asc", behind }, onDamage)) {
    const { atMs, n, receivedAtMs } = reading;
    yield { atMs, n, receivedAtMs, metrics: reading.body() };
  }
}
