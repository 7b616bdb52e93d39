/** Writes the records of notifications into hub.db. Where that fails nothing waits for it: they are written later, as they are then. */
import type { Clock } from "../ports/clock.ts";
import type { AlertEventChange, HubFile, RecordKind } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

export interface RecordSaver {
  /** The record is written with the next `save`. */
  mark(kind: RecordKind, id: string): void;
  /** Somebody else writes it, as it is now. */
  unmark(kind: RecordKind, id: string): void;
  /** A line of the alert log, written with the next `save`. */
  log(event: AlertEventChange): void;
  /** Settles when all that was marked is durable, or could not be written. Never rejects. */
  save(): Promise<void>;
  /** False: the last write failed. */
  isWritable(): boolean;
  /** Somebody else could not write. */
  failed(): void;
  /** Tries once more. */
  close(): Promise<void>;
}

export interface RecordSaverOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** JSON as of now; undefined: it is deleted. */
  readonly dataOf: (kind: RecordKind, id: string) => string | undefined;
  readonly clock: Pick<Clock, "after">;
  readonly log: Log;
}

const AGAIN_MS = 5_000;
/** Lines of the log that wait to be written; they are in the hub's own log, too. */
const MOST_EVENTS = 1_000;

export function createRecordSaver({ hubFile, dataOf, clock, log }: RecordSaverOptions): RecordSaver {
  const marked = new Map<string, readonly [RecordKind, string]>();
  let events: readonly AlertEventChange[] = [];
  let last = Promise.resolve();
  let writable = true;
  let cancel: (() => void) | undefined;
  const keyOf = (kind: RecordKind, id: string): string => `${kind} ${id}`;

  async function write(): Promise<void> {
    const records = [...marked.values()];
    const lines = events;
    marked.clear();
    events = [];
    try {
      await hubFile.write([
        ...records.map(([kind, id]) => ({ of: "record", kind, id, data: dataOf(kind, id) }) as const),
        ...lines,
      ]);
      if (!writable) log.info("notifications are kept in hub.db again");
      writable = true;
    } catch (cause) {
      for (const each of records) marked.set(keyOf(...each), each);
      events = [...lines, ...events].slice(-MOST_EVENTS);
      if (writable) log.error("notifications cannot be kept in hub.db, and are sent from memory", { cause });
      failed();
    }
  }

  function failed(): void {
    writable = false;
    cancel ??= clock.after(AGAIN_MS, () => {
      cancel = undefined;
      void save();
    });
  }

  function save(): Promise<void> {
    if (marked.size + events.length > 0) last = write();
    else writable = true;
    return last;
  }

  return {
    mark: (kind, id) => void marked.set(keyOf(kind, id), [kind, id]),
    unmark: (kind, id) => void marked.delete(keyOf(kind, id)),
    log: (event) => {
      events = [...events, event].slice(-MOST_EVENTS);
    },
    save,
    isWritable: () => writable,
    failed,
    close: async () => {
      await last;
      cancel?.();
      cancel = undefined;
      await save();
      (cancel as (() => void) | undefined)?.();
    },
  };
}
