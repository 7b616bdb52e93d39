/** `/api/export`: stored readings as one stream of lines, sent in chunks. */
import type { z } from "zod";
import { exportQuery } from "../../contract/rest.ts";
import type { DeviceRecord } from "../../core/devices/device-record.ts";
import type { Registry } from "../../core/devices/registry.ts";
import type { HardwareBook } from "../../core/hardware/hardware-book.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExportQuery, ReadingPosition } from "../../core/ports/history.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Store } from "../../core/ports/readings-store.ts";
import { csvHeader } from "../../core/transfer/export-line.ts";
import { HttpError } from "../answers/problem.ts";
import { type Chunks, streamAnswer } from "../answers/stream-answer.ts";
import { type Route, route } from "../declaration/route.ts";

export interface ExportParts {
  readonly registry: Registry;
  readonly hardware: HardwareBook;
  readonly store: Pick<Store, "exportChunk">;
  readonly clock: Clock;
  readonly log: Log;
}

type ExportParameters = z.infer<typeof exportQuery>;

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8; header=present" } as const;
const FILE_TYPE = "application/gzip";

export const EXPORT_ROUTES: readonly Route<ExportParts>[] = [
  route({
    method: "get",
    path: "/api/export",
    level: "viewer",
    summary: "every reading, as a stream of lines",
    query: exportQuery,
    answer: { kind: "stream", types: ["application/x-ndjson", "text/csv", FILE_TYPE], turn: "export" },
    handle: async ({ registry, hardware, store, clock, log }: ExportParts, { query, response }) => {
      const devices = chosen(registry, query.devices);
      const metrics = query.metrics ?? (query.format === "csv" ? knownMetrics(devices) : undefined);
      const isFile = query.gzip === "true";
      await streamAnswer(response, {
        chunks: exportChunks(
          store,
          devices.map(({ deviceId }) => ({ deviceId, hardware: hardware.since(deviceId) })),
          query,
          metrics,
        ),
        headers: {
          "Content-Type": isFile ? FILE_TYPE : TYPES[query.format],
          "Content-Disposition": `attachment; filename="${fileName(clock, query)}"`,
          "Cache-Control": "no-store",
        },
        gzip: isFile ? "file" : "encoding",
        log,
      });
    },
  }),
];

/** Also boards that stand for another device: what they sent before is stored under their own ids. */
export function chosen(registry: Registry, deviceIds: readonly string[] | undefined): readonly DeviceRecord[] {
  const aside = [...registry.aside()];
  if (deviceIds === undefined)
    return aside.length === 0 ? registry.list().slice() : [...registry.list(), ...aside].sort(byId);
  return deviceIds.toSorted().map((deviceId) => {
    const device = registry.get(deviceId) ?? aside.find((each) => each.deviceId === deviceId);
    if (device === undefined) throw new HttpError("DEVICE_UNKNOWN", [{ field: "devices", message: deviceId }]);
    return device;
  });
}

const byId = (a: DeviceRecord, b: DeviceRecord): number => (a.deviceId < b.deviceId ? -1 : 1);

const knownMetrics = (devices: readonly DeviceRecord[]): string[] =>
  [...new Set(devices.flatMap(({ latest, events }) => [...latest.keys(), ...events.keys()]))].sort();

async function* exportChunks(
  store: Pick<Store, "exportChunk">,
  devices: readonly Pick<ExportQuery, "deviceId" | "hardware">[],
  { from = 0, to = Number.MAX_SAFE_INTEGER, format }: ExportParameters,
  metrics: readonly string[] | undefined,
): Chunks {
  const common = { fromMs: from, toMs: to, format, metrics } satisfies Partial<ExportQuery>;
  const hasColumn = format === "csv" && devices.some(({ hardware }) => hardware !== undefined);
  let head = format === "csv" ? csvHeader(metrics ?? [], hasColumn) : "";
  for (const { deviceId, hardware = hasColumn ? [] : undefined } of devices) {
    let behind: ReadingPosition | undefined;
    do {
      const chunk = await store.exportChunk({ ...common, deviceId, behind, hardware });
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
