/** `/api/export`: stored readings as one stream of lines, sent in chunks. */
import { type RequestHandler, Router } from "express";
import type { z } from "zod";
import { exportQuery } from "../../contract/rest.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExportQuery, ReadingPosition } from "../../core/ports/history.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { csvHeader } from "../../core/transfer/export-line.ts";
import { HttpError, parseRequest } from "../answers/problem.ts";
import { type Chunks, streamAnswer } from "../answers/stream-answer.ts";

export interface ExportRoutesOptions {
  readonly registry: Registry;
  readonly store: Pick<Store, "exportChunk">;
  readonly clock: Clock;
  readonly log: Log;
}

type ExportParameters = z.infer<typeof exportQuery>;

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8; header=present" } as const;

/** `turn`: passes when it is the caller's turn. */
export function exportRoutes({ registry, store, clock, log }: ExportRoutesOptions, turn: RequestHandler): Router {
  const router = Router();

  router.get("/api/export", turn, async (request, response) => {
    const query = parseRequest(exportQuery, request.query);
    const devices = chosen(registry, query.devices);
    const metrics = query.metrics ?? (query.format === "csv" ? knownMetrics(devices) : undefined);
    const isFile = query.gzip === "true";
    await streamAnswer(response, {
      chunks: exportChunks(store, devices, query, metrics),
      headers: {
        "Content-Type": isFile ? "application/gzip" : TYPES[query.format],
        "Content-Disposition": `attachment; filename="${fileName(clock, query)}"`,
        "Cache-Control": "no-store",
      },
      gzip: isFile ? "file" : "encoding",
      log,
    });
  });

  return router;
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
  { from = 0, to = Number.MAX_SAFE_INTEGER, format }: ExportParameters,
  metrics: readonly string[] | undefined,
): Chunks {
  const common = { fromMs: from, toMs: to, format, metrics } satisfies Partial<ExportQuery>;
  let head = format === "csv" ? csvHeader(metrics ?? []) : "";
  for (const { deviceId } of devices.slice()) {
    let behind: ReadingPosition | undefined;
    do {
      const chunk = await store.exportChunk({ ...common, deviceId, behind });
      // Behind the first read: a store that does not answer is a 503.
      if (head !== "") yield head;
      head = "";
      if (chunk.lines.length > 0) yield chunk.lines;
      behind = chunk.behind;
    } while (behind !== undefined);
  }
  if (head !== "") yield head;
}

function fileName(clock: Clock, { format, gzip }: ExportParameters): string {
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  return `aerie-${day}.${format}${gzip === "true" ? ".gz" : ""}`;
}
