/** Writes stored readings as the elements of a JSON array as REST answers them, until there are enough bytes. */

import { TextBytes } from "../model/text-bytes.ts";
import type { ReadingPosition, ReadingsChunk } from "../ports/history.ts";
import { createLineWriter, type ReadingHead } from "./export-line.ts";

/** A chunk ends with the reading that passes it: some milliseconds of work. */
const CHUNK_BYTES = 256 * 1024;
const FIRST_BYTES = 16 * 1024;
const COMMA = 44;
const LINE_END_BYTES = 1;

export interface ReadingsJson {
  /** The chunk has enough bytes: add no further reading. */
  isFull(): boolean;
  /** `metrics`: as JSON of one object, without spaces. */
  add(head: ReadingHead, metrics: string): void;
  /** `isLast`: no reading lies behind those that were added. */
  done(isLast: boolean): Omit<ReadingsChunk, "damaged">;
}

export function createReadingsJson({ deviceId, limit }: { deviceId: string; limit: number }): ReadingsJson {
  const line = createLineWriter({ deviceId, format: "ndjson", metrics: undefined });
  const into = new TextBytes(FIRST_BYTES);
  let readings = 0;
  let last: ReadingPosition | undefined;
  return {
    isFull: () => readings >= limit || into.length >= CHUNK_BYTES,
    add: (head, metrics) => {
      if (readings > 0) into.byte(COMMA);
      line.fromBody(into, head, metrics);
      into.cutTo(into.length - LINE_END_BYTES);
      readings++;
      last = { atMs: head.atMs, n: head.n };
    },
    done: (isLast) => ({ json: into.written(), readings, behind: isLast ? undefined : last }),
  };
}
