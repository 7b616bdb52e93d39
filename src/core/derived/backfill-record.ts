/** What is kept of a backfill, so that it resumes after a stop or a kill. */
import { type BackfillRecord, backfillRecord } from "../../contract/derived.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { HubChange, StoredRecord } from "../ports/hub-file.ts";

export const newRecord = (startedAtMs: number, key: string): BackfillRecord => ({
  startedAtMs,
  key,
  doneId: "",
  devicesDone: 0,
  readings: 0,
  changed: 0,
});

/** `job` undefined: it is over. */
export const recordChange = (id: string, job: BackfillRecord | undefined): HubChange => ({
  of: "record",
  kind: "backfill",
  id,
  data: job && JSON.stringify(job),
});

/** By the id of the definition, in the order in which they began. What cannot be read is left out. */
export function backfillsIn(stored: readonly StoredRecord[]): [id: string, job: BackfillRecord][] {
  return stored.flatMap(({ kind, id, data }) => {
    if (kind !== "backfill") return [];
    try {
      const read = backfillRecord.safeParse(JSON.parse(data));
      return read.success ? [[id, read.data]] : [];
    } catch {
      return [];
    }
  });
}

/** The device behind the last one that is done, in the order of ids. */
export function nextDevice(ids: readonly DeviceId[], doneId: string): DeviceId | undefined {
  return ids.find((id) => id > doneId);
}
