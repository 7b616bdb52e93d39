/** Remembers when the last backup was made. */
import type { HubFile, StoredRecord } from "../../ports/hub-file.ts";
import type { Log } from "../../ports/log.ts";

export interface BackupRecord {
  /** Epoch ms; undefined: none was made since the hub keeps account of it. */
  lastMs(): number | undefined;
  /** One was made just now. */
  done(): Promise<void>;
}

export interface BackupRecordOptions {
  readonly records: readonly StoredRecord[];
  readonly hubFile: Pick<HubFile, "write">;
  readonly nowMs: () => number;
  readonly log: Log;
}

const RECORD = { of: "record", kind: "setting", id: "last-backup" } as const;

export function createBackupRecord({ records, hubFile, nowMs, log }: BackupRecordOptions): BackupRecord {
  const found = records.find(({ kind, id }) => kind === RECORD.kind && id === RECORD.id);
  const stored: unknown = found && JSON.parse(found.data);
  let lastMs = typeof stored === "number" ? stored : undefined;
  return {
    lastMs: () => lastMs,
    done: async () => {
      lastMs = nowMs();
      // The backup is there all the same.
      await hubFile
        .write([{ ...RECORD, data: JSON.stringify(lastMs) }])
        .catch((cause: unknown) => log.warn("when the backup was made could not be saved", { cause }));
    },
  };
}
