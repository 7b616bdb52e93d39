/** Keeps the record of the hub's time in a file of the data directory. Decides nothing. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Log } from "../core/ports.ts";
import type { TimeHold, TimeRecord, TimeShift } from "../core/trusted-time.ts";
import { replaceFiles } from "../files/durable-file.ts";

const FILE = "time.json";
const VERSION = 1;

export interface TimeFile {
  /** Undefined: there is none, or none that can be read. */
  readonly record: TimeRecord | undefined;
  save(record: TimeRecord): Promise<void>;
}

export function openTimeFile({ dataDir, log }: { readonly dataDir: string; readonly log: Log }): TimeFile {
  const file = path.join(dataDir, FILE);
  return {
    record: read(file, log),
    save: (record) => replaceFiles([{ file, content: `${JSON.stringify({ version: VERSION, ...record })}\n` }]),
  };
}

/** Without it the hub goes by its newest reading: nothing is lost but the time that it was off. */
function read(file: string, log: Log): TimeRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") warn(log, file, cause);
    return undefined;
  }
  try {
    return recordOf(JSON.parse(text));
  } catch (cause) {
    warn(log, file, cause);
    return undefined;
  }
}

const warn = (log: Log, file: string, cause: unknown): void =>
  log.warn("the record of the hub's time cannot be read; it is made again", { file, cause });

function recordOf(value: unknown): TimeRecord {
  const { version, nowMs, aheadMs, fromMs, hold, shifts } = fieldsOf(value);
  if (version !== VERSION || !Array.isArray(shifts)) throw new Error("it is of another shape");
  return {
    nowMs: numberOf(nowMs),
    aheadMs: numberOf(aheadMs),
    fromMs: fromMs === undefined ? undefined : numberOf(fromMs),
    hold: hold === undefined ? undefined : holdOf(fieldsOf(hold)),
    shifts: shifts.map((each: unknown) => shiftOf(fieldsOf(each))),
  };
}

const holdOf = ({ differenceMs, heldMs }: Fields): TimeHold => ({
  differenceMs: numberOf(differenceMs),
  heldMs: numberOf(heldMs),
});

const shiftOf = ({ fromMs, toMs, addMs }: Fields): TimeShift => ({
  fromMs: numberOf(fromMs),
  toMs: numberOf(toMs),
  addMs: numberOf(addMs),
});

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new Error("it is no object");
  return value as Fields;
}

/** An instant that no date can be is no number of ours. */
function numberOf(value: unknown): number {
  if (typeof value !== "number" || Math.abs(value) > 8.64e15) throw new Error("a number is missing or out of range");
  return value;
}
