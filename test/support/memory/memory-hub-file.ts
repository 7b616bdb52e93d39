/** What the hub keeps beside the readings, in memory: mappings, records of alerts, and the alert log. */
import type {
  AlertEventChange,
  HubChange,
  HubFile,
  RecordChange,
  StoredMapping,
  StoredRecord,
} from "../../../src/core/ports/hub-file.ts";

export interface MemoryHubFile extends Pick<HubFile, "write"> {
  mappings(): StoredMapping[];
  /** In the order in which they were made. */
  records(): StoredRecord[];
  /** Lines of the alert log, each once. */
  events(): AlertEventChange[];
  /** Undefined: writes succeed again. */
  failWith(error: Error | undefined): void;
}

export function createMemoryHubFile(): MemoryHubFile {
  const mappings = new Map<string, string>();
  const records = new Map<string, StoredRecord>();
  const events = new Map<string, AlertEventChange>();
  let failure: Error | undefined;

  function writeRecord({ kind, id, data }: RecordChange): void {
    const key = `${kind} ${id}`;
    if (data === undefined) records.delete(key);
    else records.set(key, { kind, id, data });
  }

  return {
    write: (changes: readonly HubChange[]) => {
      if (failure !== undefined) return Promise.reject(failure);
      for (const change of changes) {
        if (change.of === "record") writeRecord(change);
        if (change.of === "alertEvent" && !events.has(change.id)) events.set(change.id, change);
        if (change.of !== "mapping") continue;
        if (change.data === undefined) mappings.delete(change.id);
        else mappings.set(change.id, change.data);
      }
      return Promise.resolve();
    },
    mappings: () => [...mappings].map(([id, data]) => ({ id, data })),
    records: () => [...records.values()],
    events: () => [...events.values()],
    failWith: (error) => {
      failure = error;
    },
  };
}
