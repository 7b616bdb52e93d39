/** Keeps the record of the hub's time in a file of the data directory. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { MAX_INSTANT_MS } from "../contract/epoch.ts";
import type { TimeHold, TimeRecord, TimeShift } from "../core/time/trusted-time.ts";
import { watchDataFolder } from "../files/data-folder.ts";
import { replaceFiles } from "../files/durable-file.ts";
import { fileFault } from "../files/file-fault.ts";

export const TIME_FILE = "time.json";
export const TIME_VERSION = 1;

/** Each name is stored: what it is called in memory may change, these may not. */
interface StoredTime {
  readonly nowMs: number;
  readonly aheadMs: number;
  readonly fromMs?: number | undefined;
  readonly hold?: { readonly differenceMs: number; readonly heldMs: number } | undefined;
  readonly shifts: readonly { readonly fromMs: number; readonly toMs: number; readonly addMs: number }[];
}

export interface TimeFile {
  /** Undefined: there is none, or it cannot be read. */
  readonly record: TimeRecord | undefined;
  /** Rejects where it cannot be written, or the data directory is another one. */
  save(record: TimeRecord): Promise<void>;
}

/** `onDamage` gets a sentence for the owner when the file cannot be used. */
export function openTimeFile({ dataDir, onDamage }: TimeFileOptions): TimeFile {
  const file = path.join(dataDir, TIME_FILE);
  const checkFolder = watchDataFolder(dataDir);
  return {
    record: read(file, onDamage),
    save: async (record) => {
      checkFolder();
      const stored = storedTime(record);
      const content = { version: TIME_VERSION, crc32: checksumOf(stored), record: stored };
      try {
        await replaceFiles([{ file, content: `${JSON.stringify(content)}\n` }]);
      } catch (cause) {
        throw new Error(`${file} cannot be written: ${fileFault(cause)}`, { cause });
      }
    },
  };
}

interface TimeFileOptions {
  readonly dataDir: string;
  readonly onDamage: (words: string) => void;
}

const storedTime = ({ nowMs, aheadMs, fromMs, hold, shifts }: TimeRecord): StoredTime => ({
  nowMs,
  aheadMs,
  fromMs,
  hold: hold && { differenceMs: hold.differenceMs, heldMs: hold.heldMs },
  shifts: shifts.map((shift) => ({ fromMs: shift.fromMs, toMs: shift.toMs, addMs: shift.addMs })),
});

/** A file that is damaged counts as missing: one wrong digit could end everything that has an end. */
function read(file: string, onDamage: TimeFileOptions["onDamage"]): TimeRecord | undefined {
  try {
    return recordOf(readFileSync(file, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    onDamage(
      `${TIME_FILE} in the data directory is damaged: ${fileFault(cause)}. The hub takes its time from what it stored last, and writes the file again. Check the disk`,
    );
    return undefined;
  }
}

function recordOf(text: string): TimeRecord {
  const { version, crc32: checksum, record } = fieldsOf(parsed(text));
  if (version !== TIME_VERSION) throw new Error("its version is unknown");
  if (checksum !== checksumOf(record)) throw new Error("its checksum does not match");
  const { nowMs, aheadMs, fromMs, hold, shifts } = fieldsOf(record);
  if (!Array.isArray(shifts)) throw new Error("a list is missing");
  return {
    nowMs: numberOf(nowMs),
    aheadMs: numberOf(aheadMs),
    fromMs: fromMs === undefined ? undefined : numberOf(fromMs),
    hold: hold === undefined ? undefined : holdOf(fieldsOf(hold)),
    shifts: shifts.map((each: unknown) => shiftOf(fieldsOf(each))),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
}

/** Of the record as JSON, which a value that was parsed gives again. */
const checksumOf = (record: unknown): number => crc32(JSON.stringify(record) ?? "");

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
  if (typeof value !== "object" || value === null) throw new Error("an object is missing");
  return value as Fields;
}

/** A number beyond the range of dates is damage. */
function numberOf(value: unknown): number {
  if (typeof value !== "number" || Math.abs(value) > MAX_INSTANT_MS)
    throw new Error("a number is missing or out of range");
  return value;
}
