/** Gathers lines into requests. Readings of one device and millisecond stay together: only so the hub knows that they are several. */
import { MAX_IMPORT_LINES } from "../../contract/control/control.ts";
import type { ImportLine } from "./import-lines.ts";

/** So many readings keep the hub's event loop busy for some ms. */
const USUAL_LINES = 500;
const USUAL_CHARS = 1024 * 1024;

export async function* batchesOf(parts: AsyncIterable<readonly ImportLine[]>): AsyncGenerator<ImportLine[]> {
  let batch: ImportLine[] = [];
  let chars = 0;
  let instant: string | undefined;
  for await (const part of parts) {
    for (const line of part) {
      const isFull = batch.length >= USUAL_LINES || chars >= USUAL_CHARS;
      const next = instantOf(line.line);
      const isSameInstant = next !== undefined && next === instant && batch.length < MAX_IMPORT_LINES;
      if (isFull && !isSameInstant) {
        yield batch;
        batch = [];
        chars = 0;
      }
      batch.push(line);
      chars += line.line?.length ?? 0;
      instant = next;
    }
  }
  if (batch.length > 0) yield batch;
}

const BEGIN = '{"_id":"';

/** `<deviceId>-<instant>` of a line as the hub exports it. */
function instantOf(line: string | undefined): string | undefined {
  if (line === undefined || !line.startsWith(BEGIN)) return undefined;
  const id = line.slice(BEGIN.length, line.indexOf('"', BEGIN.length));
  return id.slice(0, id.lastIndexOf("-"));
}
