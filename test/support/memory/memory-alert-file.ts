/** What the hub keeps of alerts, in memory. */
import type { AlertEvent } from "../../../src/contract/alerts.ts";
import type { HubChange, HubFile, RecordKind, StoredRecord } from "../../../src/core/ports/hub-file.ts";

export interface MemoryAlertFile extends Pick<HubFile, "write"> {
  records(): StoredRecord[];
  record(kind: RecordKind, id: string): unknown;
  /** The alert log, in order. */
  events(): AlertEvent[];
  /** `<kind> <alert id>` of each. */
  log(): string[];
  /** Undefined: writes succeed again. */
  failWith(error: Error | undefined): void;
  /** As it is now; what is written to the one changes nothing in the other. */
  copy(): MemoryAlertFile;
}

export function createMemoryAlertFile(
  records = new Map<string, StoredRecord>(),
  events = new Map<string, AlertEvent>(),
): MemoryAlertFile {
  let failure: Error | undefined;
  const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

  function apply(change: HubChange): void {
    if (change.of === "alertEvent" && !events.has(change.id))
      events.set(change.id, JSON.parse(change.data) as AlertEvent);
    if (change.of !== "record") return;
    const { kind, id, data } = change;
    if (data === undefined) records.delete(keyOf(kind, id));
    else records.set(keyOf(kind, id), { kind, id, data });
  }

  return {
    write: (changes) => {
      if (failure !== undefined) return Promise.reject(failure);
      for (const change of changes) apply(change);
      return Promise.resolve();
    },
    records: () => [...records.values()],
    record: (kind, id) => {
      const found = records.get(keyOf(kind, id));
      return found && (JSON.parse(found.data) as unknown);
    },
    events: () => [...events.values()],
    log: () => [...events.values()].map(({ kind, alertId }) => `${kind} ${alertId}`),
    failWith: (error) => {
      failure = error;
    },
    copy: () => createMemoryAlertFile(new Map(records), new Map(events)),
  };
}
