/** The records of hub.db, in memory, for parts that are started again on what a former one left. */
import type { HubChange, HubFile, RecordKind, StoredRecord } from "../../../src/core/ports/hub-file.ts";

export interface MemoryRecords extends Pick<HubFile, "write"> {
  /** As they would be loaded now. */
  stored(): StoredRecord[];
  of(kind: RecordKind): StoredRecord[];
  /** Undefined: writes succeed again. */
  failWith(error: Error | undefined): void;
}

export function createMemoryRecords(): MemoryRecords {
  const records = new Map<string, StoredRecord>();
  let failure: Error | undefined;
  return {
    write: (changes: readonly HubChange[]) => {
      if (failure !== undefined) return Promise.reject(failure);
      for (const change of changes) {
        if (change.of !== "record") continue;
        const { kind, id, data } = change;
        if (data === undefined) records.delete(`${kind} ${id}`);
        else records.set(`${kind} ${id}`, { kind, id, data });
      }
      return Promise.resolve();
    },
    stored: () => [...records.values()],
    of: (kind) => [...records.values()].filter((record) => record.kind === kind),
    failWith: (error) => {
      failure = error;
    },
  };
}
