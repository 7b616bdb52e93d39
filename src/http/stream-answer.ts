/** Sends an answer that comes piece by piece, as fast as its reader takes it, and never holds the whole. */

import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Response } from "express";
import type { Clock, Log } from "../core/ports.ts";

export type Pieces = AsyncGenerator<Uint8Array | string, void>;

export interface StreamedAnswer {
  readonly pieces: Pieces;
  readonly headers: Readonly<Record<string, string>>;
  /** Compressed on its way where the client takes that; `file`: its pieces as a compressed file. */
  readonly gzip: "encoding" | "file";
  readonly log: Log;
  /** Undefined: its reader may pause as it likes. */
  readonly patience?: Patience;
}

/** Cuts off a reader that takes no further piece for too long: what waits for it is memory, and a turn of its caller. */
export interface Patience {
  readonly clock: Pick<Clock, "after">;
  /** The connection is cut after it. */
  readonly onTooSlow: (request: IncomingMessage) => void;
}

/** Pieces have less than a megabyte. */
const TAKEN_WITHIN_MS = 60_000;

export const JSON_HEADERS = { "Content-Type": "application/json; charset=utf-8" } as const;

/** A fifth larger than the usual 6, at a third of its time. */
const GZIP_LEVEL = 2;

/** Behind no other compression: that would hide that the reader is slow. What fails before the first piece is thrown. */
export async function streamAnswer(
  response: Response,
  { pieces, headers, gzip, log, patience }: StreamedAnswer,
): Promise<void> {
  const { req: request } = response;
  const first = request.method === "HEAD" ? undefined : await pieces.next();
  if (response.destroyed) return void (await pieces.return()); // its reader went away meanwhile
  const isEncoded = gzip === "encoding" && request.acceptsEncodings("gzip", "identity") === "gzip";
  response.vary("Accept-Encoding").set(headers);
  if (isEncoded) response.setHeader("Content-Encoding", "gzip");
  if (first === undefined) return void response.end();
  const watch = patience && watchReader(response, patience);
  const body = Readable.from(joined(first, pieces, watch), { objectMode: true, highWaterMark: 1 });
  const isGzip = isEncoded || gzip === "file";
  await pipeline([body, ...(isGzip ? [createGzip({ level: GZIP_LEVEL })] : []), response]).catch((cause) => {
    // The connection is cut, so that a part is never taken for the whole. Who went away needs no word.
    if (!isGone(cause)) log.warn("answer broken off", { path: request.path, cause });
  });
  watch?.stop();
}

interface Watch {
  /** A piece is there to be taken, or the last of it to be sent. */
  begin(): void;
  stop(): void;
}

function watchReader(response: Response, { clock, onTooSlow }: Patience): Watch {
  let stop = (): void => undefined;
  return {
    begin: () => {
      stop();
      stop = clock.after(TAKEN_WITHIN_MS, () => {
        onTooSlow(response.req);
        response.destroy();
      });
    },
    stop: () => stop(),
  };
}

/** The time in which the next piece is made is not the reader's. */
async function* joined(
  first: IteratorResult<Uint8Array | string, void>,
  rest: Pieces,
  watch: Watch | undefined,
): Pieces {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      watch?.begin();
      yield next.value;
      watch?.stop();
    }
    watch?.begin();
  } finally {
    await rest.return();
  }
}

const isGone = (cause: unknown): boolean =>
  ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(String((cause as NodeJS.ErrnoException).code));
