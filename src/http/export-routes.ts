/** `/api/export`: stored readings as one stream of lines, as fast as its reader takes them. Holds a few chunks, never the whole. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Request, type Response, Router } from "express";
import type { z } from "zod";
import { exportQuery } from "../contract/rest.ts";
import type { DeviceRecord } from "../core/device-record.ts";
import { csvHeader } from "../core/export-line.ts";
import type { Clock, ExportWish, Log, Place, Store } from "../core/ports.ts";
import type { Registry } from "../core/registry.ts";
import { HttpError, parseRequest } from "./problem.ts";

export interface ExportRoutesOptions {
  readonly registry: Registry;
  readonly store: Pick<Store, "exportChunk">;
  readonly clock: Clock;
  readonly log: Log;
}

type Wish = z.infer<typeof exportQuery>;

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8; header=present" } as const;

export function exportRoutes({ registry, store, clock, log }: ExportRoutesOptions): Router {
  const router = Router();

  router.get("/api/export", async (request, response) => {
    const wish = parseRequest(exportQuery, request.query);
    const devices = chosen(registry, wish.devices);
    const metrics = wish.metrics ?? (wish.format === "csv" ? knownMetrics(devices) : undefined);
    const isGzip = compress(request, response, wish);
    const chunks = exportChunks(store, devices, wish, metrics);
    // Before anything is said: a store that does not answer is a 503.
    const first = request.method === "HEAD" ? undefined : await chunks.next();
    response.setHeader("Content-Disposition", `attachment; filename="${fileName(clock, wish)}"`);
    response.setHeader("Cache-Control", "no-store");
    if (first === undefined) return void response.end();
    const head = wish.format === "csv" ? csvHeader(metrics ?? []) : "";
    const body = Readable.from(joined(head, first, chunks), { objectMode: true, highWaterMark: 1 });
    await pipeline([body, ...(isGzip ? [createGzip({ level: GZIP_LEVEL })] : []), response]).catch((cause) => {
      // The connection is cut, so that a part is never taken for the whole. Who went away needs no word.
      if (!isGone(cause)) log.warn("export broken off", { cause });
    });
  });

  return router;
}

/** A fifth larger than the usual 6, at a third of its time. */
const GZIP_LEVEL = 2;

/** Of one reading as it is written: a file, or what the client unpacks by itself. */
function compress(request: Request, response: Response, wish: Wish): boolean {
  response.setHeader("Vary", "Accept-Encoding");
  response.type(wish.gzip === "true" ? "application/gzip" : TYPES[wish.format]);
  if (wish.gzip === "true") return true;
  if (request.acceptsEncodings("gzip", "identity") !== "gzip") return false;
  response.setHeader("Content-Encoding", "gzip");
  return true;
}

function chosen(registry: Registry, deviceIds: readonly string[] | undefined): readonly DeviceRecord[] {
  if (deviceIds === undefined) return registry.list();
  return deviceIds.toSorted().map((deviceId) => {
    const device = registry.get(deviceId);
    if (device === undefined) throw new HttpError("DEVICE_UNKNOWN", [{ field: "devices", message: deviceId }]);
    return device;
  });
}

const knownMetrics = (devices: readonly DeviceRecord[]): string[] =>
  [...new Set(devices.flatMap(({ latest }) => [...latest.keys()]))].sort();

async function* exportChunks(
  store: Pick<Store, "exportChunk">,
  devices: readonly DeviceRecord[],
  { from = 0, to = Number.MAX_SAFE_INTEGER, format }: Wish,
  metrics: readonly string[] | undefined,
): AsyncGenerator<Uint8Array, void> {
  const common = { fromMs: from, toMs: to, format, metrics } satisfies Partial<ExportWish>;
  for (const { deviceId } of devices.slice()) {
    let behind: Place | undefined;
    do {
      const chunk = await store.exportChunk({ ...common, deviceId, behind });
      if (chunk.lines.length > 0) yield chunk.lines;
      behind = chunk.behind;
    } while (behind !== undefined);
  }
}

async function* joined(
  head: string,
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array | string> {
  if (head !== "") yield head;
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

function fileName(clock: Clock, { format, gzip }: Wish): string {
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  return `aerie-${day}.${format}${gzip === "true" ? ".gz" : ""}`;
}

const isGone = (cause: unknown): boolean =>
  ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(String((cause as NodeJS.ErrnoException).code));
