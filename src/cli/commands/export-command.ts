/** `aerie export`: readings as lines into a file or standard output. Never leaves a part under the file's name. */
import { createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { type Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { DeviceIdsAnswer } from "../../contract/control/control.ts";
import { partOf } from "../../core/transfer/part-file.ts";
import { syncPath } from "../../files/durable-file.ts";
import type { FileFormat } from "../import/import-source.ts";
import { CommandFault } from "../shared/command-fault.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { linkToHub } from "../shared/hub-link.ts";
import { showProgress } from "../shared/progress.ts";
import { bytesText, durationText, readingsText } from "../shared/quantity.ts";
import { createExportMeter, type ExportMeter } from "./export-meter.ts";

export interface ExportOptions {
  readonly devices?: string;
  readonly from?: string;
  readonly to?: string;
  readonly metrics?: string;
  readonly format?: FileFormat;
  readonly gzip?: true;
  readonly output?: string;
}

export async function exportCommand(options: ExportOptions, world: CommandWorld): Promise<number> {
  const { config, clock, screen, say } = world;
  const { output } = options;
  if (output !== undefined && existsSync(output))
    throw new CommandFault(`The file ${output} exists already. Choose another name.`);
  const format = options.format ?? (/\.csv(\.gz)?$/.test(output ?? "") ? "csv" : "ndjson");
  const link = await linkToHub({ config, clock });
  const startedMs = clock.monotonicMs();
  try {
    const { deviceIds: all } = await link.ask<DeviceIdsAnswer>("/devices");
    const deviceIds = options.devices?.split(",").toSorted() ?? all;
    const meter = createExportMeter({ format, deviceIds, from: options.from, to: options.to, clock });
    const response = await link.stream(`/api/export?${queryOf(options, format)}`);
    const progress = showProgress({ clock, screen, verb: "Exporting", done: meter.done });
    try {
      if (!(await carry(response, meter, options, world))) return 0;
    } finally {
      progress.end();
    }
    const { damaged } = await link.ask<DeviceIdsAnswer>("/devices");
    const { readings, bytes } = meter.done();
    say(
      `${readingsText(readings)}, ${bytesText(bytes)}, exported in ${durationText(clock.monotonicMs() - startedMs)}.`,
    );
    const incomplete = damaged.filter((deviceId) => deviceIds.includes(deviceId));
    if (incomplete.length === 0) return 0;
    say(
      `The export is incomplete: readings of ${incomplete.join(", ")} are damaged on the disk. See /readyz and the log.`,
    );
    return 1;
  } finally {
    await link.close();
  }
}

function queryOf({ devices, from, to, metrics }: ExportOptions, format: FileFormat): URLSearchParams {
  const given = Object.entries({ devices, from, to, metrics }).filter(([, value]) => value !== undefined);
  return new URLSearchParams({ ...(Object.fromEntries(given) as Record<string, string>), format });
}

/** False: the reader of standard output has closed it. */
async function carry(
  response: Readable,
  meter: ExportMeter,
  { output, gzip }: ExportOptions,
  { stopSignal }: CommandWorld,
): Promise<boolean> {
  const part = output === undefined ? undefined : partOf(output);
  const to: Writable = part === undefined ? process.stdout : createWriteStream(part, { flush: true });
  const isGzip = gzip === true || output?.endsWith(".gz") === true;
  const signal = stopSignal();
  const watched = new Transform({
    transform: (bytes: Buffer, _encoding, done) => {
      meter.add(bytes);
      done(null, bytes);
    },
  });
  try {
    await pipeline([response, watched, ...(isGzip ? [createGzip()] : []), to], { signal, end: part !== undefined });
    if (part !== undefined && output !== undefined) {
      renameSync(part, output);
      syncPath(path.dirname(output));
    }
    return true;
  } catch (cause) {
    if (part !== undefined) rmSync(part, { force: true });
    if (signal.aborted) throw new CommandFault("Stopped: nothing was written.", 130);
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EPIPE" && part === undefined) return false;
    throw new CommandFault(`The export failed: ${message}`);
  }
}
