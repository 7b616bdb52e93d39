/** Counts the lines and bytes of an export, and estimates its progress from its last line. */
import { toEpochMs } from "../../contract/epoch.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { FileFormat } from "../import/import-source.ts";
import type { Done } from "../shared/progress.ts";

export interface ExportMeter {
  add(bytes: Buffer): void;
  done(): Done & { readonly readings: number; readonly bytes: number };
}

export interface MeterOptions {
  readonly format: FileFormat;
  /** In the order of the export. */
  readonly deviceIds: readonly string[];
  /** As they were given. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly clock: Clock;
}

const NEWLINE = 10;
const QUOTE = 34;
/** The last line is looked for in so many of the last bytes. */
const TAIL_BYTES = 64 * 1024;

export function createExportMeter({ format, deviceIds, from, to, clock }: MeterOptions): ExportMeter {
  const toMs = (to === undefined ? undefined : toEpochMs(to)) ?? clock.nowMs();
  /** Undefined: progress counts from the first instant of each device. */
  const fromMs = from === undefined ? undefined : toEpochMs(from);
  let lines = 0;
  let bytes = 0;
  let isQuoted = false;
  let last: Buffer = Buffer.alloc(0);
  let begun: { deviceId: string; fromMs: number } | undefined;

  function countLines(chunk: Buffer): number {
    let count = 0;
    if (format === "ndjson" || (!isQuoted && !chunk.includes(QUOTE))) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
      return count;
    }
    for (const code of chunk) {
      if (code === QUOTE) isQuoted = !isQuoted;
      else if (code === NEWLINE && !isQuoted) count++;
    }
    return count;
  }

  function fraction(): number | undefined {
    const position = positionIn(last.subarray(-TAIL_BYTES).toString("latin1"));
    if (position === undefined) return undefined;
    if (begun?.deviceId !== position.deviceId) begun = { deviceId: position.deviceId, fromMs: fromMs ?? position.atMs };
    const index = deviceIds.indexOf(position.deviceId);
    if (index < 0) return undefined;
    const within = toMs > begun.fromMs ? (position.atMs - begun.fromMs) / (toMs - begun.fromMs) : 1;
    return (index + Math.min(1, Math.max(0, within))) / deviceIds.length;
  }

  return {
    add: (chunk) => {
      bytes += chunk.length;
      lines += countLines(chunk);
      last = chunk;
    },
    done: () => ({ readings: Math.max(0, format === "csv" ? lines - 1 : lines), bytes, fraction: fraction() }),
  };
}

const IDS = /([A-Za-z0-9._:~-]{1,64})-([0-9a-z]{1,11})-\d{1,9}(?=[",])/g;

/** Of the last `_id` in the text. */
function positionIn(text: string): { deviceId: string; atMs: number } | undefined {
  const [, deviceId, instant] = [...text.slice(-4_096).matchAll(IDS)].at(-1) ?? [];
  if (deviceId === undefined || instant === undefined) return undefined;
  return { deviceId, atMs: Number.parseInt(instant, 36) };
}
